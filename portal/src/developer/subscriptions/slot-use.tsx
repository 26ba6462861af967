import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { relativeTime, useNow } from '../../shared/show/time.tsx';

type SlotOf = Subscription['slots']['primary'];

const DAY_MILLISECONDS = 86_400_000;
/** Uses are counted within minutes, so what is quiet for less may only not have been counted. */
export const QUIET_MILLISECONDS = 5 * 60_000;

/** How long ago a key was last sent, in milliseconds; undefined where it never was. */
function idleFor({ lastUsedAt }: SlotOf, now: number): number | undefined {
  return lastUsedAt === null ? undefined : Math.max(0, now - Date.parse(lastUsedAt));
}

/** Whether somebody would be cut off if this key were replaced. */
export function isInUse(slot: SlotOf, now: number, quietMilliseconds = DAY_MILLISECONDS): boolean {
  const idle = idleFor(slot, now);
  return idle !== undefined && idle < quietMilliseconds;
}

/** Whether a key can be replaced without harm, by when it was last sent. */
export function SlotUse({ of: slot }: { of: SlotOf }) {
  const now = useNow();
  const { lastUsedAt } = slot;
  if (lastUsedAt === null)
    return <StatusIndicator type="success">Never used: safe to regenerate</StatusIndicator>;
  const ago = relativeTime(lastUsedAt, now);
  return isInUse(slot, now) ? (
    <StatusIndicator type="in-progress">In use: last sent {ago}</StatusIndicator>
  ) : (
    <StatusIndicator type="success">Safe to regenerate: last sent {ago}</StatusIndicator>
  );
}
