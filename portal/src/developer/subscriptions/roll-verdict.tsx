import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';
import { count } from '../../shared/show/limits.ts';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { relativeTime, useNow } from '../../shared/show/time.tsx';
import { isInUse, QUIET_MILLISECONDS } from './slot-use.tsx';
import { otherSlot, SLOT_NAMES, type Slot } from './subscription.ts';

const REFRESH_MILLISECONDS = 15_000;

/** Which of the two keys is sent still: whether the old one can be replaced. */
export function RollVerdict({ of: subscription, old }: { of: Subscription; old: Slot }) {
  const now = useNow(5000);
  const { lastUsedAt } = subscription.slots[old];
  const name = SLOT_NAMES[old];
  const ago = lastUsedAt === null ? undefined : relativeTime(lastUsedAt, now);
  return (
    <>
      {isInUse(subscription.slots[old], now, QUIET_MILLISECONDS) ? (
        <StatusIndicator type="warning">
          {name}: in use, last sent {ago}. Not safe to replace.
        </StatusIndicator>
      ) : (
        <StatusIndicator type="success">
          {name}: quiet{ago === undefined ? ', it was never sent' : `, last sent ${ago}`}.
        </StatusIndicator>
      )}
      <Counts of={subscription} old={old} />
    </>
  );
}

/** How often each was sent in the last day, as far as it has been counted. */
function Counts({ of: { subscriptionId }, old }: { of: Subscription; old: Slot }) {
  const { data } = useQuery({
    ...reading('/v1/usage', { query: { subscriptionId, groupBy: 'secret' } }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
  if (data === undefined) return null;
  const of = (slot: Slot) =>
    data.groups.filter(({ group }) => group === slot).reduce((sum, { requests }) => sum + requests, 0);
  const [first, second] = [otherSlot(old), old];
  return (
    <Box color="text-body-secondary" fontSize="body-s">
      In the last day: {[first, second].map((slot) => `${SLOT_NAMES[slot]} ${count(of(slot))}`).join(', ')}{' '}
      requests.
    </Box>
  );
}
