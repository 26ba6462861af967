import { Randomness } from './randomness.ts';

/** A day of synthetic traffic, the same for the same seed. */

export interface TrafficOptions {
  readonly seed: number;
  readonly keys: number;
  /** Requests of the day, about, without the attacks. */
  readonly requests: number;
  readonly attacks: boolean;
  /** ISO 3166-1 alpha-2 code of an address, `-` where it is not known. */
  readonly countryOf: (address: string) => string;
}

/** A credential of the day and how it is used. */
export interface SimulatedKey {
  readonly keyId: string;
  readonly tenantId: string;
  readonly environment: 'sandbox' | 'live';
  readonly keyType: 'publishable' | 'secret' | 'subscription';
  /** Where it is used from; publishable keys are used from everywhere. */
  readonly countries: readonly string[];
  /** A phone or van on the move: another network every few requests. */
  readonly mobile: boolean;
  /** Requests expected in each hour of the day, UTC. */
  readonly hourly: readonly number[];
  /** Share of 404 beyond the usual errors: a client that asks for what is not there yet. */
  readonly missing: number;
}

/** A request or a refusal of the day. */
export type Happening =
  | {
      readonly time: number;
      readonly key: SimulatedKey;
      readonly status: number;
      readonly address: string;
    }
  | { readonly time: number; readonly cause: string; readonly keyId?: string; readonly address: string };

/** What was put into the day and must be found. */
export interface Attack {
  readonly kind: 'networkAuthFailures' | 'impossibleTravel' | 'requestSpike';
  readonly subject: string;
}

export interface TrafficDay {
  readonly keys: readonly SimulatedKey[];
  /** In the order of time. */
  readonly happenings: readonly Happening[];
  readonly attacks: readonly Attack[];
}

export const DAY_START = Date.parse('2026-11-21T00:00:00.000Z');
export const HOUR_MILLISECONDS = 3_600_000;
const HOURS = 24;
const MINUTE_MILLISECONDS = 60_000;

/** Countries by continent, and when the sun is highest there, UTC. */
const CONTINENTS = [
  { noon: 11, countries: ['DE', 'FR', 'NL', 'ES', 'IT', 'PL', 'SE'] },
  { noon: 18, countries: ['US', 'CA', 'MX'] },
  { noon: 5, countries: ['IN', 'JP', 'KR', 'SG'] },
  { noon: 16, countries: ['BR', 'AR'] },
  { noon: 2, countries: ['AU', 'NZ'] },
  { noon: 10, countries: ['ZA'] },
] as const;
const ATTACKERS_COUNTRY = 'VN';
const ALL_COUNTRIES = CONTINENTS.flatMap(({ countries }) => countries);
/** Of a country, from which its keys choose theirs. */
const NETWORKS_OF_COUNTRY = 40;
const ZIPF_EXPONENT = 0.9;
const ROUTINE_STATUSES: readonly (readonly [status: number, share: number])[] = [
  [404, 0.015],
  [400, 0.008],
  [422, 0.005],
  [403, 0.003],
  [429, 0.004],
  [500, 0.003],
];

export function trafficDay(options: TrafficOptions): TrafficDay {
  const random = new Randomness(options.seed);
  const networks = networksOf([...ALL_COUNTRIES, ATTACKERS_COUNTRY], options.countryOf, random);
  const keys = Array.from({ length: options.keys }, (_, index) => simulatedKey(index, options, random));
  const happenings = [
    ...keys.flatMap((key) => requestsOf(key, networks, random)),
    ...routineRefusals(keys, networks, random),
  ];
  const attacks = options.attacks ? injectAttacks(keys, networks, happenings, random) : [];
  return { keys, happenings: happenings.sort((one, other) => one.time - other.time), attacks };
}

/** How many requests a key made in each hour of one earlier day. */
export function pastHours(key: SimulatedKey, random: Randomness): number[] {
  return key.hourly.map((expected) => random.poisson(expected));
}

/** Of the requests of a key, the share that fails with 4xx other than 429. */
export function clientErrorShare({ missing }: SimulatedKey): number {
  return missing + 0.03;
}

type Networks = ReadonlyMap<string, readonly string[]>;

function simulatedKey(index: number, { keys, requests }: TrafficOptions, random: Randomness): SimulatedKey {
  const continent = random.pick(CONTINENTS);
  const type = random.fraction();
  const home = random.some(continent.countries, 1 + random.below(3));
  // Some companies run on two continents and always have.
  const second = random.fraction() < 0.05 ? [random.pick(random.pick(CONTINENTS).countries)] : [];
  const daily = (requests * (index + 1) ** -ZIPF_EXPONENT) / zipfSum(keys);
  const keyType = type < 0.7 ? 'secret' : type < 0.85 ? 'subscription' : 'publishable';
  const id = `${index}`.padStart(12, '0');
  return {
    keyId: keyType === 'subscription' ? `sub_${id}` : `key_${id}`,
    tenantId: `tenant_${`${index % Math.ceil(keys / 10)}`.padStart(4, '0')}`,
    environment: random.fraction() < 0.65 ? 'live' : 'sandbox',
    keyType,
    countries: [...new Set([...home, ...second])],
    mobile: random.fraction() < 0.15,
    hourly: spreadOverDay(daily, continent.noon),
    missing: random.fraction() < 0.03 ? 0.6 : 0,
  };
}

function zipfSum(keys: number): number {
  return Array.from({ length: keys }, (_, index) => (index + 1) ** -ZIPF_EXPONENT).reduce((a, b) => a + b, 0);
}

/** Quiet at night, busiest at noon: a cosine between 0.25 and 1.75 of the mean. */
function spreadOverDay(daily: number, noon: number): number[] {
  return Array.from(
    { length: HOURS },
    (_, hour) => (daily / HOURS) * (1 + 0.75 * Math.cos(((hour - noon) / HOURS) * 2 * Math.PI)),
  );
}

function requestsOf(key: SimulatedKey, networks: Networks, random: Randomness): Happening[] {
  const own = key.countries.map((country) => random.some(networks.get(country) ?? [], key.mobile ? 30 : 2));
  return key.hourly.flatMap((expected, hour) =>
    Array.from({ length: random.poisson(expected) }, () => ({
      time: DAY_START + hour * HOUR_MILLISECONDS + random.below(HOUR_MILLISECONDS),
      key,
      status: statusOf(key, random),
      address:
        key.keyType === 'publishable'
          ? addressIn(random.pick(networks.get(random.pick(ALL_COUNTRIES)) ?? []), random)
          : addressIn(random.pick(random.pick(own)), random),
    })),
  );
}

function statusOf({ missing }: SimulatedKey, random: Randomness): number {
  if (random.fraction() < missing) return 404;
  let rest = random.fraction();
  for (const [status, share] of ROUTINE_STATUSES) {
    if (rest < share) return status;
    rest -= share;
  }
  return 200;
}

/** What goes wrong every day: scanners without a key, keys pasted badly, clients whose key has expired. */
function routineRefusals(keys: readonly SimulatedKey[], networks: Networks, random: Randomness): Happening[] {
  const anywhere = () => addressIn(random.pick(networks.get(random.pick(ALL_COUNTRIES)) ?? []), random);
  const forgotten = random.some(keys, 10).map(({ keyId }) => ({ keyId, address: anywhere() }));
  return Array.from({ length: HOURS }, (_, hour) => {
    const time = () => DAY_START + hour * HOUR_MILLISECONDS + random.below(HOUR_MILLISECONDS);
    const several = (count: number, cause: string): Happening[] =>
      Array.from({ length: count }, () => ({ time: time(), cause, address: anywhere() }));
    return [
      ...several(40, 'no_key'),
      ...several(15, 'malformed_key'),
      ...several(5, 'unknown_key'),
      ...forgotten.flatMap(({ keyId, address }) =>
        Array.from({ length: 12 }, () => ({ time: time(), cause: 'key_expired', keyId, address })),
      ),
    ];
  }).flat();
}

function injectAttacks(
  keys: readonly SimulatedKey[],
  networks: Networks,
  happenings: Happening[],
  random: Randomness,
): Attack[] {
  const within = (hour: number, minutes: number) =>
    DAY_START + hour * HOUR_MILLISECONDS + random.below(minutes * MINUTE_MILLISECONDS);
  const ordinary = keys.filter(
    ({ keyType, mobile, missing }) => keyType === 'secret' && !mobile && missing === 0,
  );

  const source = random.pick(networks.get(ATTACKERS_COUNTRY) ?? []);
  const causes = ['malformed_key', 'unknown_key', 'unknown_key'];
  for (let i = 0; i < 3000; i++) {
    // One guess in a hundred meets a key that exists, seldom the same one twice.
    const hits = i % 100 === 0;
    const cause = hits ? 'wrong_secret' : random.pick(causes);
    const named = hits ? { keyId: random.pick(ordinary).keyId } : {};
    happenings.push({ time: within(13, 40), cause, ...named, address: addressIn(source, random) });
  }

  const busiest = ({ hourly }: SimulatedKey) => Math.max(...hourly);
  const stolen = nearest(
    ordinary.filter(({ environment, countries }) => environment === 'live' && countries.length === 1),
    (key) => Math.abs(busiest(key) - 25),
  );
  const american = ['US', 'CA', 'MX', 'BR', 'AR'].includes(stolen.countries[0] ?? '');
  const thief = addressIn(random.pick(networks.get(american ? 'DE' : 'BR') ?? []), random);
  const theft = stolen.hourly.indexOf(busiest(stolen));
  for (let i = 0; i < 25; i++) {
    happenings.push({ time: within(theft, 55), key: stolen, status: 200, address: thief });
  }

  const runaway = nearest(
    ordinary.filter((key) => key !== stolen),
    (key) => Math.abs(busiest(key) - 80),
  );
  const own = happenings.filter((each) => 'key' in each && each.key === runaway);
  const rush = runaway.hourly.indexOf(busiest(runaway));
  for (let i = 0; i < 19 * busiest(runaway); i++) {
    const { address } = random.pick(own);
    happenings.push({ time: within(rush, 60), key: runaway, status: 200, address });
  }
  return [
    { kind: 'networkAuthFailures', subject: `${source}.0/24` },
    { kind: 'impossibleTravel', subject: stolen.keyId },
    { kind: 'requestSpike', subject: runaway.keyId },
  ];
}

function nearest(keys: readonly SimulatedKey[], distance: (key: SimulatedKey) => number): SimulatedKey {
  const [first] = keys.toSorted((one, other) => distance(one) - distance(other));
  if (first === undefined) throw new Error('no key of the day fits the attack; take more keys');
  return first;
}

/** /24 networks of each country, as `a.b.c`, found by drawing addresses and looking them up. */
function networksOf(
  countries: readonly string[],
  countryOf: (address: string) => string,
  random: Randomness,
): Networks {
  const networks = new Map(countries.map((country) => [country, [] as string[]]));
  for (let missing = countries.length * NETWORKS_OF_COUNTRY; missing > 0; ) {
    const network = `${1 + random.below(223)}.${random.below(256)}.${random.below(256)}`;
    const own = networks.get(countryOf(`${network}.1`));
    const whole = own !== undefined && countryOf(`${network}.254`) === countryOf(`${network}.1`);
    if (!whole || own.length === NETWORKS_OF_COUNTRY || own.includes(network)) continue;
    own.push(network);
    missing -= 1;
  }
  return networks;
}

function addressIn(network: string, random: Randomness): string {
  return `${network}.${1 + random.below(254)}`;
}
