import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Sent } from '../../shared/api/answers.ts';
import { api } from '../../shared/api/api.ts';
import { useAbility } from '../../shared/api/me.ts';
import { DryRunOutcome } from './dry-run-outcome.tsx';

const ROLE = '/v1/tenants/{tenantId}/roles/{role}/dry-run';
const KEY = '/v1/tenants/{tenantId}/keys/{keyId}/dry-run';
const PAUSE_MILLISECONDS = 500;

type DryRunProps =
  | {
      readonly path: typeof ROLE;
      readonly params: { readonly tenantId: string; readonly role: string };
      readonly body: Sent<typeof ROLE>;
    }
  | {
      readonly path: typeof KEY;
      readonly params: { readonly tenantId: string; readonly keyId: string };
      readonly body: Sent<typeof KEY>;
    };

async function runOf({ path, params, body }: DryRunProps, signal: AbortSignal) {
  return path === ROLE
    ? (await api.POST(ROLE, { params: { path: params }, body, signal })).data
    : (await api.POST(KEY, { params: { path: params }, body, signal })).data;
}

/** What a change would have refused of the last seven days, before it is saved. It changes nothing, and is asked as one types. */
export function DryRun(props: DryRunProps) {
  const ability = useAbility(props.params.tenantId);
  const asked = useSettled(props);
  const { data, isFetching, isError } = useQuery({
    queryKey: [asked.path, asked.params, asked.body],
    queryFn: ({ signal }) => runOf(asked, signal),
    // Nobody is sent to a second sign-in for a preview.
    enabled: ability(props.path === ROLE ? 'tryRole' : 'tryKey') === 'yes',
  });
  return (
    <div aria-live="polite">
      {isError ? (
        <Box color="text-body-secondary">What it would refuse can’t be told at the moment.</Box>
      ) : data === undefined ? (
        isFetching && <StatusIndicator type="loading">Looking at the last seven days</StatusIndicator>
      ) : (
        <DryRunOutcome of={data} caller="key" some="of the role’s keys" />
      )}
    </div>
  );
}

/** A value once it has not changed for a moment. */
function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as Value), PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
