import { BoundedMap } from '../../core/access/bounded-map.ts';
import { exponential, logNormal, seeded, zipf } from './random.ts';

/** A day's peak to simulate: traffic, and what serves it. Times in seconds. */
export interface Scenario {
  readonly keys: number;
  /** How unequal keys are: requests fall with the key's rank to this power. */
  readonly exponent: number;
  readonly requestsPerSecond: number;
  /** Share of the traffic and authorizer instances of each Region. */
  readonly regions: readonly { readonly share: number; readonly instances: number }[];
  /** How long an instance uses a record after beginning to read it. */
  readonly cacheSeconds: number;
  /** How long an instance takes records that many keys share (API, tenant) from its memory. */
  readonly sharedSeconds: number;
  readonly cacheEntries: number;
  /** Of a global table's replication from one Region to another. */
  readonly replication: { readonly median: number; readonly p99: number };
  readonly seconds: number;
  readonly revocations: number;
}

/** What the scenario came to, after a warm-up as long as a record's life. */
export interface Load {
  readonly decisions: number;
  /** Round trips to DynamoDB: first sights and expired records. */
  readonly reads: number;
  /** Read units: a consistent read of an item of up to 4 KB is one. */
  readonly readUnits: number;
  /** Reads per second of the API's item, in the busiest Region. */
  readonly sharedPerSecond: number;
  /** The same if it were read at every key's first sight. */
  readonly unsharedPerSecond: number;
  /** Of each revoked key: seconds from the revocation to the last request that was still let in, 0 for none. */
  readonly revocationSeconds: readonly number[];
}

interface Instance {
  /** By key: until when its record is used. */
  readonly known: BoundedMap<number, number>;
  sharedSince: number;
}

interface Revocation {
  readonly at: number;
  /** When each Region's table holds it. */
  readonly visible: readonly number[];
  lastAdmitted: number;
}

/** Plays a scenario request by request. Requests go to any instance of their Region: the worst for memory. */
export function simulate(scenario: Scenario, seed: number): Load {
  const random = seeded(seed);
  const rankOf = zipf(scenario.keys, scenario.exponent, random);
  const wait = exponential(scenario.requestsPerSecond, random);
  const fleet = scenario.regions.map(({ instances }) =>
    Array.from({ length: instances }, newInstance(scenario)),
  );
  const revoked = revocationsOf(scenario, rankOf, random);
  const warm = scenario.cacheSeconds;
  const sharedReads = scenario.regions.map(() => 0);
  const regionReads = scenario.regions.map(() => 0);
  const load = { decisions: 0, reads: 0, readUnits: 0 };

  for (let now = 0; now < scenario.seconds; now += wait()) {
    const counted = now >= warm ? 1 : 0;
    const key = rankOf();
    const region = pick(scenario.regions, random());
    const instances = fleet[region] ?? [];
    const instance = instances[Math.floor(random() * instances.length)];
    if (instance === undefined) continue;
    load.decisions += counted;
    const revocation = revoked.get(key);
    const usableUntil = instance.known.get(key);
    if (usableUntil !== undefined && usableUntil > now) {
      if (revocation !== undefined && now >= revocation.at)
        noteHit(revocation, usableUntil, now, region, scenario);
      continue;
    }
    load.reads += counted;
    regionReads[region] = (regionReads[region] ?? 0) + counted;
    // The credential; and whether its network is new, where the instance has not seen the key at all.
    load.readUnits += counted * (usableUntil === undefined ? 2 : 1);
    if (instance.sharedSince + scenario.sharedSeconds <= now) {
      instance.sharedSince = now;
      load.readUnits += counted * 2;
      sharedReads[region] = (sharedReads[region] ?? 0) + counted;
    }
    instance.known.set(key, instance.sharedSince + scenario.cacheSeconds);
    if (revocation !== undefined && now >= revocation.at && now < (revocation.visible[region] ?? 0)) {
      revocation.lastAdmitted = now;
    }
  }
  return {
    ...load,
    sharedPerSecond: Math.max(...sharedReads) / (scenario.seconds - warm),
    unsharedPerSecond: Math.max(...regionReads) / (scenario.seconds - warm),
    revocationSeconds: [...revoked.values()].map(({ at, lastAdmitted }) => Math.max(0, lastAdmitted - at)),
  };
}

function newInstance({ cacheEntries }: Scenario): () => Instance {
  return () => ({ known: new BoundedMap(cacheEntries), sharedSince: Number.NEGATIVE_INFINITY });
}

/** A remembered record lets a request in if it was read before its Region knew of the revocation. */
function noteHit(
  revocation: Revocation,
  usableUntil: number,
  now: number,
  region: number,
  { cacheSeconds }: Scenario,
): void {
  const readAt = usableUntil - cacheSeconds;
  if (readAt < (revocation.visible[region] ?? 0)) revocation.lastAdmitted = now;
}

/** Keys in use, as traffic finds them, each revoked in the first Region at some moment of the run. */
function revocationsOf(
  scenario: Scenario,
  rankOf: () => number,
  random: () => number,
): Map<number, Revocation> {
  const replicationSeconds = logNormal(scenario.replication.median, scenario.replication.p99, random);
  const revoked = new Map<number, Revocation>();
  while (revoked.size < scenario.revocations) {
    const at = scenario.cacheSeconds + random() * (scenario.seconds / 2);
    const visible = scenario.regions.map((_, region) => (region === 0 ? at : at + replicationSeconds()));
    revoked.set(rankOf(), { at, visible, lastAdmitted: at });
  }
  return revoked;
}

function pick(regions: Scenario['regions'], random: number): number {
  let rest = random;
  for (const [index, { share }] of regions.entries()) {
    rest -= share;
    if (rest < 0) return index;
  }
  return regions.length - 1;
}
