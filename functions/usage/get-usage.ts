import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { badRange, LATEST_TIME, timeRange } from '../../core/domain/ground/time-range.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { KEY_TYPES } from '../../core/domain/products/credential.ts';
import type { Counts, UsageCount } from '../../core/domain/usage/access-record.ts';
import { latencyPercentile } from '../../core/domain/usage/latency-bucket.ts';
import { dayOf, hourOf, type UsageSubject } from '../../core/domain/usage/usage-tally.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type {
  GroupBy,
  Usage,
  UsageGroup,
  usageSchemas,
} from '../../core/management/schemas/usage-schemas.ts';
import type { PeriodCount } from '../../core/store/usage-store.ts';
import type { UsageDependencies } from './dependencies.ts';

type Request = OperationRequest<typeof usageSchemas.getUsage>;
type Kind = Pick<UsageGroup, 'environment' | 'keyType'>;
/** What a count is read from, and what of it is to be told apart. */
type Source = Kind & { readonly subject: UsageSubject };

const HOUR_MILLISECONDS = 3_600_000;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;
/** An hour is an item of some kilobytes for each kind of key. */
const MOST_HOURS = 7 * 24;
const MOST_DAYS = 400;
const DEFAULT_DAYS = 30;
/** Of one kind of key, the most frequent ones: what the kinds have together fits an answer. */
const MOST_GROUPS = 1000;
const ENVIRONMENTS = ['sandbox', 'live'] as const;
const LISTS = { route: 'routes', status: 'statuses', country: 'countries', cause: 'causes' } as const;

/** What a tenant's keys, or one key or subscription, were used for. */
export async function getUsage(
  { person, query, context }: Request,
  dependencies: UsageDependencies,
): Promise<Answer> {
  const { keyId, groupBy } = query;
  const tenantId = query.tenantId ?? (keyId && (await dependencies.tenantOf(keyId)));
  if (tenantId === undefined || !actsFor(person, tenantId)) throw notFound();
  const range = rangeOf(query, context.now);
  const sources =
    keyId === undefined
      ? await sourcesOfTenant(tenantId, dependencies)
      : [await sourceOfCredential(tenantId, keyId, dependencies)];
  const { first, last, ...shown } = range;
  const groups = await Promise.all(
    sources.map(async ({ subject, ...kind }) =>
      groupsOf(await dependencies.usage.counts(subject, first, last), groupBy, kind),
    ),
  );
  const body: Usage = { tenantId, keyId: keyId ?? null, ...shown, groupBy, groups: groups.flat() };
  return { status: 200, body };
}

async function sourcesOfTenant(tenantId: string, { tenants }: UsageDependencies): Promise<Source[]> {
  found(await tenants.get(tenantId));
  return ENVIRONMENTS.flatMap((environment) =>
    KEY_TYPES.map((keyType) => ({
      environment,
      keyType,
      subject: { kind: 'tenant' as const, tenantId, environment, keyType },
    })),
  );
}

/** @throws DomainError `not_found` also for one of another tenant */
async function sourceOfCredential(
  tenantId: string,
  keyId: string,
  { keys, subscriptions }: UsageDependencies,
): Promise<Source> {
  const subject = { kind: 'credential' as const, keyId };
  if (keyId.startsWith('key_')) {
    const { environment, type } = found(await keys.get(tenantId, keyId));
    return { environment, keyType: type, subject };
  }
  const subscription = found(await subscriptions.get(keyId));
  if (subscription.tenantId !== tenantId) throw notFound();
  return { environment: subscription.environment, keyType: 'subscription', subject };
}

/**
 * The hours or days that a request is about, widened to whole ones.
 * @throws DomainError `invalid_request` for a range that is empty or too long
 */
function rangeOf({ from, to, groupBy }: Request['query'], now: Date) {
  const usualMilliseconds = groupBy === 'day' ? DEFAULT_DAYS * DAY_MILLISECONDS : DAY_MILLISECONDS;
  const range = timeRange({ from, to }, { now, usualMilliseconds });
  const [begin, end] = [range.from.getTime(), range.to.getTime()];
  const hours = Math.ceil(end / HOUR_MILLISECONDS) - Math.floor(begin / HOUR_MILLISECONDS);
  const resolution = groupBy === 'hour' || (groupBy !== 'day' && hours <= MOST_HOURS) ? 'hour' : 'day';
  const unit = resolution === 'hour' ? HOUR_MILLISECONDS : DAY_MILLISECONDS;
  const [first, after] = [Math.floor(begin / unit), Math.ceil(end / unit)];
  const most = resolution === 'hour' ? MOST_HOURS + 1 : MOST_DAYS + 1;
  if (after - first > most) {
    throw badRange(
      resolution === 'hour'
        ? 'from and to lie at most 7 days apart with groupBy=hour'
        : `from and to lie at most ${MOST_DAYS} days apart`,
    );
  }
  const periodOf = resolution === 'hour' ? hourOf : dayOf;
  return {
    from: new Date(first * unit).toISOString(),
    to: new Date(Math.min(after * unit, LATEST_TIME)).toISOString(),
    resolution,
    first: periodOf(first * unit),
    last: periodOf((after - 1) * unit),
  } as const;
}

function groupsOf(counts: readonly PeriodCount[], groupBy: GroupBy, kind: Kind): UsageGroup[] {
  if (groupBy === 'hour' || groupBy === 'day') {
    // A period can have refusals alone, which are no requests that anybody was identified for.
    return counts
      .filter(({ count }) => count.requests > 0)
      .map(({ period, count }) => groupOfPeriod(period, count, kind));
  }
  const total = sumOf(counts.map(({ count }) => count[LISTS[groupBy]]));
  return Object.entries(total)
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .slice(0, MOST_GROUPS)
    .map(([group, requests]) => ({
      group,
      ...kind,
      requests,
      ...errorsOf(group, groupBy, requests),
      p50Milliseconds: null,
      p99Milliseconds: null,
    }));
}

/** Refusals of verified keys are all 4xx. */
function errorsOf(
  group: string,
  groupBy: keyof typeof LISTS,
  requests: number,
): Pick<UsageGroup, 'clientErrors' | 'serverErrors'> {
  const ofClass = (digit: string) => (isClass(group, digit) ? requests : 0);
  if (groupBy === 'cause') return { clientErrors: requests, serverErrors: 0 };
  if (groupBy === 'status') return { clientErrors: ofClass('4'), serverErrors: ofClass('5') };
  return { clientErrors: null, serverErrors: null };
}

function groupOfPeriod(period: string, count: UsageCount, kind: Kind): UsageGroup {
  const begin = period.includes('T') ? `${period}:00:00.000Z` : `${period}T00:00:00.000Z`;
  const ofClass = (digit: string) =>
    Object.entries(count.statuses).reduce((sum, [status, n]) => sum + (isClass(status, digit) ? n : 0), 0);
  return {
    group: begin,
    ...kind,
    requests: count.requests,
    clientErrors: ofClass('4'),
    serverErrors: ofClass('5'),
    p50Milliseconds: latencyPercentile(count.latencies, 0.5),
    p99Milliseconds: latencyPercentile(count.latencies, 0.99),
  };
}

function isClass(status: string, digit: string): boolean {
  return status.length === 3 && status.startsWith(digit);
}

function sumOf(parts: readonly Counts[]): Record<string, number> {
  const total: Record<string, number> = Object.create(null);
  for (const part of parts) {
    for (const [name, count] of Object.entries(part)) total[name] = (total[name] ?? 0) + count;
  }
  return total;
}
