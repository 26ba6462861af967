import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { Time } from '../../shared/show/time.tsx';
import type { Outcome } from './outcome.ts';
import type { Sent } from './use-calls.ts';
import { explainFailure } from './why-it-failed.ts';

interface HistoryProps {
  readonly of: readonly Sent[];
  readonly baseUrl: string;
  readonly onShow: (sent: Sent) => void;
}

/** The calls before, newest first, each with the way back to it. */
export function History({ of: calls, baseUrl, onShow }: HistoryProps) {
  return (
    <Container
      header={
        <Header variant="h2" description="In this tab’s memory, until you leave this API.">
          History
        </Header>
      }
    >
      <Table
        variant="embedded"
        wrapLines
        items={[...calls]}
        trackBy={({ at }) => String(at)}
        ariaLabels={{ tableLabel: 'Calls before' }}
        columnDefinitions={[
          {
            id: 'call',
            header: 'Call',
            isRowHeader: true,
            cell: (call) => <span className="mono">{inShort(call, baseUrl)}</span>,
          },
          { id: 'what', header: 'Answer', cell: ({ outcome }) => inWords(outcome) },
          { id: 'when', header: 'When', cell: ({ at }) => <Time at={new Date(at).toISOString()} /> },
          {
            id: 'show',
            header: 'Actions',
            cell: (call) => (
              <Button
                variant="inline-link"
                ariaLabel={`Show ${inShort(call, baseUrl)}, ${inWords(call.outcome)}`}
                onClick={() => onShow(call)}
              >
                Show
              </Button>
            ),
          },
        ]}
      />
    </Container>
  );
}

/** `GET /v1/orders?limit=3` */
function inShort({ method, url }: Sent, baseUrl: string): string {
  return `${method} ${url.slice(baseUrl.replace(/\/+$/, '').length)}`;
}

function inWords(outcome: Outcome): string {
  if ('failure' in outcome) return explainFailure(outcome.failure).header;
  return `${outcome.answered.status} in ${outcome.answered.milliseconds} ms`;
}
