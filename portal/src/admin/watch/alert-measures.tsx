import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { useCan, useMe } from '../../shared/api/me.ts';
import { dayOf } from '../../shared/show/time.tsx';
import { baseOf } from '../scope.tsx';
import type { Alert } from './alert.ts';

const DAY_MILLISECONDS = 86_400_000;
const DAYS = [1, 7, 30] as const;
const STALE = ['/v1/alerts'];

/** What can be done about a finding, but for acknowledging it: stop or narrow the key, take it on, put it off. */
export function AlertMeasures({ of: alert, onDone }: { of: Alert; onDone: () => void }) {
  const can = useCan(alert.tenantId ?? undefined);
  const assign = useAssignment(alert, onDone);
  const putOff = usePuttingOff(alert, onDone);
  const isMine = alert.assignedTo === assign.mine;
  const isPutOff = alert.snoozedUntil !== null && Date.parse(alert.snoozedUntil) > Date.now();
  return (
    <FormField label="What to do">
      <SpaceBetween direction="horizontal" size="xs">
        <OfKey of={alert} />
        {can('assignAlert') && (
          <Button
            formAction="none"
            loading={assign.isPending}
            onClick={() => assign.mutate(isMine ? null : assign.mine)}
          >
            {isMine ? 'Give it back' : 'Assign to me'}
          </Button>
        )}
        {can('snoozeAlert') && (
          <ButtonDropdown
            loading={putOff.isPending}
            items={[
              ...DAYS.map((days) => ({
                id: String(days),
                text: days === 1 ? 'For a day' : `For ${days} days`,
              })),
              ...(isPutOff ? [{ id: '0', text: 'Not any more' }] : []),
            ]}
            onItemClick={({ detail }) => putOff.mutate(Number(detail.id))}
          >
            Put off
          </ButtonDropdown>
        )}
      </SpaceBetween>
    </FormField>
  );
}

/** Ways to where the key that it is about is stopped, or bound to networks. */
function OfKey({ of: { subject, tenantId, kind } }: { of: Alert }) {
  const can = useCan(tenantId ?? undefined);
  if (subject.type !== 'apiKey' || tenantId === null) return null;
  const key = `${baseOf(tenantId)}/keys/${subject.id}`;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {kind === 'oldSecretInUse' && <Button href={`${key}/rotation`}>Watch the rotation</Button>}
      {can('disableKey') && <Button href={`${key}?do=disable`}>Disable the key</Button>}
      {can('updateKey') && <Button href={`${key}/edit`}>Restrict its networks</Button>}
    </SpaceBetween>
  );
}

function useAssignment({ alertId }: Alert, after: () => void) {
  const { email, sub } = useMe();
  const mine = email ?? sub;
  const params = { path: { alertId } };
  const change = useChange(
    async (assignedTo: string | null) =>
      (await api.POST('/v1/alerts/{alertId}/assign', { params, body: { assignedTo } })).data,
    {
      ...{ stale: STALE, after, failed: 'The alert was not assigned' },
      done: (_, assignedTo) => ({
        type: 'success',
        header: assignedTo === null ? 'Nobody has it now' : `Assigned to ${assignedTo}`,
      }),
    },
  );
  return { ...change, mine };
}

function usePuttingOff({ alertId }: Alert, after: () => void) {
  const params = { path: { alertId } };
  const untilOf = (days: number) =>
    days === 0 ? null : new Date(Date.now() + days * DAY_MILLISECONDS - 60_000).toISOString();
  return useChange(
    async (days: number) =>
      (await api.POST('/v1/alerts/{alertId}/snooze', { params, body: { until: untilOf(days) } })).data,
    {
      ...{ stale: STALE, after, failed: 'The alert was not put off' },
      done: ({ snoozedUntil }) => ({
        type: 'success',
        header: snoozedUntil === null ? 'It is not put off any more' : `Put off until ${dayOf(snoozedUntil)}`,
      }),
    },
  );
}
