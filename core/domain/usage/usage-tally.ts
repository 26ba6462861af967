import { meaningOf } from '../decision/causes.ts';
import { compositeKey } from '../ground/composite-key.ts';
import type { Environment } from '../keys/key-format.ts';
import type { KeyType } from '../products/credential.ts';
import type { AccessRecord, LogBatch, RefusalRecord, UsageCount } from './access-record.ts';
import { networkOfAddress, stepName, useName } from './key-use.ts';
import { latencyBucket } from './latency-bucket.ts';

/**
 * Whom a count is of: a credential's own requests; all of a tenant's in one environment with keys of one
 * type; what was refused to a network; what was refused to whoever named an existing key.
 */
export type UsageSubject =
  | { readonly kind: 'credential'; readonly keyId: string }
  | {
      readonly kind: 'tenant';
      readonly tenantId: string;
      readonly environment: Environment;
      readonly keyType: KeyType;
    }
  | { readonly kind: 'network'; readonly network: string }
  | { readonly kind: 'namedKey'; readonly keyId: string };

/** What one batch adds to the count of one subject in one period. */
export interface Tally {
  readonly subject: UsageSubject;
  /** `yyyy-mm-ddThh` for an hour, `yyyy-mm-dd` for a day; UTC. */
  readonly period: string;
  readonly count: UsageCount;
}

/** Where names end that are beyond a bound. */
export const OTHER = 'other';

/**
 * How many different names a batch may add to one count. Callers choose their networks, and with them
 * countries; a backend its statuses; an API's routes are declared, but resources are not.
 */
export const MOST_NAMES = 40;
/** Lists whose names are bounded; latencies have buckets, which are few. */
export const BOUNDED = [
  'statuses',
  'routes',
  'routeErrors',
  'keys',
  'apis',
  'countries',
  'networks',
  'secrets',
  'uses',
  'steps',
  'causes',
  'keyIds',
] as const;
/** How many networks of refused callers a batch counts one by one. */
const MOST_NETWORKS = 200;

/** What a batch comes to: a tally for each subject and period that it touches. */
export function tallyOf(batch: LogBatch, countryOf: (address: string) => string): Tally[] {
  const tallies = new Tallies();
  for (const record of batch.accesses) countAccess(tallies, record, countryOf);
  for (const record of batch.refusals) countForOwner(tallies, record);
  const refusals = batch.refusals.filter(({ cause }) => meaningOf(cause).against.includes('network'));
  const byNetwork = new Map<string, number>();
  for (const network of refusals.map(networkOfRefusal)) {
    byNetwork.set(network, (byNetwork.get(network) ?? 0) + 1);
  }
  const networks = mostFrequent(byNetwork, MOST_NETWORKS);
  for (const record of refusals) countRefusal(tallies, record, networks);
  return tallies.all();
}

export function hourOf(time: number): string {
  return new Date(time).toISOString().slice(0, 'yyyy-mm-ddThh'.length);
}

export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 'yyyy-mm-dd'.length);
}

function countAccess(tallies: Tallies, record: AccessRecord, countryOf: (address: string) => string): void {
  const { caller, time, sourceIp, latencyMilliseconds, apiId } = record;
  if (caller === undefined) return;
  const { keyId, tenantId, environment, keyType, secretId } = caller;
  const [status, routes] = [String(record.status), `${record.method} ${record.route}`];
  const isError = /^[45]\d\d$/.test(status);
  const common = {
    statuses: status,
    routes,
    ...(isError && { routeErrors: `${status.slice(0, 1)} ${routes}` }),
    countries: sourceIp === undefined ? '-' : countryOf(sourceIp),
    ...(latencyMilliseconds !== undefined && { latencies: String(latencyBucket(latencyMilliseconds)) }),
  };
  const own = {
    ...common,
    networks: networkOfAddress(sourceIp),
    uses: useName(record),
    ...(secretId !== undefined && { secrets: secretId }),
  };
  const hour = hourOf(time);
  for (const period of [hour, dayOf(time)]) {
    const steps = period === hour && { steps: stepName(secretId, time) };
    tallies.add({ kind: 'credential', keyId }, period, { ...own, ...steps });
    const tenants = { ...common, keys: keyId, ...(apiId !== undefined && { apis: apiId }) };
    tallies.add({ kind: 'tenant', tenantId, environment, keyType }, period, tenants);
  }
}

/**
 * A refusal of a key whose secret was verified, for its owner and nobody whom the request named. It is a cause
 * beside the requests and not one more: where the caller was identified the access log has it as well.
 */
function countForOwner(tallies: Tallies, { keyId, owner, cause, time }: RefusalRecord): void {
  if (keyId === undefined || owner === undefined) return;
  const { tenantId, environment, keyType } = owner;
  for (const period of [hourOf(time), dayOf(time)]) {
    tallies.note({ kind: 'credential', keyId }, period, { causes: cause });
    tallies.note({ kind: 'tenant', tenantId, environment, keyType }, period, { causes: cause });
  }
}

function countRefusal(tallies: Tallies, record: RefusalRecord, networks: ReadonlySet<string>): void {
  const { keyId, cause, time } = record;
  const network = networkOfRefusal(record);
  const hour = hourOf(time);
  const named = keyId === undefined ? {} : { keyIds: keyId };
  tallies.add({ kind: 'network', network: networks.has(network) ? network : OTHER }, hour, {
    causes: cause,
    ...named,
  });
  if (keyId !== undefined && meaningOf(cause).against.includes('key')) {
    tallies.add({ kind: 'namedKey', keyId }, hour, { causes: cause, networks: network });
  }
}

function networkOfRefusal({ sourceIp }: RefusalRecord): string {
  return networkOfAddress(sourceIp);
}

type List = Exclude<keyof UsageCount, 'requests'>;
type Growing = { requests: number } & Record<List, Record<string, number>>;

class Tallies {
  readonly #bySubject = new Map<string, { subject: UsageSubject; period: string; count: Growing }>();

  /** One request more. */
  add(subject: UsageSubject, period: string, names: Partial<Record<List, string>>): void {
    this.note(subject, period, names).requests += 1;
  }

  /** Counted under these names, and no request more. */
  note(subject: UsageSubject, period: string, names: Partial<Record<List, string>>): Growing {
    const id = compositeKey(...Object.values(subject), period);
    let tally = this.#bySubject.get(id);
    if (tally === undefined) {
      tally = { subject, period, count: emptyCount() };
      this.#bySubject.set(id, tally);
    }
    const { count } = tally;
    for (const [list, name] of Object.entries(names) as [List, string][]) {
      count[list][name] = (count[list][name] ?? 0) + 1;
    }
    return count;
  }

  all(): Tally[] {
    return [...this.#bySubject.values()].map(({ subject, period, count }) => ({
      ...{ subject, period },
      count: bounded(count),
    }));
  }
}

/** The same count with at most MOST_NAMES names in each list, and `other`. */
export function bounded(count: UsageCount): UsageCount {
  const lists = BOUNDED.map((list) => [list, bound(count[list])]);
  return { ...count, ...Object.fromEntries(lists) };
}

export function emptyCount(): Growing {
  return {
    requests: 0,
    statuses: noNames(),
    routes: noNames(),
    routeErrors: noNames(),
    keys: noNames(),
    apis: noNames(),
    countries: noNames(),
    networks: noNames(),
    secrets: noNames(),
    uses: noNames(),
    steps: noNames(),
    latencies: noNames(),
    causes: noNames(),
    keyIds: noNames(),
  };
}

/** Counts by names that others chose: no name is there before it is counted, as every object has some. */
function noNames(): Record<string, number> {
  return Object.create(null) as Record<string, number>;
}

/** The same number of requests under at most MOST_NAMES names, the most frequent ones, and `other`. */
function bound(counts: Readonly<Record<string, number>>): Record<string, number> {
  if (Object.keys(counts).length <= MOST_NAMES) return counts;
  return keepOnly(counts, mostFrequent(new Map(Object.entries(counts)), MOST_NAMES));
}

/** The same number of requests, all those under names that are not to be kept as `other`. */
export function keepOnly(
  counts: Readonly<Record<string, number>>,
  kept: { has(name: string): boolean },
): Record<string, number> {
  const result = noNames();
  for (const [name, count] of Object.entries(counts)) {
    const under = kept.has(name) ? name : OTHER;
    result[under] = (result[under] ?? 0) + count;
  }
  return result;
}

/** The names that come most often, and of those that come equally often the first by alphabet. */
function mostFrequent(counts: ReadonlyMap<string, number>, most: number): ReadonlySet<string> {
  const sorted = [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  return new Set(sorted.slice(0, most).map(([name]) => name));
}
