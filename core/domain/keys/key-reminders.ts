import { auditEvent, type Change, type ChangeContext } from '../audit/audit-event.ts';
import type { ApiKey, Reminders } from './api-key.ts';
import { statusOf } from './api-key.ts';
import type { Notice } from './notice.ts';
import { firstLook, quietSecretOf } from './quiet-overlap.ts';

const DAY_MILLISECONDS = 86_400_000;
/** How many days before its end a key's owners are told of it, and at its end. */
const MARKS_DAYS = [14, 7, 1, 0];
const IDLE_DAYS = 90;
/** How soon a key that was told to be idle is looked at again: used meanwhile, it is idle no more. */
const RECHECK_DAYS = 7;

/**
 * A key that was just changed, with what it is to be looked at for. What the change leaves as it was keeps
 * its time, also one that has passed and that no sweep has come to yet. A new end is announced at the marks
 * that still lie ahead: who sets it knows of those that don't.
 * @param before undefined for a new key
 */
export function withReminders(before: ApiKey | undefined, after: ApiKey, now: Date): ApiKey {
  const { reminders: _, ...rest } = after;
  const status = statusOf(after, now);
  if (status === 'revoked' || status === 'expired') return rest;
  const known = before?.reminders;
  const sameEnd = known !== undefined && before?.expiresAt === after.expiresAt;
  const expiryAt = sameEnd ? known.expiryAt : nextMark(after.expiresAt, now);
  // A disabled key isn't used, as everybody knows; enabled again, it has 90 days from then.
  const idle = status === 'disabled' ? undefined : (known?.idle ?? idleFrom(now));
  const older = quietSecretOf(after);
  const overlap = older && (overlapAsBefore(before, after) ?? firstLook(older, now));
  return reminding(rest, { expiryAt, idle, overlap, overlapAt: endOfOverlap(after, now) });
}

/** Another secret, or a key that is let in again, begins anew: nobody could use what was not there. */
function overlapAsBefore(before: ApiKey | undefined, after: ApiKey): Reminders['overlap'] {
  const isSame = before?.status === after.status && before.secrets === after.secrets;
  return isSame ? before.reminders?.overlap : undefined;
}

/** When a sweep has to look at a key; undefined for one that nothing will happen to by itself. */
export function dueAt({ reminders }: Pick<ApiKey, 'reminders'>): string | undefined {
  const { expiryAt, idle, overlap, overlapAt } = reminders ?? {};
  const times = [expiryAt, idle?.checkAt, overlap?.checkAt, overlapAt].filter((time) => time !== undefined);
  return times.sort()[0];
}

/** Whether the key's last use decides what is to be done next. */
export function needsLastUse({ reminders }: ApiKey, now: Date): boolean {
  const others = [reminders?.expiryAt, reminders?.overlap?.checkAt, reminders?.overlapAt];
  return !others.some((time) => isReached(time, now)) && isReached(reminders?.idle?.checkAt, now);
}

/** Whether it is to be found out whether the old secret of an overlap is quiet. */
export function needsSilence({ reminders }: ApiKey, now: Date): boolean {
  return !isReached(reminders?.expiryAt, now) && isReached(reminders?.overlap?.checkAt, now);
}

/**
 * What is to be done about a key now; undefined when nothing is due (any more). After an outage only what
 * is true now is told: of several marks that were passed the last one, and of an end that was passed the end.
 * @param lastUsedAt when it was last used, where that is known; only asked for by `needsLastUse`
 */
export function noticeOf(
  key: ApiKey,
  lastUsedAt: string | undefined,
  context: ChangeContext,
): Notice | undefined {
  if (isReached(key.reminders?.expiryAt, context.now)) return expiryNotice(key, context);
  // Who looks at the clock knows; what counts keys in an overlap does not.
  if (isReached(key.reminders?.overlapAt, context.now)) {
    return { remind: reminding(key, { ...key.reminders, overlapAt: undefined }) };
  }
  if (isReached(key.reminders?.idle?.checkAt, context.now)) return idleNotice(key, lastUsedAt, context);
  return undefined;
}

function expiryNotice(key: ApiKey, context: ChangeContext): Notice {
  const { now } = context;
  const { reminders, expiresAt = null, ...rest } = key;
  const left = expiresAt === null ? 0 : Date.parse(expiresAt) - now.getTime();
  const state = { ...key, revision: key.revision + 1 };
  if (left <= 0) {
    const ended = { ...rest, ...(expiresAt !== null && { expiresAt }), revision: state.revision };
    return { change: noted('apiKey.expired', ended, { expiresAt }, context) };
  }
  const next = reminding(state, { ...reminders, expiryAt: nextMark(key.expiresAt, now) });
  const daysLeft = Math.ceil(left / DAY_MILLISECONDS);
  return { change: noted('apiKey.expiring', next, { expiresAt, daysLeft }, context) };
}

function idleNotice(key: ApiKey, lastUsedAt: string | undefined, context: ChangeContext): Notice {
  const { now } = context;
  const { since, noticed } = key.reminders?.idle ?? idleFrom(now);
  const usedSince = lastUsedAt !== undefined && lastUsedAt > since;
  const start = usedSince ? lastUsedAt : since;
  const others = key.reminders;
  const again = plusDays(now.toISOString(), RECHECK_DAYS);
  if (noticed && !usedSince) {
    return { remind: reminding(key, { ...others, idle: { since, checkAt: again, noticed } }) };
  }
  if (plusDays(start, IDLE_DAYS) > now.toISOString()) {
    const idle = { since: start, checkAt: plusDays(start, IDLE_DAYS), noticed: false };
    return { remind: reminding(key, { ...others, idle }) };
  }
  // A use that becomes known late, from before the event, begins no idle period of its own: `since` is now.
  const idle = { since: now.toISOString(), checkAt: again, noticed: true };
  const state = reminding({ ...key, revision: key.revision + 1 }, { ...others, idle });
  const data = { unusedSince: start, lastUsedAt: lastUsedAt ?? null };
  return { change: noted('apiKey.unused', state, data, context) };
}

function noted(
  type: 'apiKey.expiring' | 'apiKey.expired' | 'apiKey.unused',
  state: ApiKey,
  data: Record<string, unknown>,
  context: ChangeContext,
): Change<ApiKey> {
  const { tenantId, keyId, name } = state;
  const subject = { type: 'apiKey', id: keyId } as const;
  return { state, event: auditEvent(context, { type, tenantId, subject, data: { name, ...data } }) };
}

function nextMark(expiresAt: string | undefined, now: Date): string | undefined {
  if (expiresAt === undefined) return undefined;
  const marks = MARKS_DAYS.map((days) => Date.parse(expiresAt) - days * DAY_MILLISECONDS);
  const next = marks.find((mark) => mark > now.getTime());
  return next === undefined ? undefined : new Date(next).toISOString();
}

function idleFrom(now: Date): NonNullable<Reminders['idle']> {
  const since = now.toISOString();
  return { since, checkAt: plusDays(since, IDLE_DAYS), noticed: false };
}

function plusDays(time: string, days: number): string {
  return new Date(Date.parse(time) + days * DAY_MILLISECONDS).toISOString();
}

/** Of one that ends when it is quiet `overlap` says when to look. */
function endOfOverlap({ secrets }: ApiKey, now: Date): string | undefined {
  const ends = secrets.flatMap(({ expiresAt, untilQuietSeconds }) =>
    untilQuietSeconds === undefined ? (expiresAt ?? []) : [],
  );
  return ends.filter((end) => end > now.toISOString()).sort()[0];
}

function reminding(
  key: ApiKey,
  of: { readonly [name in keyof Reminders]?: Reminders[name] | undefined },
): ApiKey {
  const { reminders: _, ...rest } = key;
  const reminders = Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));
  return Object.keys(reminders).length === 0 ? rest : { ...rest, reminders };
}

function isReached(time: string | undefined, now: Date): boolean {
  return time !== undefined && time <= now.toISOString();
}
