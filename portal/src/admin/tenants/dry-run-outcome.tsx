import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { count } from '../../shared/show/limits.ts';
import { baseOf } from '../scope.tsx';

interface Outcome {
  readonly calls: number;
  readonly refused: number;
  readonly admittedAnew: number;
  readonly unknown: number;
  readonly keysLookedAt: number;
  readonly isAll: boolean;
  /** With their tenants where these may be many. */
  readonly keys: readonly { readonly keyId: string; readonly tenantId?: string; readonly refused: number }[];
  readonly uses: readonly {
    readonly keyId: string;
    readonly network: string;
    readonly route: string;
    readonly requests: number;
  }[];
}

interface DryRunOutcomeProps {
  readonly of: Outcome;
  /** Who calls: "key". */
  readonly caller: string;
  /** Which are looked at where there are too many, such as "of the role’s keys". */
  readonly some: string;
}

/** What a change would have made of the last seven days: who would be refused, how much let in, and what can't be told. */
export function DryRunOutcome({ of, caller, some }: DryRunOutcomeProps) {
  const { calls, refused, admittedAnew, unknown, keys, keysLookedAt, isAll } = of;
  if (calls === 0)
    return <StatusIndicator type="info">No calls of the last seven days to compare with</StatusIndicator>;
  const notes = [
    ...(unknown > 0 ? [`Of ${count(unknown)} it can’t be told.`] : []),
    ...(admittedAnew > 0 ? [`${count(admittedAnew)} that are refused now would be let in.`] : []),
    ...(isAll ? [] : [`Only ${count(keysLookedAt)} ${some} were looked at.`]),
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
          Calls of {keys.length === 1 ? `one ${caller}` : `${count(keys.length)} ${caller}s`}. {notes}
        </span>
        <Callers of={keys} />
        <ExpandableSection headerText="Which calls">
          {of.uses.map(({ keyId, network, route, requests }) => (
            <div key={`${keyId} ${network} ${route}`} className="mono small">
              {route} from {network}, {keyId}: {count(requests)}
            </div>
          ))}
        </ExpandableSection>
      </SpaceBetween>
    </Alert>
  );
}

/** Whose calls they are, where that may be several tenants'. */
function Callers({ of: keys }: { of: Outcome['keys'] }) {
  const named = keys.filter(({ tenantId }) => tenantId !== undefined);
  if (named.length === 0) return null;
  return (
    <ul className="checks">
      {named.map(({ tenantId, keyId, refused }) => (
        <li key={keyId}>
          {keyId.startsWith('key_') ? <Link href={`${baseOf(tenantId)}/keys/${keyId}`}>{keyId}</Link> : keyId}{' '}
          of {tenantId}: {count(refused)}
        </li>
      ))}
    </ul>
  );
}

function calledIn(calls: number): string {
  return `${count(calls)} call${calls === 1 ? '' : 's'} of the last seven days`;
}
