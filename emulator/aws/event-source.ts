import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DynamoDBRecord } from 'aws-lambda';
import type { LambdaFunction } from '../lambda.ts';
import { type FilterCriteria, recordFilter } from './event-filter.ts';
import type { Sqs } from './sqs.ts';
import type { StreamReader, Streams } from './stream.ts';

const FIRST_RETRY_SECONDS = 0.1;
const LONGEST_RETRY_SECONDS = 10;
/** A batch ends before its function's event is larger than Lambda takes, in bytes. */
const LARGEST_BATCH = 6_291_456 - '{"Records":[]}'.length;

/** AWS::Lambda::EventSourceMapping of a DynamoDB stream; -1 means without end. */
export interface EventSourceMappingProperties {
  readonly EventSourceArn: string;
  readonly FunctionName: string;
  readonly StartingPosition?: string;
  readonly BatchSize?: number;
  readonly MaximumBatchingWindowInSeconds?: number;
  readonly BisectBatchOnFunctionError?: boolean;
  readonly FunctionResponseTypes?: readonly string[];
  readonly MaximumRetryAttempts?: number;
  readonly MaximumRecordAgeInSeconds?: number;
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
  readonly FilterCriteria?: FilterCriteria;
}

/** What a mapping works with. */
export interface EventSourceContext {
  readonly target: LambdaFunction;
  readonly streams: Streams;
  readonly sqs: Pick<Sqs, 'send'>;
  readonly region: string;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}

/** Stands for the answer of a function that delivery did not wait for to its end. */
const CLOSED = Symbol('closed');

const HONOURED = new Set([
  'EventSourceArn',
  'FunctionName',
  'StartingPosition',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'BisectBatchOnFunctionError',
  'FunctionResponseTypes',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'DestinationConfig',
  'FilterCriteria',
  // One reader keeps every order that more of them would.
  'ParallelizationFactor',
  'Enabled',
  'Tags',
]);

interface Batch {
  readonly records: readonly DynamoDBRecord[];
  /** How often it has been tried without getting anywhere. */
  readonly attempts: number;
}

/** What came of one attempt at a batch; together the whole of it, in order. */
interface Progress {
  readonly passed: readonly DynamoDBRecord[];
  readonly givenUp: readonly DynamoDBRecord[];
  readonly rest: readonly Batch[];
}

/**
 * Delivers a table's stream to a function the way Lambda's event source mapping does: batches in order,
 * one at a time; a failed batch holds up what follows and is retried with growing pauses, in halves
 * where bisecting is on, from the first reported record where partial failures are; given up records go
 * to the on-failure queue. The position is durable, so each record is delivered at least once.
 * @throws Error when the properties ask for what is not available here.
 */
export async function startEventSource(
  properties: EventSourceMappingProperties,
  context: EventSourceContext,
): Promise<{ close(): Promise<void> }> {
  const table = checkMapping(properties);
  const isWanted = recordFilter(properties.FilterCriteria);
  const start = properties.StartingPosition === 'LATEST' ? 'LATEST' : 'TRIM_HORIZON';
  const reader = await context.streams.reader(table, context.target.name, start);
  const source = new EventSource(properties, context, reader, isWanted);
  const running = source.run().catch((error) => {
    context.log(`Delivery of ${table}'s stream to ${context.target.name} has stopped: ${error}`);
  });
  return {
    async close() {
      source.stop();
      await running;
    },
  };
}

/** The table's name. */
function checkMapping(properties: EventSourceMappingProperties): string {
  const strange = Object.keys(properties).filter((name) => !HONOURED.has(name));
  const table = /^arn:[^:]+:dynamodb:[^:]*:\d*:table\/([^/]+)\/stream\//.exec(properties.EventSourceArn)?.[1];
  if (strange.length > 0)
    throw new Error(
      `The event source mapping of ${properties.FunctionName} uses ${strange.join(', ')}, which is not available on this machine.`,
    );
  if (table === undefined)
    throw new Error(`The event source ${properties.EventSourceArn} is not the ARN of a DynamoDB stream.`);
  return table;
}

class EventSource {
  readonly #properties: EventSourceMappingProperties;
  readonly #context: EventSourceContext;
  readonly #reader: StreamReader;
  readonly #isWanted: (record: DynamoDBRecord) => boolean;
  readonly #closing = new AbortController();
  readonly #startSeconds: number;

  constructor(
    properties: EventSourceMappingProperties,
    context: EventSourceContext,
    reader: StreamReader,
    isWanted: (record: DynamoDBRecord) => boolean,
  ) {
    this.#properties = properties;
    this.#context = context;
    this.#reader = reader;
    this.#isWanted = isWanted;
    this.#startSeconds = context.now().getTime() / 1000;
  }

  stop(): void {
    this.#closing.abort();
  }

  /** Delivers until it is stopped. */
  async run(): Promise<void> {
    const { signal } = this.#closing;
    let written = Promise.withResolvers<void>();
    const wake = () => written.resolve();
    const unsubscribe = this.#reader.onCommit(wake);
    signal.addEventListener('abort', wake);
    while (!signal.aborted) {
      // Made before reading, so that a record written after the read ends the wait.
      written = Promise.withResolvers();
      const records = await this.#nextRecords();
      if (records.length === 0) await written.promise;
      else await this.#deliver(records);
    }
    unsubscribe();
  }

  async #nextRecords(): Promise<DynamoDBRecord[]> {
    const { EventSourceArn, BatchSize = 100, MaximumBatchingWindowInSeconds: window = 0 } = this.#properties;
    let records = await this.#reader.read(BatchSize);
    if (records.length > 0 && records.length < BatchSize && window > 0) {
      await this.#pause(window);
      records = await this.#reader.read(BatchSize);
    }
    return records.map((record) => ({ ...record, eventSourceARN: EventSourceArn }));
  }

  /** Works on records, and the batches they fall into, until all have been passed or given up. */
  async #deliver(records: readonly DynamoDBRecord[]): Promise<void> {
    const wanted = records.filter(this.#isWanted);
    const batches = inPayloads(wanted).flatMap((payload) => asBatches(payload, 0));
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const { passed, givenUp, rest } = await this.#attempt(batch);
      if (givenUp.length > 0) this.#giveUp(givenUp, batch.attempts + 1);
      await this.#advance([...passed, ...givenUp].at(-1));
      batches.unshift(...rest);
      if (rest[0]) await this.#pause(retrySeconds(rest[0].attempts));
      if (this.#closing.signal.aborted) return;
    }
    if (records.at(-1) !== wanted.at(-1)) await this.#advance(records.at(-1));
  }

  async #advance(record: DynamoDBRecord | undefined): Promise<void> {
    if (record) await this.#reader.advance(sequenceNumber(record));
  }

  async #attempt({ records, attempts }: Batch): Promise<Progress> {
    const { BisectBatchOnFunctionError: bisects, MaximumRetryAttempts: most = -1 } = this.#properties;
    const old = records.filter((record) => this.#isTooOld(record));
    if (old.length > 0)
      return { passed: [], givenUp: old, rest: asBatches(records.slice(old.length), attempts) };

    const count = await this.#invoke(records);
    const passed = records.slice(0, count);
    const failed = records.slice(count);
    if (failed.length === 0) return { passed, givenUp: [], rest: [] };
    if (passed.length > 0) return { passed, givenUp: [], rest: asBatches(failed, 0) };
    if (bisects && failed.length > 1) {
      const middle = Math.ceil(failed.length / 2);
      const halves = [failed.slice(0, middle), failed.slice(middle)];
      return { passed, givenUp: [], rest: halves.flatMap((half) => asBatches(half, attempts)) };
    }
    const over = most >= 0 && attempts >= most && !this.#closing.signal.aborted;
    return over
      ? { passed, givenUp: failed, rest: [] }
      : { passed, givenUp: [], rest: asBatches(failed, attempts + 1) };
  }

  /** Calls the function with the records; returns how many of the first ones it has dealt with. */
  async #invoke(records: readonly DynamoDBRecord[]): Promise<number> {
    const { target, log } = this.#context;
    const { signal } = this.#closing;
    const stopped = new AbortController();
    const closed = new Promise<typeof CLOSED>((resolve) => {
      signal.addEventListener('abort', () => resolve(CLOSED), { once: true, signal: stopped.signal });
    });
    try {
      const response = await Promise.race([target.invoke({ Records: records }), closed]);
      if (response === CLOSED) return 0;
      const partial = this.#properties.FunctionResponseTypes?.includes('ReportBatchItemFailures');
      return partial ? firstFailure(records, response) : records.length;
    } catch (error) {
      if (!signal.aborted) log(`${target.name} failed on ${records.length} stream records: ${error}`);
      return 0;
    } finally {
      stopped.abort();
    }
  }

  /** A record's age does not grow while this machine is off, which AWS never is. */
  #isTooOld(record: DynamoDBRecord): boolean {
    const { MaximumRecordAgeInSeconds: most = -1 } = this.#properties;
    const since = Math.max(creationSeconds(record), this.#startSeconds);
    return most >= 0 && this.#context.now().getTime() / 1000 - since > most;
  }

  #giveUp(records: readonly DynamoDBRecord[], invokeCount: number): void {
    const { sqs, target, region, now, log } = this.#context;
    const [first] = records;
    if (first === undefined) return;
    log(`${target.name} gave up ${records.length} stream records from ${sequenceNumber(first)}`);
    const queue = this.#properties.DestinationConfig?.OnFailure?.Destination;
    if (queue === undefined) return;
    const condition = this.#isTooOld(first) ? 'RecordAgeExceeded' : 'RetryAttemptsExhausted';
    const message = {
      requestContext: {
        requestId: randomUUID(),
        functionArn: `arn:aws:lambda:${region}:000000000000:function:${target.name}`,
        condition,
        approximateInvokeCount: invokeCount,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: now().toISOString(),
      DDBStreamBatchInfo: batchInfo(records, this.#properties.EventSourceArn),
    };
    sqs.send(queue, JSON.stringify(message));
  }

  /** Waits, but not beyond the end of delivery. */
  async #pause(seconds: number): Promise<void> {
    await delay(seconds * 1000, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }
}

/** The records in order, as many together as one event holds. */
function inPayloads(records: readonly DynamoDBRecord[]): DynamoDBRecord[][] {
  const payloads: DynamoDBRecord[][] = [];
  let left = 0;
  for (const record of records) {
    const bytes = Buffer.byteLength(JSON.stringify(record)) + 1;
    const last = payloads.at(-1);
    if (last === undefined || bytes > left) {
      payloads.push([record]);
      left = LARGEST_BATCH - bytes;
    } else {
      last.push(record);
      left -= bytes;
    }
  }
  return payloads;
}

/** No batch for no records: a function is never called without any. */
function asBatches(records: readonly DynamoDBRecord[], attempts: number): Batch[] {
  return records.length > 0 ? [{ records, attempts }] : [];
}

/**
 * The index of the first record that a partial batch response reports, or their number when it reports
 * none. A response that names no record of the batch fails the whole batch, as on Lambda.
 */
function firstFailure(records: readonly DynamoDBRecord[], response: unknown): number {
  const failures: unknown = Object(response).batchItemFailures;
  if (failures === undefined || failures === null) return records.length;
  if (!Array.isArray(failures)) return 0;
  const positions = new Map(records.map((record, i) => [sequenceNumber(record), i]));
  const indexes = failures.map((failure) => positions.get(Object(failure).itemIdentifier) ?? 0);
  return Math.min(records.length, ...indexes);
}

/** Where given up records were; Lambda does not send what they held. */
function batchInfo(records: readonly DynamoDBRecord[], streamArn: string) {
  const [first, last] = [records[0] ?? {}, records.at(-1) ?? {}];
  return {
    shardId: 'shardId-00000000000000000000-00000001',
    startSequenceNumber: sequenceNumber(first),
    endSequenceNumber: sequenceNumber(last),
    approximateArrivalOfFirstRecord: new Date(creationSeconds(first) * 1000).toISOString(),
    approximateArrivalOfLastRecord: new Date(creationSeconds(last) * 1000).toISOString(),
    batchSize: records.length,
    streamArn,
  };
}

function sequenceNumber(record: DynamoDBRecord): string {
  return record.dynamodb?.SequenceNumber ?? '';
}

function creationSeconds(record: DynamoDBRecord): number {
  return record.dynamodb?.ApproximateCreationDateTime ?? 0;
}

function retrySeconds(attempts: number): number {
  return Math.min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** attempts);
}
