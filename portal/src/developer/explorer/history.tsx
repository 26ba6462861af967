import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { Time } from '../../shared/show/time.tsx';
import type { Outcome } from './outcome.ts';
import { explainFailure } from './why-it-failed.ts';

/** A call that was made, and what came of it; kept in memory alone. */
export interface Sent {
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly outcome: Outcome;
}

interface HistoryProps {
  readonly of: readonly Sent[];
  readonly shown: Sent | undefined;
  readonly onShow: (sent: Sent) => void;
}

/** The calls before, newest first. */
export function History({ of: calls, shown, onShow }: HistoryProps) {
  return (
    <Container header={<Header variant="h2">Before</Header>}>
      <Table
        variant="embedded"
        items={[...calls]}
        trackBy={({ at }) => String(at)}
        ariaLabels={{ tableLabel: 'Calls before' }}
        columnDefinitions={[
          {
            id: 'when',
            header: 'When',
            isRowHeader: true,
            cell: ({ at }) => <Time at={new Date(at).toISOString()} />,
          },
          { id: 'what', header: 'Answer', cell: ({ outcome }) => inWords(outcome) },
          {
            id: 'show',
            header: 'Actions',
            cell: (call) => (
              <Button variant="inline-link" disabled={call === shown} onClick={() => onShow(call)}>
                Show
              </Button>
            ),
          },
        ]}
      />
    </Container>
  );
}

function inWords(outcome: Outcome): string {
  if ('failure' in outcome) return explainFailure(outcome.failure).header;
  return `${outcome.answered.status} in ${outcome.answered.milliseconds} ms`;
}
