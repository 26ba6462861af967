import type { Approval } from '../approvals/approval.ts';
import type { ApiKey, Reminders } from '../keys/api-key.ts';
import type { Subscription } from '../products/subscription.ts';
import type { Alert } from './finding.ts';

const STATUSES = ['active', 'disabled', 'revoked', 'expired'] as const;
const ENVIRONMENTS = ['sandbox', 'live'] as const;

type KeyCounter = `keys.${(typeof STATUSES)[number]}.${(typeof ENVIRONMENTS)[number]}`;

/** What a summary counts. */
export type SummaryCounter =
  | KeyCounter
  | 'keys.expiring'
  | 'keys.inOverlap'
  | 'keys.unused'
  | 'subscriptions.pending'
  | 'approvals.pending'
  | 'signUps.pending'
  | 'alerts.open';

/** What is counted, as it is stored. */
export type Summarized =
  | {
      readonly kind: 'key';
      readonly state: Pick<ApiKey, 'status' | 'environment' | 'expiresAt' | 'reminders'>;
    }
  | { readonly kind: 'subscription'; readonly state: Pick<Subscription, 'state'> }
  | { readonly kind: 'approval'; readonly state: Pick<Approval, 'state'> }
  | { readonly kind: 'signUp'; readonly state: { readonly state: string } }
  | { readonly kind: 'alert'; readonly state: Pick<Alert, 'state'> };

const EXPIRING_MILLISECONDS = 14 * 86_400_000;

/**
 * What one item counts for. It follows from what is stored alone and from no clock: what comes about by time is
 * written by a sweep (`reminders` of a key, `lapsed` of an approval), and is counted from then on.
 */
export function countersOf(item: Summarized): readonly SummaryCounter[] {
  switch (item.kind) {
    case 'key':
      return countersOfKey(item.state);
    case 'subscription':
      return item.state.state === 'pending' ? ['subscriptions.pending'] : [];
    case 'approval':
      return item.state.state === 'pending' ? ['approvals.pending'] : [];
    case 'signUp':
      return item.state.state === 'pending' ? ['signUps.pending'] : [];
    case 'alert':
      return item.state.state === 'open' ? ['alerts.open'] : [];
  }
}

function countersOfKey({
  status,
  environment,
  expiresAt,
  reminders,
}: Pick<ApiKey, 'status' | 'environment' | 'expiresAt' | 'reminders'>): readonly SummaryCounter[] {
  if (status === 'revoked') return [`keys.revoked.${environment}`];
  // A key that will end is reminded of it, until it has.
  if (expiresAt !== undefined && reminders?.expiryAt === undefined) return [`keys.expired.${environment}`];
  return [
    `keys.${status}.${environment}`,
    ...(isExpiring(expiresAt, reminders?.expiryAt) ? (['keys.expiring'] as const) : []),
    ...(isInOverlap(reminders) ? (['keys.inOverlap'] as const) : []),
    ...(reminders?.idle?.noticed === true ? (['keys.unused'] as const) : []),
  ];
}

function isInOverlap({ overlap, overlapAt }: Reminders = {}): boolean {
  return overlap !== undefined || overlapAt !== undefined;
}

/** Whether the next mark is one after the first: that of 14 days has passed. */
function isExpiring(expiresAt: string | undefined, mark: string | undefined): boolean {
  if (expiresAt === undefined || mark === undefined) return false;
  return Date.parse(expiresAt) - Date.parse(mark) < EXPIRING_MILLISECONDS;
}

/** By how much each counter changes when an item counted for the first and counts for the second. */
export function differenceOf(
  before: readonly string[],
  after: readonly string[],
): ReadonlyMap<string, number> {
  const difference = new Map<string, number>();
  const add = (name: string, by: number) => difference.set(name, (difference.get(name) ?? 0) + by);
  for (const name of before) add(name, -1);
  for (const name of after) add(name, 1);
  return new Map([...difference].filter(([, by]) => by !== 0));
}
