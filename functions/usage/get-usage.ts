import { csvOf } from '../../core/domain/ground/csv.ts';
import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { badRange, LATEST_TIME, timeRange } from '../../core/domain/ground/time-range.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { KEY_TYPES } from '../../core/domain/products/credential.ts';
import {
  type Group,
  groupsByBoth,
  groupsByList,
  groupsByPeriod,
  LISTS,
  type ListName,
  totalOf,
} from '../../core/domain/usage/usage-groups.ts';
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
const COLUMNS = [
  ...(['group', 'subgroup', 'environment', 'keyType', 'requests', 'clientErrors', 'serverErrors'] as const),
  ...(['p50Milliseconds', 'p99Milliseconds'] as const),
];

/** What a tenant's keys, or one key or subscription, were used for. */
export async function getUsage(
  { person, query, context, wantsCsv }: Request,
  dependencies: UsageDependencies,
): Promise<Answer> {
  const { groupBy } = query;
  const keyId = query.keyId ?? query.subscriptionId;
  const tenantId = query.tenantId ?? (keyId && (await dependencies.tenantOf(keyId)));
  if (tenantId === undefined || !actsFor(person, tenantId)) throw notFound();
  const range = rangeOf(query, context.now);
  const all =
    keyId === undefined
      ? await sourcesOfTenant(tenantId, dependencies)
      : [await sourceOfCredential(tenantId, keyId, dependencies)];
  const sources = all.filter(
    ({ environment }) => query.environment === undefined || environment === query.environment,
  );
  const { first, last, ...shown } = range;
  const counts = await Promise.all(
    sources.map(({ subject }) => dependencies.usage.counts(subject, first, last)),
  );
  const groups = sources.flatMap(({ environment, keyType }, i) =>
    groupsOf(counts[i] ?? [], groupBy).map((group) => ({ ...group, environment, keyType })),
  );
  if (wantsCsv) return csvAnswer(groups);
  const total = totalOf(counts.flat().map(({ count }) => count));
  const body: Usage = { tenantId, keyId: keyId ?? null, ...shown, groupBy, total, groups };
  return { status: 200, body };
}

function csvAnswer(groups: readonly UsageGroup[]): Answer {
  return {
    status: 200,
    text: csvOf(COLUMNS, groups),
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="usage.csv"',
    },
  };
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
  const usualMilliseconds = groupBy.startsWith('day') ? DEFAULT_DAYS * DAY_MILLISECONDS : DAY_MILLISECONDS;
  const range = timeRange({ from, to }, { now, usualMilliseconds });
  const [begin, end] = [range.from.getTime(), range.to.getTime()];
  const hours = Math.ceil(end / HOUR_MILLISECONDS) - Math.floor(begin / HOUR_MILLISECONDS);
  const isByHour = groupBy.startsWith('hour') || (!groupBy.startsWith('day') && hours <= MOST_HOURS);
  const resolution = isByHour ? 'hour' : 'day';
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

function groupsOf(counts: readonly PeriodCount[], groupBy: GroupBy): Group[] {
  const [first, list] = groupBy.split(',') as [string, ListName | undefined];
  if (first in LISTS)
    return groupsByList(
      counts.map(({ count }) => count),
      first as ListName,
      MOST_GROUPS,
    );
  return list === undefined ? groupsByPeriod(counts) : groupsByBoth(counts, list, MOST_GROUPS);
}
