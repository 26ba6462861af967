import { createHash, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import type { CloudWatchLogsEvent } from 'aws-lambda';
import type { Table } from '../core/aws/document-client.ts';
import { RESOURCE } from '../core/contract/deployment.ts';
import { closeDay, newProfile, withVisits } from '../core/domain/security/key-profile.ts';
import { openCountryDatabase } from '../core/geo/country-database.ts';
import { AlertStore, type ListedAlert } from '../core/store/alert-store.ts';
import { LastUseStore } from '../core/store/last-use-store.ts';
import { ProfileStore } from '../core/store/profile-store.ts';
import { UsageStore } from '../core/store/usage-store.ts';
import { usageConsumerHandler } from '../functions/usage-consumer/consumer-handler.ts';
import { Watch } from '../functions/usage-consumer/watch.ts';
import {
  type Attack,
  clientErrorShare,
  DAY_START,
  type Happening,
  HOUR_MILLISECONDS,
  pastHours,
  type SimulatedKey,
  type TrafficOptions,
  trafficDay,
} from './attack-traffic.ts';
import type { Figure } from './harness.ts';
import { type LogLine, logDelivery, requestLine } from './log-delivery.ts';
import { MemoryDynamoDb, nothingConsumed } from './memory-dynamodb.ts';
import { Randomness } from './randomness.ts';

/** What a day of traffic came to. */
export interface AttackDay {
  readonly requests: number;
  readonly refusals: number;
  readonly deliveries: number;
  readonly seconds: number;
  readonly attacks: readonly Attack[];
  readonly alerts: readonly ListedAlert[];
}

export type AttackDayOptions = Omit<TrafficOptions, 'countryOf'> & {
  /**
   * How many minutes of log lines come with one delivery, an hour at most: a batch tells when a key was first
   * and last in a country. CloudWatch Logs itself delivers within seconds.
   */
  readonly deliveryMinutes: number;
};

/** Empty tables of the day. */
export interface DayTables {
  readonly main: Table;
  readonly usage: Table;
  /** The usage table, as it is given to the search for findings. */
  readonly watched?: Table;
}

const PAST_DAYS = 7;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;
/** Every so many deliveries one comes again, and two change places. */
const DISORDER = 7;
const PROFILES_AT_ONCE = 50;

/** For `npm run bench`: the three attacks are found and nothing else, nor anything on a day without them. */
export async function attackDayFigures(): Promise<readonly Figure[]> {
  const options = { seed: 20261121, keys: 1000, requests: 200_000, deliveryMinutes: 30 };
  const dynamodb = new MemoryDynamoDb();
  const looked = nothingConsumed();
  const day = await attackDay(
    { ...options, attacks: true },
    {
      main: dynamodb.table(RESOURCE.table),
      usage: dynamodb.table(RESOURCE.usageTable),
      watched: dynamodb.table(RESOURCE.usageTable, looked),
    },
  );
  const isFound = ({ kind, subject }: Attack) =>
    day.alerts.some((alert) => alert.kind === kind && alert.subject.id === subject);
  const missed = day.attacks.filter((attack) => !isFound(attack)).length;
  const per1000 = (count: number) => (count / (day.requests + day.refusals)) * 1000;
  return [
    { name: 'requests and refusals of the day', value: day.requests + day.refusals, unit: '' },
    { name: 'injected attacks', value: day.attacks.length, unit: '' },
    { name: 'attacks not found', value: missed, unit: '', promised: 0 },
    {
      name: 'findings that are no attack',
      value: day.alerts.length - (day.attacks.length - missed),
      unit: '',
      promised: 0,
    },
    { name: 'items read to look, per 1,000 requests', value: per1000(looked.reads), unit: '' },
    { name: 'items written to remember, per 1,000 requests', value: per1000(looked.writes), unit: '' },
    { name: 'the day on this machine', value: day.seconds, unit: 's' },
  ];
}

/**
 * A day of access logs and refusal logs through the deployed consumer: counted, looked at, and what stands
 * out kept as alerts.
 */
export async function attackDay(
  options: AttackDayOptions,
  { main, usage, watched = usage }: DayTables,
): Promise<AttackDay> {
  const countryOf = openCountryDatabase(
    createRequire(import.meta.url).resolve(
      '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb',
    ),
  );
  const day = trafficDay({ ...options, countryOf });
  await rememberPast(day.keys, new ProfileStore(usage), new Randomness(options.seed + 1));
  const tenants = new Map(day.keys.map(({ keyId, tenantId }) => [keyId, tenantId]));
  const alerts = new AlertStore(main);
  let clock = DAY_START;
  const now = () => new Date(clock);
  const consumer = usageConsumerHandler({
    usage: new UsageStore(usage),
    lastUses: new LastUseStore(usage),
    region: 'eu-central-1',
    countryOf,
    retention: { hourDays: 35, dayDays: 400 },
    now,
    random: () => 0.5,
    watch: new Watch({
      usage: new UsageStore(watched),
      profiles: new ProfileStore(watched),
      alerts,
      tenantOf: async (keyId) => tenants.get(keyId),
      countryOf,
      now,
      randomBytes,
    }),
  });
  const deliveries = deliveriesOf(day.happenings, options.deliveryMinutes);
  const start = performance.now();
  for (const { time, event } of deliveries) {
    clock = time;
    await consumer(event);
  }
  const seconds = (performance.now() - start) / 1000;
  const { items } = await alerts.list(
    '*',
    {},
    { limit: 100, now: now(), state: undefined, matches: () => true },
  );
  const requests = day.happenings.filter((each) => 'key' in each).length;
  return {
    requests,
    refusals: day.happenings.length - requests,
    deliveries: deliveries.length,
    seconds,
    attacks: day.attacks,
    alerts: items,
  };
}

/** A week of the keys' usual traffic, as the consumer would have remembered it. */
async function rememberPast(
  keys: readonly SimulatedKey[],
  profiles: ProfileStore,
  random: Randomness,
): Promise<void> {
  const remembered = keys.map((key) => {
    const since = DAY_START - 30 * DAY_MILLISECONDS;
    const seen = key.keyType === 'publishable' ? [] : key.countries;
    const visits = seen.map((country) => ({
      country,
      first: since,
      last: DAY_START - HOUR_MILLISECONDS,
      requests: 1,
      networks: [],
      requestIds: [],
    }));
    const first = DAY_START - PAST_DAYS * DAY_MILLISECONDS;
    let profile = withVisits(
      { ...newProfile(key.keyId, first), since: new Date(since).toISOString() },
      visits,
    );
    for (let day = 1; day <= PAST_DAYS; day++) {
      const hours = pastHours(key, random).map((requests) => ({
        requests,
        statuses: { 404: Math.round(requests * clientErrorShare(key)) },
      }));
      profile = closeDay(profile, hours, first + day * DAY_MILLISECONDS);
    }
    return profile;
  });
  for (let i = 0; i < remembered.length; i += PROFILES_AT_ONCE) {
    const some = remembered.slice(i, i + PROFILES_AT_ONCE);
    await Promise.all(some.map((profile) => profiles.write(undefined, profile)));
  }
}

interface Delivery {
  readonly time: number;
  readonly event: CloudWatchLogsEvent;
}

/** Log lines as subscriptions deliver them: now and then one twice, or two in the wrong order. */
function deliveriesOf(happenings: readonly Happening[], minutes: number): Delivery[] {
  const lengthMilliseconds = minutes * 60_000;
  const lines = happenings.map((each, index) => ({ time: each.time, line: lineOf(each, index) }));
  const parts = Map.groupBy(lines, ({ time }) => Math.floor((time - DAY_START) / lengthMilliseconds));
  const inOrder = [...parts].map(([part, those]) => ({
    time: DAY_START + (part + 1) * lengthMilliseconds,
    event: logDelivery(those.map(({ line }) => line)),
  }));
  const disordered: Delivery[] = [];
  for (const [index, each] of inOrder.entries()) {
    if (index % DISORDER === 3) disordered.push(each, each);
    else if (index % DISORDER === 5) disordered.splice(-1, 0, each);
    else disordered.push(each);
  }
  return disordered;
}

/** As API Gateway writes it of a request, or an authorizer when it refuses. */
function lineOf(happening: Happening, index: number): LogLine {
  const id = createHash('sha256').update(`line ${index}`).digest('hex').slice(0, 36);
  const { time, address } = happening;
  if ('key' in happening)
    return requestLine({ ...happening.key, id, time, address, status: happening.status });
  const message = {
    level: 'INFO',
    message: 'request refused',
    cause: happening.cause,
    code: 'authentication_failed',
    keyId: happening.keyId,
    sourceIp: address,
    requestId: id,
  };
  return { id, timestamp: time, message: JSON.stringify(message) };
}
