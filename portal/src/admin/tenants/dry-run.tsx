import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Sent } from '../../shared/api/answers.ts';
import { api } from '../../shared/api/api.ts';
import { useAbility } from '../../shared/api/me.ts';
import { count } from '../../shared/show/limits.ts';

const ROLE = '/v1/tenants/{tenantId}/roles/{role}/dry-run';
const KEY = '/v1/tenants/{tenantId}/keys/{keyId}/dry-run';
const PAUSE_MILLISECONDS = 500;
type Run = Awaited<ReturnType<typeof runOf>>;

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
        <Outcome of={data} />
      )}
    </div>
  );
}

function Outcome({
  of: { calls, refused, admittedAnew, unknown, keys, keysLookedAt, isAll, uses },
}: {
  of: Run;
}) {
  if (calls === 0)
    return <StatusIndicator type="info">No calls of the last seven days to compare with</StatusIndicator>;
  const notes = [
    ...(unknown > 0 ? [`Of ${count(unknown)} it can’t be told.`] : []),
    ...(admittedAnew > 0 ? [`${count(admittedAnew)} that are refused now would be let in.`] : []),
    ...(isAll ? [] : [`Only ${count(keysLookedAt)} of the role’s keys were looked at.`]),
  ].join(' ');
  if (refused === 0)
    return (
      <SpaceBetween size="xxs">
        <StatusIndicator type="success">None of {calledIn(calls)} would be refused</StatusIndicator>
        {notes !== '' && <Box color="text-body-secondary">{notes}</Box>}
      </SpaceBetween>
    );
  return (
    <Alert type="warning" header={`${count(refused)} of ${calledIn(calls)} would be refused`}>
      <SpaceBetween size="xs">
        <span>
          Calls of {keys.length === 1 ? 'one key' : `${count(keys.length)} keys`}. {notes}
        </span>
        <ExpandableSection headerText="Which calls">
          {uses.map(({ keyId, network, route, requests }) => (
            <div key={`${keyId} ${network} ${route}`} className="mono small">
              {route} from {network}, {keyId}: {count(requests)}
            </div>
          ))}
        </ExpandableSection>
      </SpaceBetween>
    </Alert>
  );
}

function calledIn(calls: number): string {
  return `${count(calls)} call${calls === 1 ? '' : 's'} of the last seven days`;
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
