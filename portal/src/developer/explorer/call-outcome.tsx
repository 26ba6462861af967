import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { CodeBlock } from '../../shared/show/code-block.tsx';
import { Facts } from '../../shared/show/facts.tsx';
import { count } from '../../shared/show/limits.ts';
import { relativeTime } from '../../shared/show/time.tsx';
import type { Wants } from './api-call.ts';
import type { Answered, Outcome } from './outcome.ts';
import { type LimitLeft, limitInWords } from './rate-limits.ts';
import { explainFailure, explainStatus } from './why-it-failed.ts';

/** What came of a call: the answer and what is left of the limits, or why there is none. */
export function CallOutcome({ of, wants }: { of: Outcome; wants: Wants }) {
  return (
    <Container header={<Header variant="h2">Answer</Header>}>
      <div aria-live="polite">
        {'failure' in of ? (
          <Alert type="error" header={explainFailure(of.failure).header}>
            {explainFailure(of.failure).text}
          </Alert>
        ) : (
          <Answer of={of.answered} wants={wants} />
        )}
      </div>
    </Container>
  );
}

function Answer({ of: answered, wants }: { of: Answered; wants: Wants }) {
  const { status, milliseconds, bytes, limits, headers, body } = answered;
  const why = explainStatus(answered, wants);
  return (
    <SpaceBetween size="m">
      <Facts
        facts={[
          ['Status', <Status key="status" of={status} />],
          ['Time', `${count(milliseconds)} ms`],
          ['Size', `${count(bytes)} bytes`],
        ]}
      />
      {why && (
        <Alert type={why.isApis ? 'info' : 'warning'} header={why.header}>
          {why.text}
        </Alert>
      )}
      {limits.length > 0 && <Limits of={limits} />}
      {body === '' ? (
        <Box color="text-body-secondary">The answer has no body.</Box>
      ) : (
        <CodeBlock text={readable(body)} what="body of the answer" />
      )}
      <ExpandableSection headerText="Headers" variant="footer">
        <Box color="text-body-secondary" fontSize="body-s">
          Those that the API lets pages read.
        </Box>
        <CodeBlock text={headers.map(([name, value]) => `${name}: ${value}`).join('\n')} what="headers" />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function Status({ of: status }: { of: number }) {
  return <StatusIndicator type={status < 400 ? 'success' : 'error'}>{status}</StatusIndicator>;
}

function Limits({ of: limits }: { of: readonly LimitLeft[] }) {
  return (
    <SpaceBetween size="s">
      {limits.map(({ name, remaining, limit, resetSeconds }) => (
        <ProgressBar
          key={name}
          label={limitInWords(name)}
          value={limit === undefined || limit === 0 ? 0 : Math.round((100 * remaining) / limit)}
          additionalInfo={
            resetSeconds === undefined
              ? undefined
              : `More ${relativeTime(Date.now() + 1000 * resetSeconds, Date.now())}`
          }
          description={
            limit === undefined
              ? `${count(remaining)} requests left`
              : `${count(remaining)} of ${count(limit)} requests left`
          }
        />
      ))}
    </SpaceBetween>
  );
}

function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
