import { csvOf } from '../../core/domain/ground/csv.ts';
import { badRange, LATEST_TIME, timeRange } from '../../core/domain/ground/time-range.ts';
import {
  byProduct,
  type Group,
  groupsByBoth,
  groupsByList,
  groupsByPeriod,
  LISTS,
  type ListName,
  ofApi,
  ofCredential,
  type Period,
  sumsByPeriod,
  totalOf,
} from '../../core/domain/usage/usage-groups.ts';
import { dayOf, hourOf } from '../../core/domain/usage/usage-tally.ts';
import type { Answer } from '../../core/management/operation.ts';
import type { GroupBy, Usage, UsageGroup } from '../../core/management/schemas/usage-schemas.ts';
import type { UsageDependencies } from './dependencies.ts';
import { tenantAsked } from './tenant-asked.ts';
import { type Source, sourcesOf, type UsageRequest } from './usage-sources.ts';

type Kind = Pick<UsageGroup, 'environment' | 'keyType'>;

const HOUR_MILLISECONDS = 3_600_000;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;
/** An hour is an item of some kilobytes for each kind of key. */
const MOST_HOURS = 7 * 24;
const MOST_DAYS = 400;
const DEFAULT_DAYS = 30;
/** Of one kind of key, the most frequent ones: what the kinds have together fits an answer. */
const MOST_GROUPS = 1000;
const QUERIES_AT_ONCE = 20;
/** What is counted by API says nothing of how calls went. */
const UNKNOWN_ERRORS = { clientErrors: null, serverErrors: null };
const COLUMNS = [
  ...(['group', 'subgroup', 'environment', 'keyType', 'requests', 'clientErrors', 'serverErrors'] as const),
  ...(['p50Milliseconds', 'p99Milliseconds'] as const),
];

/** What keys were used for: one, a tenant's, a product's, or all. */
export async function getUsage(request: UsageRequest, dependencies: UsageDependencies): Promise<Answer> {
  const { person, query, context, wantsCsv } = request;
  const { groupBy, apiId } = query;
  const { first, last, periods, ...shown } = rangeOf(query, context.now);
  const { sources, nextCursor } = await sourcesOf(request, periods, dependencies);
  const byKind = await countsByKind(sources, { first, last }, dependencies);
  const products = groupBy.includes('product') ? await productsIn(byKind, dependencies) : undefined;
  const groups = byKind.flatMap(({ counts, ...kind }) => {
    const named = counts.map(({ period, count }) => ({
      period,
      count: products ? byProduct(count, products) : apiId ? ofApi(count, apiId) : count,
    }));
    return groupsOf(named, groupBy).map((group) => ({ ...group, ...kind, ...(apiId && UNKNOWN_ERRORS) }));
  });
  if (wantsCsv) return csvAnswer(groups, nextCursor);
  const all = byKind.flatMap(({ counts }) =>
    counts.map(({ count }) => (apiId ? ofApi(count, apiId) : count)),
  );
  const total = { ...totalOf(all), ...(apiId && UNKNOWN_ERRORS) };
  const keyId = query.keyId ?? query.subscriptionId ?? null;
  const owner =
    keyId === null ? tenantAsked(person, query) : (query.tenantId ?? (await dependencies.tenantOf(keyId)));
  const body: Usage = { tenantId: owner ?? null, keyId, ...shown, groupBy, total, groups, nextCursor };
  return { status: 200, body };
}

type OfKind = Kind & { readonly counts: readonly Period[] };

/** What the sources of each kind of key have together. */
async function countsByKind(
  sources: readonly Source[],
  { first, last }: { readonly first: string; readonly last: string },
  { usage }: UsageDependencies,
): Promise<OfKind[]> {
  const kinds = new Map<string, Kind & { counts: Period[] }>();
  const fresh = await usage.fresh(sources.map(({ subject }) => subject));
  for (let i = 0; i < sources.length; i += QUERIES_AT_ONCE) {
    const some = sources.slice(i, i + QUERIES_AT_ONCE);
    const read = await Promise.all(some.map(({ subject }) => usage.counts(subject, first, last, fresh)));
    for (const [place, { environment, keyType, subject }] of some.entries()) {
      const kind = kinds.get(`${environment} ${keyType}`) ?? { environment, keyType, counts: [] };
      const counts = (read[place] ?? []).map(({ period, count }) => ({
        period,
        count: subject.kind === 'credential' ? ofCredential(count, subject.keyId) : count,
      }));
      kinds.set(`${environment} ${keyType}`, { ...kind, counts: sumsByPeriod([...kind.counts, ...counts]) });
    }
  }
  return [...kinds.values()];
}

/** Of which products the subscriptions are that the counts name; of very many the most used. */
async function productsIn(byKind: readonly OfKind[], { subscriptions }: UsageDependencies) {
  const counts = byKind
    .filter(({ keyType }) => keyType === 'subscription')
    .flatMap((kind) => kind.counts.map(({ count }) => count));
  const named = groupsByList(counts, 'key', MOST_GROUPS).map(({ group }) => group);
  return subscriptions.productsOf(named.filter((id) => id.startsWith('sub_')));
}

function csvAnswer(groups: readonly UsageGroup[], nextCursor: string | null): Answer {
  return {
    status: 200,
    text: csvOf(COLUMNS, groups),
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="usage.csv"',
      ...(nextCursor !== null && { 'keywright-next-cursor': nextCursor }),
    },
  };
}

/**
 * The hours or days that a request is about, widened to whole ones.
 * @throws DomainError `invalid_request` for a range that is empty or too long
 */
function rangeOf({ from, to, groupBy }: UsageRequest['query'], now: Date) {
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
    periods: after - first,
  } as const;
}

/** By product is by key, where keys are called as their products. */
function groupsOf(counts: readonly Period[], groupBy: GroupBy): Group[] {
  const [first, list] = groupBy.replace('product', 'key').split(',') as [string, ListName | undefined];
  if (first in LISTS)
    return groupsByList(
      counts.map(({ count }) => count),
      first as ListName,
      MOST_GROUPS,
    );
  return list === undefined ? groupsByPeriod(counts) : groupsByBoth(counts, list, MOST_GROUPS);
}
