import type { Counts, UsageCount } from './access-record.ts';
import { latencyPercentile } from './latency-bucket.ts';
import { emptyCount, OTHER } from './usage-tally.ts';

/** What counts of a period can be told apart by, and the list of a count that says so. */
export const LISTS = {
  route: 'routes',
  status: 'statuses',
  country: 'countries',
  cause: 'causes',
  network: 'networks',
  secret: 'secrets',
  key: 'keys',
  api: 'apis',
} as const satisfies Record<string, keyof UsageCount>;

export type ListName = keyof typeof LISTS;

/** What was counted in a period: `yyyy-mm-ddThh` or `yyyy-mm-dd`, UTC. */
export interface Period {
  readonly period: string;
  readonly count: UsageCount;
}

/** One row of an answer; null for what is not known of it. */
export interface Group {
  /** The beginning of a period, or what of the list. */
  readonly group: string;
  /** What of the list, where the periods are told apart as well. */
  readonly subgroup?: string;
  readonly requests: number;
  readonly clientErrors: number | null;
  readonly serverErrors: number | null;
  readonly p50Milliseconds: number | null;
  readonly p99Milliseconds: number | null;
}

/** A credential's count, told apart from others' as a tenant's is. */
export function ofCredential(count: UsageCount, keyId: string): UsageCount {
  return { ...count, keys: { [keyId]: count.requests } };
}

/** What of a count is one API's: how many requests, and nothing else is known. */
export function ofApi({ apis }: UsageCount, apiId: string): UsageCount {
  const requests = apis[apiId] ?? 0;
  return { ...emptyCount(), requests, apis: requests === 0 ? {} : { [apiId]: requests } };
}

/** The count with its subscriptions called as their products; what is not known of them, and API keys, as `other`. */
export function byProduct(count: UsageCount, products: ReadonlyMap<string, string>): UsageCount {
  const renamed = Object.entries(count.keys).map(([id, n]) => ({ [products.get(id) ?? OTHER]: n }));
  return { ...count, keys: sumOf(renamed) };
}

/** One count for each period, in the order of the periods. */
export function sumsByPeriod(periods: readonly Period[]): Period[] {
  const sums = new Map<string, UsageCount>();
  for (const { period, count } of periods) {
    const before = sums.get(period);
    sums.set(period, before === undefined ? count : together(before, count));
  }
  return [...sums]
    .map(([period, count]) => ({ period, count }))
    .sort((a, b) => (a.period < b.period ? -1 : 1));
}

/** Two counts as one. */
export function together(one: UsageCount, other: UsageCount): UsageCount {
  const { requests, ...lists } = one;
  const sums = Object.keys(lists).map((list) => [
    list,
    sumOf([one[list as keyof typeof lists], other[list as keyof typeof lists]]),
  ]);
  return { ...Object.fromEntries(sums), requests: requests + other.requests } as UsageCount;
}

/** Requests and errors of all periods together. */
export function totalOf(counts: readonly UsageCount[]) {
  const statuses = sumOf(counts.map((count) => count.statuses));
  return {
    requests: counts.reduce((sum, { requests }) => sum + requests, 0),
    clientErrors: ofClass(statuses, '4'),
    serverErrors: ofClass(statuses, '5'),
  };
}

/** A group for each period in which there were requests: one can have refusals alone. */
export function groupsByPeriod(periods: readonly Period[]): Group[] {
  return periods
    .filter(({ count }) => count.requests > 0)
    .map(({ period, count }) => ({
      group: beginningOf(period),
      ...totalOf([count]),
      p50Milliseconds: latencyPercentile(count.latencies, 0.5),
      p99Milliseconds: latencyPercentile(count.latencies, 0.99),
    }));
}

/** A group for each name of a list, in all periods together; the most frequent first, and `most` at most. */
export function groupsByList(counts: readonly UsageCount[], name: ListName, most: number): Group[] {
  const errors = sumOf(counts.map(({ routeErrors }) => routeErrors));
  return Object.entries(sumOf(counts.map((count) => count[LISTS[name]])))
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([group, requests]) => ({
      group,
      requests,
      ...errorsOf(group, name, requests, errors),
      p50Milliseconds: null,
      p99Milliseconds: null,
    }));
}

/** A group for each name of a list in each period, `most` at most in all. */
export function groupsByBoth(periods: readonly Period[], name: ListName, most: number): Group[] {
  return periods
    .flatMap(({ period, count }) =>
      groupsByList([count], name, most).map(({ group: subgroup, ...rest }) => ({
        group: beginningOf(period),
        subgroup,
        ...rest,
      })),
    )
    .slice(0, most);
}

/** Refusals of verified keys are all 4xx. */
function errorsOf(
  group: string,
  name: ListName,
  requests: number,
  routeErrors: Counts,
): Pick<Group, 'clientErrors' | 'serverErrors'> {
  if (name === 'cause') return { clientErrors: requests, serverErrors: 0 };
  if (name === 'status') {
    const own = { [group]: requests };
    return { clientErrors: ofClass(own, '4'), serverErrors: ofClass(own, '5') };
  }
  if (name !== 'route') return { clientErrors: null, serverErrors: null };
  const count = (digit: string) => routeErrors[`${digit} ${group}`] ?? 0;
  return { clientErrors: count('4'), serverErrors: count('5') };
}

function ofClass(statuses: Counts, digit: string): number {
  return Object.entries(statuses).reduce(
    (sum, [status, n]) => (status.length === 3 && status.startsWith(digit) ? sum + n : sum),
    0,
  );
}

function beginningOf(period: string): string {
  return period.includes('T') ? `${period}:00:00.000Z` : `${period}T00:00:00.000Z`;
}

function sumOf(parts: readonly Counts[]): Record<string, number> {
  const total: Record<string, number> = Object.create(null);
  for (const part of parts) {
    for (const [name, count] of Object.entries(part)) total[name] = (total[name] ?? 0) + count;
  }
  return total;
}
