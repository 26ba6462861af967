import { auditEvent, type Change, type ChangeContext } from '../audit/audit-event.ts';
import { type ApiKey, liveSecrets, revoked, statusOf } from '../keys/api-key.ts';
import { withReminders } from '../keys/key-reminders.ts';
import type { ProtectedApi } from '../products/protected-api.ts';
import { endedDigest, type Slot, type Subscription } from '../products/subscription.ts';
import type { TenantSettings } from '../tenants/tenant.ts';

/** Where a key turned up: what its finder says. Holds no key. */
export interface LeakSource {
  readonly by: 'report' | 'github';
  readonly url?: string;
  /** What kind of text it stood in, in the finder's words, such as `commit`. */
  readonly place?: string;
}

/**
 * What a report of a key comes to. `ended`: it works no more, by this report or before it. `reported`: its
 * owners have been told, and it works still. `public`: it is meant to be seen. `unknown`: nothing that was
 * issued here. `failed`: nothing was found out or done, for a reason that lies with this key alone.
 */
export type LeakOutcome = 'ended' | 'reported' | 'public' | 'unknown' | 'failed';

/** What people and programs leave around a key that they copy. A foreign key may well end in `=`. */
const AROUND: ReadonlySet<string | undefined> = new Set(' \t\r\n\u00a0\ufeff"\'`´‘’“”<>()[]{},;');
const IN_FRONT: ReadonlySet<string | undefined> = new Set([...AROUND, ':', '=']);
const INTRODUCTION =
  /^(?:authorization|bearer|(?:[a-z0-9_-]{1,40}[-_ ])?(?:key|token|secret)|apikey)(?:["'`]?\s*[:=]\s*|\s+)/i;
const MOST_LAYERS = 8;

/**
 * A key as it was issued, out of a text that somebody pasted: without blanks, line ends, quotes, a header's
 * name or `Bearer` around it.
 */
export function bareKey(text: string): string {
  let bare = text;
  for (let i = 0; i < MOST_LAYERS; i++) {
    const next = trimmed(bare).replace(INTRODUCTION, '');
    if (next === bare) break;
    bare = next;
  }
  return bare;
}

function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && IN_FRONT.has(text[start])) start += 1;
  while (start < end && AROUND.has(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

export interface LeakDecision<State> {
  readonly outcome: LeakOutcome;
  /** Absent when there is nothing (more) to do. */
  readonly change?: Change<State>;
}

type Response = 'keyRevoked' | 'secretEnded' | 'slotEnded' | 'notified';

/**
 * A secret of a key is known to strangers. Where the tenant asks for it, its newest secret takes the key with
 * it, since nobody has another one to go on with; a secret that a rotation has replaced ends alone. A
 * publishable key is meant to be seen.
 * @param secretId which of its secrets was reported
 */
export function leakOfApiKey(
  key: ApiKey,
  secretId: string,
  { leakResponse }: Pick<TenantSettings, 'leakResponse'>,
  source: LeakSource,
  context: ChangeContext,
): LeakDecision<ApiKey> {
  if (key.type === 'publishable') return { outcome: 'public' };
  const status = statusOf(key, context.now);
  if (status === 'revoked' || status === 'expired') return { outcome: 'ended' };
  const [newest, ...others] = liveSecrets(key, context.now);
  const secret = [newest, ...others].find((each) => each?.id === secretId);
  if (secret === undefined) return { outcome: 'ended' };
  const change = (response: Response, changes: Partial<ApiKey>): Change<ApiKey> => {
    const state = { ...key, ...changes, revision: key.revision + 1 };
    const subject = { type: 'apiKey', id: key.keyId } as const;
    const data = { hint: secret.hint, response, source };
    return {
      state: withReminders(key, state, context.now),
      event: auditEvent(context, { type: 'apiKey.leaked', tenantId: key.tenantId, subject, data }),
    };
  };
  if (leakResponse === 'revoke') {
    if (secret === newest) {
      return { outcome: 'ended', change: change('keyRevoked', revoked('Reported as leaked', context)) };
    }
    const secrets = key.secrets.filter(({ id }) => id !== secretId);
    const { [secretId]: _, ...digests } = key.digests;
    return { outcome: 'ended', change: change('secretEnded', { secrets, digests }) };
  }
  if (secret.leakedAt !== undefined) return { outcome: 'reported' };
  const leaked = { ...secret, leakedAt: context.now.toISOString() };
  const secrets = key.secrets.map((each) => (each.id === secretId ? leaked : each));
  return { outcome: 'reported', change: change('notified', { secrets }) };
}

/**
 * One of a subscription's two keys is known to strangers. Where the tenant asks for it, that one ends until
 * its owner has it regenerated; the other one works on.
 */
export function leakOfSubscription(
  subscription: Subscription,
  slot: Slot,
  { leakResponse }: Pick<TenantSettings, 'leakResponse'>,
  source: LeakSource,
  context: ChangeContext,
): LeakDecision<Subscription> {
  const { state, tenantId, subscriptionId, slots, digests } = subscription;
  if (state === 'cancelled' || state === 'rejected') return { outcome: 'ended' };
  const { hint, leakedAt } = slots[slot];
  const change = (response: Response, changes: Partial<Subscription>): Change<Subscription> => {
    const subject = { type: 'subscription', id: subscriptionId } as const;
    const data = { slot, hint, response, source };
    return {
      state: { ...subscription, ...changes, revision: subscription.revision + 1 },
      event: auditEvent(context, { type: 'apiKey.leaked', tenantId, subject, data }),
    };
  };
  const leaked = { ...slots, [slot]: { ...slots[slot], leakedAt: context.now.toISOString() } };
  if (leakResponse === 'revoke') {
    const ended = { ...digests, [slot]: endedDigest(digests[slot]) };
    return { outcome: 'ended', change: change('slotEnded', { slots: leaked, digests: ended }) };
  }
  if (leakedAt !== undefined) return { outcome: 'reported' };
  return { outcome: 'reported', change: change('notified', { slots: leaked }) };
}

/**
 * A client key was reported. All callers of an API have the same one, so any of them could report it and,
 * if that ended it, stop all the others: its admins are told, once, and decide.
 */
export function leakOfClientKey(
  api: ProtectedApi,
  source: LeakSource,
  context: ChangeContext,
): LeakDecision<ProtectedApi> {
  const { clientKey } = api;
  if (clientKey === undefined) return { outcome: 'unknown' };
  if (api.publicClientKey !== undefined) return { outcome: 'public' };
  if (clientKey.leakedAt !== undefined) return { outcome: 'reported' };
  const leaked = { ...clientKey, leakedAt: context.now.toISOString() };
  const subject = { type: 'api', id: api.apiId } as const;
  const data = { hint: clientKey.hint, response: 'notified', source };
  const event = auditEvent(context, { type: 'apiKey.leaked', tenantId: null, subject, data });
  return {
    outcome: 'reported',
    change: { state: { ...api, clientKey: leaked, revision: api.revision + 1 }, event },
  };
}
