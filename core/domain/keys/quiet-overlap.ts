import { auditEvent, type ChangeContext } from '../audit/audit-event.ts';
import { type ApiKey, type KeySecret, liveSecrets } from './api-key.ts';
import type { LastUse } from './last-use.ts';
import type { Notice } from './notice.ts';

/** What is known of an old secret's silence when a sweep comes to it. */
export interface Silence {
  /** Of the key's secrets, as far as their lines were counted. */
  readonly lastUse: LastUse | undefined;
  /** Time of the newest line that was counted of the log which last told of the old secret, or else of the new one. */
  readonly heardUntil: string | undefined;
  /** Whether there are lines that could not be counted and wait for somebody to bring them back. */
  readonly hasLostLines: boolean;
  /** Whether the key's tenant is active; nobody calls with the keys of a suspended one. */
  readonly isAdmitted: boolean;
  /** Who used the old secret in the hour of its last use: networks and routes, the most frequent first. */
  readonly lastUsers: LastUsers;
}

export interface LastUsers {
  readonly networks: readonly string[];
  readonly routes: readonly string[];
}

/**
 * Lines of one log may come out of order, and a batch that failed is counted up to some minutes later: of what is
 * newer nobody knows yet whether it was silence.
 */
export const LATE_MILLISECONDS = 15 * 60_000;
const SOONEST_MILLISECONDS = 5 * 60_000;
const LATEST_MILLISECONDS = 60 * 60_000;

/** The older secret of an overlap that ends when it is quiet; also when its time has passed. */
export function quietSecretOf(key: Pick<ApiKey, 'secrets'>): (KeySecret & Quiet) | undefined {
  return key.secrets.find((secret): secret is KeySecret & Quiet => secret.untilQuietSeconds !== undefined);
}

interface Quiet {
  readonly untilQuietSeconds: number;
  readonly expiresAt: string;
}

/**
 * What comes of an overlap that ends when its old secret is quiet: its end with an event, or another look. It ends
 * when the old secret is known to have been silent for as long as was asked, and the new one is in use since: silence
 * alone may be a night, a log that nobody subscribed, or a key that was disabled. What is not known is no silence.
 * At the end of its time it is told of, whoever used it last.
 */
export function overlapNotice(key: ApiKey, silence: Silence, context: ChangeContext): Notice {
  const { now } = context;
  const older = quietSecretOf(key);
  if (older === undefined) return { remind: withLook(key, undefined) };
  if (older.expiresAt <= now.toISOString()) return endOf(key, older, 'limit', silence, context);
  const since = key.reminders?.overlap?.since ?? now.toISOString();
  if (!silence.isAdmitted || key.status !== 'active') {
    return { remind: withLook(key, lookAt(now, { since: now.toISOString(), end: older.expiresAt })) };
  }
  const [current] = liveSecrets(key, now);
  const lastOld = silence.lastUse?.bySecret[older.id];
  const lastNew = current && silence.lastUse?.bySecret[current.id];
  const start = lastOld !== undefined && lastOld > since ? lastOld : since;
  const quietAt = Date.parse(start) + older.untilQuietSeconds * 1000;
  const knownUntil =
    silence.heardUntil === undefined || silence.hasLostLines
      ? Number.NEGATIVE_INFINITY
      : Math.min(now.getTime(), Date.parse(silence.heardUntil)) - LATE_MILLISECONDS;
  const isNewInUse = lastNew !== undefined && lastNew > (lastOld ?? '');
  if (isNewInUse && knownUntil >= quietAt) return endOf(key, older, 'quiet', silence, context);
  return {
    remind: withLook(key, lookAt(now, { since, end: older.expiresAt, atBest: quietAt + LATE_MILLISECONDS })),
  };
}

/** When a new overlap of that kind is looked at first. */
export function firstLook({ expiresAt }: Quiet, now: Date): Look {
  return lookAt(now, { since: now.toISOString(), end: expiresAt });
}

type Look = NonNullable<NonNullable<ApiKey['reminders']>['overlap']>;

/** Not before it could end, nor later than in an hour: a suspension has to be seen. Its end is told at once. */
function lookAt(
  now: Date,
  { since, end, atBest = Number.NEGATIVE_INFINITY }: { since: string; end: string; atBest?: number },
): Look {
  const [soonest, latest] = [now.getTime() + SOONEST_MILLISECONDS, now.getTime() + LATEST_MILLISECONDS];
  const at = Math.min(latest, Math.max(soonest, atBest), Math.max(now.getTime(), Date.parse(end)));
  return { since, checkAt: new Date(at).toISOString() };
}

function endOf(
  key: ApiKey,
  older: KeySecret & Quiet,
  by: 'quiet' | 'limit',
  { lastUse, lastUsers }: Silence,
  context: ChangeContext,
): Notice {
  const { tenantId, keyId, name } = key;
  const secrets = key.secrets.filter(({ id }) => id !== older.id);
  const state = withLook({ ...key, secrets, revision: key.revision + 1 }, undefined);
  const data = {
    name,
    endedHint: older.hint,
    by,
    untilQuietSeconds: older.untilQuietSeconds,
    lastUsedAt: lastUse?.bySecret[older.id] ?? null,
    lastUsedFrom: lastUsers.networks,
    lastUsedFor: lastUsers.routes,
  };
  const subject = { type: 'apiKey', id: keyId } as const;
  return {
    change: { state, event: auditEvent(context, { type: 'apiKey.overlapEnded', tenantId, subject, data }) },
  };
}

function withLook(key: ApiKey, overlap: Look | undefined): ApiKey {
  const { reminders, ...rest } = key;
  const { overlap: _, ...others } = reminders ?? {};
  const left = { ...others, ...(overlap && { overlap }) };
  return Object.keys(left).length === 0 ? rest : { ...rest, reminders: left };
}
