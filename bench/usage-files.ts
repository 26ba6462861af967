import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { RESOURCE, USAGE_FILES } from '../core/contract/deployment.ts';
import { AlertStore } from '../core/store/alert-store.ts';
import { FreshStore } from '../core/store/fresh-store.ts';
import { LastUseStore } from '../core/store/last-use-store.ts';
import { ProfileStore } from '../core/store/profile-store.ts';
import { Settling } from '../core/store/settling.ts';
import { UsageStore } from '../core/store/usage-store.ts';
import { usageConsumerHandler } from '../functions/usage-consumer/consumer-handler.ts';
import { type ObjectCreated, readLogFile } from '../functions/usage-consumer/log-file.ts';
import { Watch } from '../functions/usage-consumer/watch.ts';
import type { Figure } from './harness.ts';
import { type LogLine, logFile, requestFile, requestLine } from './log-delivery.ts';
import { heapMegabytes } from './memory.ts';
import { type Consumed, MemoryDynamoDb, nothingConsumed } from './memory-dynamodb.ts';

const START = Date.parse('2026-11-21T12:00:00.000Z');
const HOUR_MILLISECONDS = 3_600_000;
const KEYS = 10_000;
const KEYS_OF_TENANT = 10;
const COUNTRIES = ['DE', 'US', 'BR', 'IN'];
/** What CloudWatch Logs hands over at once: it does so for each of a log's many streams. */
const LINES_OF_MESSAGE = 20;
/** Firehose has no larger file, before it is compressed. */
const FILE_BYTES = 128 * 2 ** 20;
/** As docs/operate/cost.md has it. */
const LINE_BYTES = 750;
const MOST_LINES = Math.floor(FILE_BYTES / LINE_BYTES);
const MILLION = 1_000_000;
const GIBIBYTE = 2 ** 30;

/** List prices of us-east-1 in US dollars, as docs/operate/cost.md has them. */
const PRICE = {
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  invocation: 0.2e-6,
  gibibyteSecond: 13.3334e-6,
  firehoseGibibyte: 0.029,
  unpackedGibibyte: 0.00325,
  put: 5e-6,
  get: 0.4e-6,
};
/** Firehose bills each record in steps of so many bytes, as it comes: compressed. */
const RECORD_BYTES = 5 * 1024;
/** As deployed; how long requests take is taken on the dear side. Writes of one item are made 25 at once. */
const CONSUMER = { gibibytes: 2, transactionSeconds: 0.1, writeSeconds: 0.01 / 25, linesASecond: 20_000 };

interface Load {
  readonly requestsASecond: number;
  readonly freshnessMinutes: number;
  /** From one settling of a count to the next. */
  readonly files: number;
  /** Whether REST APIs write lines past CloudWatch Logs; their cost is in it then. Default: false. */
  readonly isStraight?: boolean;
}

/** What keeping usage by files costs, through the deployed consumer, on tables that count what each request consumes. */
export async function usageFileFigures(): Promise<readonly Figure[]> {
  // First, while nothing of the others is left to be collected.
  const megabytes = await megabytesOfLargest();
  const rare = KEYS / 60;
  const five = await costOf({ requestsASecond: rare, freshnessMinutes: 5, files: 12 });
  const fifteen = await costOf({ requestsASecond: rare, freshnessMinutes: 15, files: 4 });
  const busy = await costOf({ requestsASecond: 10_000, freshnessMinutes: 5, files: 24 });
  const each = '10,000 keys of one request a minute, files of';
  const fast = '10,000 requests a second by 10,000 keys, from files';
  const straight = await costOf({
    requestsASecond: 10_000,
    freshnessMinutes: 5,
    files: 24,
    isStraight: true,
  });
  const dollars = (name: string, { dollars: value }: Cost) => ({
    name: `${name}: cost per million requests`,
    value,
    unit: '$',
  });
  return [
    { name: `${each} 5 minutes: write units per 1,000 requests`, value: five.writeUnits, unit: '' },
    dollars(`${each} 5 minutes`, five),
    dollars(`${each} 15 minutes`, fifteen),
    { name: `${fast}: write units per 1,000 requests`, value: busy.writeUnits, unit: '' },
    dollars(fast, busy),
    dollars(`${fast} of REST APIs alone, their access log in it`, straight),
    { name: 'lines of a file of 128 MB', value: MOST_LINES, unit: '' },
    { name: 'the same in memory', value: megabytes, unit: 'MB', promised: 500 },
  ];
}

interface Cost {
  /** Per 1,000 requests. */
  readonly writeUnits: number;
  /** Per million requests. */
  readonly dollars: number;
}

/**
 * Files are alike, and so are settlings but for how many files they take in: so one file is measured after another,
 * and a settling of the two, and what it comes to for more is calculated.
 */
async function costOf(load: Load): Promise<Cost> {
  const { requestsASecond, freshnessMinutes, files, isStraight = false } = load;
  const lines = Math.min(MOST_LINES, Math.round(requestsASecond * freshnessMinutes * 60));
  const milliseconds = (lines / requestsASecond) * 1000;
  const consumed = nothingConsumed();
  const bodies = new Map<string, Uint8Array>();
  const { consumer, settling, lastUses, writing, at } = consumerOn(consumed, bodies);
  // Across an hour, as lists are settled some minutes after it.
  const start = START - milliseconds;
  for (let file = 0; file < 2; file++) {
    if (file === 1) Object.assign(consumed, nothingConsumed());
    const from = start + file * milliseconds;
    const events = Array.from({ length: lines }, (_, i) =>
      lineOf(file, i, from + (i / requestsASecond) * 1000),
    );
    at(start + milliseconds);
    const key = `${isStraight ? USAGE_FILES.requests : USAGE_FILES.messages}file`;
    bodies.set(key, isStraight ? requestFile(events) : logFile(events, LINES_OF_MESSAGE));
    await consumer(told(key, `${file}`));
  }
  const ofFile = { ...consumed };
  Object.assign(consumed, nothingConsumed());
  at(START + HOUR_MILLISECONDS);
  for (let i = 0; i < 4; i++) await settling.settle(writing);
  const settled = { ...consumed };
  Object.assign(consumed, nothingConsumed());
  // With the hour the first use of each list has all of its uses noted.
  const first = Array.from({ length: 1000 }, (_, key) => ({
    ...{ keyId: keyIdOf(key), secretId: 'secret1' },
    at: START + HOUR_MILLISECONDS,
  }));
  await lastUses.noteTogether(first, writing.now());
  const hours = (files * milliseconds) / HOUR_MILLISECONDS;
  const forFiles = (name: keyof Consumed) => ofFile[name] * files;
  // A file's search for findings reads what is fresh of those before it, half of them on average.
  const freshUnits = settled.readUnits / 2;
  const total = {
    reads: 0,
    readUnits: (ofFile.readUnits + (freshUnits * files) / 2) * files + freshUnits * files,
    writes: forFiles('writes') + settled.writes + consumed.writes * hours,
    writeUnits:
      forFiles('writeUnits') +
      settled.writeUnits +
      settled.deleteUnits * (files / 2 - 1) +
      consumed.writeUnits * hours,
    deleteUnits: 0,
    transactions: forFiles('transactions'),
  };
  const requests = files * lines;
  return {
    writeUnits: (total.writeUnits / requests) * 1000,
    dollars: ((dollarsOf(total, lines, files) + files * delivering(lines, isStraight)) / requests) * MILLION,
  };
}

/** What a reader of the largest file holds at once. */
async function megabytesOfLargest(): Promise<number> {
  const events = Array.from({ length: MOST_LINES }, (_, i) => lineOf(0, i, START));
  const body = logFile(events, LINES_OF_MESSAGE);
  events.length = 0;
  const before = heapMegabytes();
  const batches = await readLogFile(told('lines/file', '0'), async () => streamOf(body));
  const after = heapMegabytes();
  if (batches[0]?.accesses.length !== MOST_LINES) throw new Error('lines of the file were not read');
  return after - before;
}

function dollarsOf(
  { writeUnits, readUnits, writes, transactions }: Consumed,
  lines: number,
  files: number,
): number {
  const running =
    transactions * CONSUMER.transactionSeconds +
    writes * CONSUMER.writeSeconds +
    (files * lines) / CONSUMER.linesASecond;
  return (
    writeUnits * PRICE.writeUnit +
    readUnits * PRICE.readUnit +
    files * (PRICE.put + PRICE.get + PRICE.invocation) +
    running * CONSUMER.gibibytes * PRICE.gibibyteSecond
  );
}

/** What Firehose takes for lines: packed together by CloudWatch Logs, or each as it comes. */
function delivering(lines: number, isStraight: boolean): number {
  const raw = Array.from({ length: LINES_OF_MESSAGE }, (_, i) => lineOf(0, i, START));
  const record = isStraight ? LINE_BYTES : logFile(raw, LINES_OF_MESSAGE).length;
  const records = lines / (isStraight ? 1 : LINES_OF_MESSAGE);
  const billed = records * Math.ceil(record / RECORD_BYTES) * RECORD_BYTES;
  const unpacked = isStraight ? 0 : LINE_BYTES * lines;
  return (billed * PRICE.firehoseGibibyte + unpacked * PRICE.unpackedGibibyte) / GIBIBYTE;
}

function consumerOn(consumed: Consumed, files: ReadonlyMap<string, Uint8Array>) {
  const dynamodb = new MemoryDynamoDb();
  const table = dynamodb.table(RESOURCE.usageTable, consumed);
  let clock = START;
  const now = () => new Date(clock);
  const usage = new UsageStore(table);
  const fresh = new FreshStore(table);
  const settling = new Settling(table);
  const lastUses = new LastUseStore(table);
  const writing = { retention: { hourDays: 35, dayDays: 400 }, now, random: () => 0.5 };
  const consumer = usageConsumerHandler({
    region: 'eu-central-1',
    ...{ usage, lastUses, countryOf, ...writing },
    files: {
      open: async ({ key }) => streamOf(files.get(key) ?? gzipSync('')),
      ...{ fresh, settling },
    },
    watch: new Watch({
      ...{ usage, profiles: new ProfileStore(table, fresh), countryOf, now, randomBytes },
      alerts: new AlertStore(dynamodb.table(RESOURCE.table, consumed)),
      tenantOf: async () => undefined,
    }),
  });
  return {
    ...{ consumer, settling, lastUses, writing },
    at: (time: number) => {
      clock = time;
    },
  };
}

function told(key: string, etag: string): ObjectCreated {
  return { source: 'aws.s3', detail: { bucket: { name: 'some-lines' }, object: { key, etag } } };
}

/** A line of a key in turn. */
function lineOf(file: number, index: number, time: number): LogLine {
  const key = index % KEYS;
  return requestLine({
    id: `${`${file}`.padStart(26, '0')}${`${index}`.padStart(30, '0')}`,
    time: Math.floor(time),
    keyId: keyIdOf(key),
    tenantId: `tenant_${idOf('tenant', Math.floor(key / KEYS_OF_TENANT))}`,
    environment: 'live',
    keyType: 'secret',
    status: index % 53 === 0 ? 404 : 200,
    address: `${key % COUNTRIES.length}.${key % 200}.7.9`,
  });
}

function keyIdOf(key: number): string {
  return `key_${idOf('key', key)}`;
}

/** As little alike as real ones. */
function idOf(kind: string, n: number): string {
  return createHash('sha256').update(`${kind} ${n}`).digest('hex').slice(0, 12);
}

function streamOf(body: Uint8Array): ReadableStream<Uint8Array> {
  return ReadableStream.from([body]) as ReadableStream<Uint8Array>;
}

function countryOf(address: string): string {
  return COUNTRIES[Number(address.split('.')[0])] ?? '-';
}
