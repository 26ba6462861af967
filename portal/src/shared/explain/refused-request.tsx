import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { KeywrightError } from '../../../../client/keywright-client.ts';
import type { Answer } from '../api/answers.ts';
import { reading } from '../api/queries.ts';
import { Facts } from '../show/facts.tsx';
import { absoluteTime } from '../show/time.tsx';
import { PageSkeleton } from '../states/page-skeleton.tsx';
import { EmptyState, ErrorState } from '../states/states.tsx';
import { inWords, Mend } from './mend.tsx';

const EXPLAIN = '/v1/explain/{requestId}';
type Refusal = Answer<typeof EXPLAIN>['refusals'][number];

/** Why one request was refused. */
export function RefusedRequest({ requestId, base }: { requestId: string; base: string }) {
  const { data, error, refetch } = useQuery(reading(EXPLAIN, { path: { requestId } }));
  if (data !== undefined) {
    return (
      <SpaceBetween size="l">
        {data.refusals.map((refusal, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: refusals of one request have nothing else that tells them apart
          <Refused key={at} of={refusal} base={base} />
        ))}
      </SpaceBetween>
    );
  }
  if (error instanceof KeywrightError && error.status === 404) return <NotKept />;
  return error ? <ErrorState error={error} retry={() => void refetch()} /> : <PageSkeleton />;
}

function NotKept() {
  return (
    <EmptyState title="Nothing is kept of this request">
      It was let in, its log has not come yet (that takes minutes), it is older than seven days, or the key
      was not one of yours. Of a flood only some are kept.
    </EmptyState>
  );
}

function Refused({ of: refusal, base }: { of: Refusal; base: string }) {
  const { at, status, code, cause, keyId, network, checks } = refusal;
  return (
    <Container
      header={
        <Header variant="h2" description={`The caller was told ${status}, ${code}.`}>
          {inWords(cause)}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Facts
          facts={[
            ['When', absoluteTime(at)],
            ['Key', keyId === null ? 'None was named' : <KeyLink key="key" keyId={keyId} base={base} />],
            ['From', network === '-' ? 'Not known' : network],
          ]}
        />
        <ColumnLayout columns={2}>
          <SpaceBetween size="xs">
            <Box variant="h3">What mends it</Box>
            <Mend of={refusal} />
          </SpaceBetween>
          <Checks of={checks} />
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  );
}

/** Where a key or subscription is shown. */
function KeyLink({ keyId, base }: { keyId: string; base: string }) {
  const href = keyId.startsWith('sub_') ? `/subscriptions/${keyId}` : `${base}/explain?of=${keyId}`;
  return <Link href={href}>{keyId}</Link>;
}

const RESULTS = {
  passed: ['success', 'passed'],
  failed: ['error', 'failed'],
  not_asked: ['stopped', 'not asked'],
  not_reached: ['stopped', 'not reached'],
} as const;

function Checks({ of: checks }: { of: Refusal['checks'] }) {
  if (checks.length === 0) return <Box>No check decided on it.</Box>;
  const reasons = new Set(checks.flatMap(({ why }) => why ?? []));
  return (
    <SpaceBetween size="xs">
      <Box variant="h3">Checks, in their order</Box>
      <ol className="checks">
        {checks.map(({ check, result }) => {
          const [type, text] = RESULTS[result];
          return (
            <li key={check}>
              <StatusIndicator type={type} {...(type === 'stopped' && { colorOverride: 'grey' })}>
                {inWords(check)}: {result === 'failed' ? <strong>{text}</strong> : text}
              </StatusIndicator>
            </li>
          );
        })}
      </ol>
      {[...reasons].map((why) => (
        <Box key={why} color="text-body-secondary" fontSize="body-s">
          Not asked: {why.charAt(0).toLowerCase() + why.slice(1)}
        </Box>
      ))}
    </SpaceBetween>
  );
}
