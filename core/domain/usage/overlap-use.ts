import type { ApiKey } from '../keys/api-key.ts';
import { type KeySecret, liveSecrets } from '../keys/api-key.ts';
import type { LastUse } from '../keys/last-use.ts';
import type { UsageCount } from './access-record.ts';
import { STEP_MILLISECONDS, stepOf, useOf } from './key-use.ts';

/** What was counted of a key in an hour (UTC). */
export interface HourCount {
  /** `yyyy-mm-ddThh` */
  readonly period: string;
  readonly count: Pick<UsageCount, 'uses' | 'steps'>;
}

/** How one secret of a key is used. Times are ISO 8601 UTC; lists have the most frequent first. */
export interface SecretUse {
  readonly hint: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** Null where its overlap does not end by silence. */
  readonly untilQuietSeconds: number | null;
  readonly lastUsedAt: string | null;
  readonly requests24h: number;
  readonly networks: readonly string[];
  readonly routes: readonly string[];
  /** Who uses it for what, of the last 24 hours and the most frequent. */
  readonly uses: readonly { readonly network: string; readonly route: string; readonly requests: number }[];
  /** The last hour in steps of five minutes, oldest first, those without a request too. */
  readonly recent: readonly { readonly from: string; readonly requests: number }[];
}

/** `null` stands for what there is not: no overlap, and so nothing to say of it. */
export interface OverlapUse {
  readonly old: SecretUse | null;
  readonly new: SecretUse | null;
  readonly verdict: 'quiet' | 'in_use' | 'never_used' | null;
  /** Whole seconds since the old secret was last used. */
  readonly quietFor: number | null;
}

export interface OverlapEvidence {
  readonly lastUse: LastUse | undefined;
  /** Of the last 24 hours and the hour at hand. */
  readonly hours: readonly HourCount[];
  readonly now: Date;
  /** How long the old secret has not been used when it is called quiet. */
  readonly quietAfterSeconds: number;
}

export const DAY_MILLISECONDS = 86_400_000;
const HOUR_MILLISECONDS = 3_600_000;
/** Of networks, routes and uses each. */
const MOST_SHOWN = 20;

/** Whether anybody still uses the older of a key's two secrets, and who. */
export function overlapUseOf(key: Pick<ApiKey, 'secrets'>, evidence: OverlapEvidence): OverlapUse {
  const { now, quietAfterSeconds } = evidence;
  const [current, older] = liveSecrets(key, now);
  const newUse = current === undefined ? null : secretUseOf(current, evidence);
  if (older === undefined) return { old: null, new: newUse, verdict: null, quietFor: null };
  const old = secretUseOf(older, evidence);
  if (old.lastUsedAt === null) return { old, new: newUse, verdict: 'never_used', quietFor: null };
  const quietFor = Math.max(0, Math.floor((now.getTime() - Date.parse(old.lastUsedAt)) / 1000));
  return { old, new: newUse, verdict: quietFor >= quietAfterSeconds ? 'quiet' : 'in_use', quietFor };
}

function secretUseOf(secret: KeySecret, { lastUse, hours, now }: OverlapEvidence): SecretUse {
  const { id, hint, createdAt, expiresAt = null, untilQuietSeconds = null } = secret;
  const first = now.getTime() - DAY_MILLISECONDS;
  const steps = stepsOf(id, hours);
  const requests24h = sumOf([...steps].flatMap(([at, n]) => (at + STEP_MILLISECONDS > first ? [n] : [])));
  const counted = hours.flatMap(({ count }) => usesOf(id, count));
  const noted = lastUse?.bySecret[id];
  const lastStep = Math.max(...steps.keys());
  const isNoted = noted !== undefined && Date.parse(noted) >= lastStep;
  // A note of a use may have failed where its count did not: then it was at the end of its five minutes at the latest.
  const lastUsedAt =
    Number.isFinite(lastStep) && !isNoted
      ? new Date(Math.min(now.getTime(), lastStep + STEP_MILLISECONDS - 1)).toISOString()
      : (noted ?? null);
  const uses = mostFrequent(counted.map(({ network, route, requests }) => [[network, route], requests]));
  return {
    hint,
    createdAt,
    expiresAt,
    untilQuietSeconds,
    lastUsedAt,
    requests24h,
    networks: namesOf(counted, 'network'),
    routes: namesOf(counted, 'route'),
    uses: uses.map(([[network = '', route = ''], requests]) => ({ network, route, requests })),
    recent: recentOf(steps, now),
  };
}

/** Requests of a secret by when its five minutes began. */
function stepsOf(secretId: string, hours: readonly HourCount[]): ReadonlyMap<number, number> {
  const steps = hours.flatMap(({ period, count }) =>
    Object.entries(count.steps).flatMap(([name, requests]) => {
      const step = stepOf(name);
      if (step?.secretId !== secretId) return [];
      return [[Date.parse(`${period}:${step.minute}:00Z`), requests] as const];
    }),
  );
  return new Map(steps.filter(([at]) => Number.isFinite(at)));
}

function usesOf(secretId: string, { uses }: HourCount['count']) {
  return Object.entries(uses).flatMap(([name, requests]) => {
    const use = useOf(name);
    if (use?.secretId !== secretId) return [];
    return [{ network: use.network, route: `${use.method} ${use.route}`, requests }];
  });
}

function recentOf(steps: ReadonlyMap<number, number>, now: Date): SecretUse['recent'] {
  const last = now.getTime() - (now.getTime() % STEP_MILLISECONDS);
  const count = HOUR_MILLISECONDS / STEP_MILLISECONDS;
  return Array.from({ length: count }, (_, i) => {
    const at = last - (count - 1 - i) * STEP_MILLISECONDS;
    return { from: new Date(at).toISOString(), requests: steps.get(at) ?? 0 };
  });
}

/** Sums by name, the largest first, and of those alike the first by alphabet. */
function mostFrequent(
  counted: readonly (readonly [readonly string[], number])[],
): (readonly [readonly string[], number])[] {
  const sums = new Map<string, number>();
  for (const [parts, requests] of counted) {
    const name = JSON.stringify(parts);
    sums.set(name, (sums.get(name) ?? 0) + requests);
  }
  return [...sums]
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .slice(0, MOST_SHOWN)
    .map(([name, requests]) => [JSON.parse(name) as string[], requests] as const);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, n) => sum + n, 0);
}

/** Who used a secret in an hour, and for what: networks and routes, the most frequent first. */
export function lastUsersOf(secretId: string, count: HourCount['count']) {
  const counted = usesOf(secretId, count);
  return { networks: namesOf(counted, 'network'), routes: namesOf(counted, 'route') };
}

function namesOf(counted: ReturnType<typeof usesOf>, name: 'network' | 'route'): readonly string[] {
  return mostFrequent(counted.map((use) => [[use[name]], use.requests])).map(([[text = '']]) => text);
}
