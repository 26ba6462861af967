import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { explain } from '../../../../core/domain/decision/explanation.ts';
import { reading } from '../api/queries.ts';
import { KeyStatus } from '../show/key-status.tsx';
import { count } from '../show/limits.ts';
import { PageSkeleton } from '../states/page-skeleton.tsx';
import { EmptyState, ErrorState } from '../states/states.tsx';
import { mergedByGroup, type UsageGroup } from '../usage/usage-sums.ts';
import type { Asked } from './asked.ts';
import { inWords, Mend } from './mend.tsx';

const DAYS = 7;
const DAY_MILLISECONDS = 86_400_000;

/** Why calls of a key or subscription were refused within a week, the most frequent cause first. */
export function RefusedOfKey({ of: { kind, id } }: { of: Asked }) {
  const day = Math.floor(Date.now() / DAY_MILLISECONDS) * DAY_MILLISECONDS;
  const from = new Date(day - DAYS * DAY_MILLISECONDS).toISOString();
  const { data, error, refetch } = useQuery(
    reading('/v1/usage', { query: { keyId: id, groupBy: 'cause', from } }),
  );
  if (data === undefined) {
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <PageSkeleton />;
  }
  const causes = mergedByGroup(data.groups).sort((a, b) => b.requests - a.requests);
  return (
    <SpaceBetween size="l">
      {kind === 'key' && <Present keyId={id} />}
      {causes.length === 0 && (
        <EmptyState title="No refused calls">
          None of the last seven days is counted. What was called just now is counted within minutes.
        </EmptyState>
      )}
      {causes.map((cause) => (
        <Cause key={cause.group} of={cause} keyId={id} tenantId={data.tenantId} />
      ))}
    </SpaceBetween>
  );
}

/** The key as it is now: what is wrong with it at present comes before what was. */
function Present({ keyId }: { keyId: string }) {
  const { data: key } = useQuery(reading('/v1/keys/{keyId}', { path: { keyId } }));
  if (key === undefined) return null;
  return (
    <Box>
      <Link href={`/admin/tenants/${encodeURIComponent(key.tenantId)}/keys/${keyId}`}>{key.name}</Link> is now{' '}
      <KeyStatus of={key} />
    </Box>
  );
}

interface CauseProps {
  readonly of: UsageGroup;
  readonly keyId: string;
  readonly tenantId: string | null;
}

function Cause({ of: { group: cause, requests }, keyId, tenantId }: CauseProps) {
  const { checks, mend } = explain(cause);
  const failed = checks.find(({ result }) => result === 'failed');
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${count(requests)})`}
          description={failed && `The check that failed: ${inWords(failed.check).toLowerCase()}.`}
        >
          {inWords(cause)}
        </Header>
      }
    >
      <Mend of={{ cause, keyId, tenantId, mend }} />
    </Container>
  );
}
