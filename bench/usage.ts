import { randomBytes } from 'node:crypto';
import { RESOURCE } from '../core/contract/deployment.ts';
import { AlertStore } from '../core/store/alert-store.ts';
import { LastUseStore } from '../core/store/last-use-store.ts';
import { ProfileStore } from '../core/store/profile-store.ts';
import { UsageStore } from '../core/store/usage-store.ts';
import { usageConsumerHandler } from '../functions/usage-consumer/consumer-handler.ts';
import { Watch } from '../functions/usage-consumer/watch.ts';
import type { Figure } from './harness.ts';
import { logDelivery, requestLine } from './log-delivery.ts';
import { type Consumed, MemoryDynamoDb, nothingConsumed } from './memory-dynamodb.ts';

const START = Date.parse('2026-11-21T12:00:00.000Z');
const MINUTE_MILLISECONDS = 60_000;
/** The first minute begins counts and profiles and is not counted. */
const MINUTES = 2;
const MOST_LINES = 2_000;
const KEYS_OF_TENANT = 10;
const COUNTRIES = ['DE', 'US', 'BR', 'IN'];

/** What so many minutes of traffic consume, by purpose. */
interface Cost {
  readonly requests: number;
  /** Counts and when credentials were last used. */
  readonly counting: Consumed;
  /** The search for findings and what it remembers. */
  readonly watching: Consumed;
}

/** What keeping usage costs, through the deployed consumer, on tables that count what each request consumes. */
export async function usageFigures(): Promise<readonly Figure[]> {
  const few = await costOf(100, 1);
  const some = await costOf(1_000, 1);
  const many = await costOf(10_000, 1);
  const busy = await costOf(100, 100);
  const busier = await costOf(1_000, 10);
  const written = (cost: Cost) => per1000(cost, cost.counting.writes + cost.watching.writes);
  const writeUnits = (cost: Cost) => per1000(cost, cost.counting.writeUnits + cost.watching.writeUnits);
  const readUnits = (cost: Cost) => per1000(cost, cost.counting.readUnits + cost.watching.readUnits);
  const each = 'per 1,000 requests';
  return [
    { name: `100 keys, 60 requests an hour each: items written ${each}`, value: written(few), unit: '' },
    { name: `1,000 keys, the same rate each: items written ${each}`, value: written(some), unit: '' },
    { name: `10,000 keys, the same rate each: items written ${each}`, value: written(many), unit: '' },
    {
      name: 'items written per request, 10,000 keys ÷ 100',
      value: written(many) / written(few),
      unit: '×',
      promised: 1.2,
    },
    { name: `10,000 keys: write units ${each}`, value: writeUnits(many), unit: '' },
    { name: `10,000 keys: read units ${each}`, value: readUnits(many), unit: '' },
    {
      name: `10,000 keys: items that findings read ${each}`,
      value: per1000(many, many.watching.reads),
      unit: '',
    },
    {
      name: `10,000 keys: items that findings write ${each}`,
      value: per1000(many, many.watching.writes),
      unit: '',
    },
    {
      name: `the requests of 10,000 keys by 1,000 keys: items written ${each}`,
      value: written(busier),
      unit: '',
    },
    {
      name: `the requests of 10,000 keys by 100 keys: items written ${each}`,
      value: written(busy),
      unit: '',
    },
    {
      name: `the requests of 10,000 keys by 100 keys: write units ${each}`,
      value: writeUnits(busy),
      unit: '',
    },
  ];
}

/** Lines of each minute, delivered at its end, as many at once as MOST_LINES. */
async function costOf(keys: number, requestsAMinute: number): Promise<Cost> {
  const dynamodb = new MemoryDynamoDb();
  const counting = nothingConsumed();
  const watching = nothingConsumed();
  const counted = dynamodb.table(RESOURCE.usageTable, counting);
  const watched = dynamodb.table(RESOURCE.usageTable, watching);
  let clock = START;
  const now = () => new Date(clock);
  const consumer = usageConsumerHandler({
    usage: new UsageStore(counted),
    lastUses: new LastUseStore(counted),
    region: 'eu-central-1',
    countryOf,
    retention: { hourDays: 35, dayDays: 400 },
    now,
    random: () => 0.5,
    watch: new Watch({
      usage: new UsageStore(watched),
      profiles: new ProfileStore(watched),
      alerts: new AlertStore(dynamodb.table(RESOURCE.table, watching)),
      tenantOf: async () => undefined,
      countryOf,
      now,
      randomBytes,
    }),
  });
  for (let minute = 0; minute <= MINUTES; minute++) {
    if (minute === 1) for (const consumed of [counting, watching]) Object.assign(consumed, nothingConsumed());
    const lines = linesOf(minute, keys, requestsAMinute);
    clock = START + (minute + 1) * MINUTE_MILLISECONDS;
    for (let i = 0; i < lines.length; i += MOST_LINES)
      await consumer(logDelivery(lines.slice(i, i + MOST_LINES)));
  }
  return { requests: keys * requestsAMinute * MINUTES, counting, watching };
}

/** A minute's lines, the keys in turn, so that a delivery has as many of them as there are. */
function linesOf(minute: number, keys: number, requestsAMinute: number) {
  return Array.from({ length: keys * requestsAMinute }, (_, index) => {
    const key = index % keys;
    const place = key % COUNTRIES.length;
    return requestLine({
      id: `${minute}-${index}`,
      time:
        START +
        minute * MINUTE_MILLISECONDS +
        Math.floor(index / keys) * (MINUTE_MILLISECONDS / requestsAMinute),
      keyId: `key_${`${key}`.padStart(12, '0')}`,
      tenantId: `tenant_${`${Math.floor(key / KEYS_OF_TENANT)}`.padStart(4, '0')}`,
      environment: 'live',
      keyType: 'secret',
      status: index % 53 === 0 ? 404 : 200,
      address: `${place}.${key % 200}.7.9`,
    });
  });
}

function countryOf(address: string): string {
  return COUNTRIES[Number(address.split('.')[0])] ?? '-';
}

function per1000({ requests }: Cost, count: number): number {
  return (count / requests) * 1000;
}
