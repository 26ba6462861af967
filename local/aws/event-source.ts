import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DynamoDBRecord } from 'aws-lambda';
import type { LambdaFunction } from '../lambda.ts';
import { type FilterCriteria, recordFilter } from './event-filter.ts';
import type { Sqs } from './sqs.ts';
import type { StreamReader, Streams } from './stream.ts';
import type { StoredRecord } from './stream-record.ts';

const FIRST_RETRY_SECONDS = 0.1;
const LONGEST_RETRY_SECONDS = 10;

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
  const start = properties.StartingPosition === 'LATEST' ? 'LATEST' : 'TRIM_HORIZON';
  const reader = await context.streams.reader(table, context.target.name, start);
  const closing = new AbortController();
  const running = run(reader, properties, context, closing.signal).catch((error) =>
    context.log(`Delivery of ${table}'s stream to ${context.target.name} has stopped: ${error}`),
  );
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}

async function run(
  reader: StreamReader,
  properties: EventSourceMappingProperties,
  context: EventSourceContext,
  closing: AbortSignal,
): Promise<void> {
  const isWanted = recordFilter(properties.FilterCriteria);
  let written = Promise.withResolvers<void>();
  const wake = () => written.resolve();
  const unsubscribe = reader.onCommit(wake);
  closing.addEventListener('abort', wake);
  while (!closing.aborted) {
    // Made before reading, so that a record written after the read ends the wait.
    written = Promise.withResolvers();
    const records = await nextRecords(reader, properties, closing);
    const wanted = records.filter(isWanted);
    if (records.length === 0) await written.promise;
    else await deliver({ records: wanted, attempts: 0 }, reader, properties, context, closing);
    const last = records.at(-1);
    if (last && !closing.aborted) await reader.advance(sequenceNumber(last));
  }
  unsubscribe();
}

async function nextRecords(
  reader: StreamReader,
  { EventSourceArn, BatchSize = 100, MaximumBatchingWindowInSeconds = 0 }: EventSourceMappingProperties,
  closing: AbortSignal,
): Promise<DynamoDBRecord[]> {
  let records = await reader.read(BatchSize);
  if (records.length > 0 && records.length < BatchSize && MaximumBatchingWindowInSeconds > 0) {
    await pause(MaximumBatchingWindowInSeconds, closing);
    records = await reader.read(BatchSize);
  }
  return records.map((record) => ({ ...record, eventSourceARN: EventSourceArn }));
}

/** Works on a batch, and the parts it falls into, until all of it has been passed or given up. */
async function deliver(
  whole: Batch,
  reader: StreamReader,
  properties: EventSourceMappingProperties,
  context: EventSourceContext,
  closing: AbortSignal,
): Promise<void> {
  const batches = [whole];
  for (let batch = batches.shift(); batch && !closing.aborted; batch = batches.shift()) {
    const { passed, failed, rest } = await attempt(batch, properties, context, closing);
    if (failed.length > 0) giveUp(failed, batch.attempts + 1, properties, context);
    const last = [...passed, ...failed].at(-1);
    if (last) await reader.advance(sequenceNumber(last));
    batches.unshift(...rest);
    if (rest[0]) await pause(retrySeconds(rest[0].attempts), closing);
  }
}

/** The table's name; throws an Error for what this reader would not honour. */
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

interface Progress {
  readonly passed: readonly DynamoDBRecord[];
  /** Given up. */
  readonly failed: readonly DynamoDBRecord[];
  /** To be tried again, in order. */
  readonly rest: readonly Batch[];
}

async function attempt(
  batch: Batch,
  properties: EventSourceMappingProperties,
  context: EventSourceContext,
  closing: AbortSignal,
): Promise<Progress> {
  const { records, attempts } = batch;
  const old = records.filter((record) => isTooOld(record, properties, context.now()));
  if (old.length > 0) return { passed: [], failed: old, rest: retry(records.slice(old.length), attempts) };

  const passedCount = await invoke(records, properties, context, closing);
  const passed = records.slice(0, passedCount);
  const rest = records.slice(passedCount);
  if (rest.length === 0 || closing.aborted) return { passed, failed: [], rest: [] };
  if (passedCount > 0) return { passed, failed: [], rest: retry(rest, 0) };
  if (properties.BisectBatchOnFunctionError && rest.length > 1) {
    const middle = Math.ceil(rest.length / 2);
    const halves = [rest.slice(0, middle), rest.slice(middle)];
    return { passed, failed: [], rest: halves.flatMap((half) => retry(half, attempts)) };
  }
  const { MaximumRetryAttempts: most = -1 } = properties;
  if (most >= 0 && attempts >= most) return { passed, failed: rest, rest: [] };
  return { passed, failed: [], rest: retry(rest, attempts + 1) };
}

function retry(records: readonly DynamoDBRecord[], attempts: number): Batch[] {
  return records.length > 0 ? [{ records, attempts }] : [];
}

/** Calls the function with the records; returns how many of the first ones it has dealt with. */
async function invoke(
  records: readonly DynamoDBRecord[],
  properties: EventSourceMappingProperties,
  { target, log }: EventSourceContext,
  closing: AbortSignal,
): Promise<number> {
  const closed = new Promise<undefined>((resolve) => {
    closing.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    const response = await Promise.race([target.invoke({ Records: records }), closed]);
    if (closing.aborted) return 0;
    if (!properties.FunctionResponseTypes?.includes('ReportBatchItemFailures')) return records.length;
    return firstFailure(records, response);
  } catch (error) {
    if (!closing.aborted) log(`${target.name} failed on ${records.length} stream records: ${error}`);
    return 0;
  }
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

function isTooOld(record: DynamoDBRecord, properties: EventSourceMappingProperties, now: Date): boolean {
  const { MaximumRecordAgeInSeconds: most = -1 } = properties;
  return most >= 0 && now.getTime() / 1000 - creationSeconds(record) > most;
}

/** Sends what Lambda sends for discarded records: where they were, not what they held. */
function giveUp(
  records: readonly DynamoDBRecord[],
  invokeCount: number,
  properties: EventSourceMappingProperties,
  { sqs, target, region, now, log }: EventSourceContext,
): void {
  const [first, last] = [records[0], records.at(-1)];
  const queue = properties.DestinationConfig?.OnFailure?.Destination;
  if (first === undefined || last === undefined) return;
  log(`${target.name} gave up ${records.length} stream records from ${sequenceNumber(first)}`);
  if (queue === undefined) return;
  const expired = isTooOld(first, properties, now());
  const message = {
    requestContext: {
      requestId: randomUUID(),
      functionArn: `arn:aws:lambda:${region}:000000000000:function:${target.name}`,
      condition: expired ? 'RecordAgeExceeded' : 'RetryAttemptsExhausted',
      approximateInvokeCount: invokeCount,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: now().toISOString(),
    DDBStreamBatchInfo: {
      shardId: 'shardId-00000000000000000000-00000001',
      startSequenceNumber: sequenceNumber(first),
      endSequenceNumber: sequenceNumber(last),
      approximateArrivalOfFirstRecord: new Date(creationSeconds(first) * 1000).toISOString(),
      approximateArrivalOfLastRecord: new Date(creationSeconds(last) * 1000).toISOString(),
      batchSize: records.length,
      streamArn: properties.EventSourceArn,
    },
  };
  sqs.send(queue, JSON.stringify(message));
}

function sequenceNumber(record: StoredRecord): string {
  return record.dynamodb?.SequenceNumber ?? '';
}

function creationSeconds(record: StoredRecord): number {
  return record.dynamodb?.ApproximateCreationDateTime ?? 0;
}

function retrySeconds(attempts: number): number {
  return Math.min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** attempts);
}

/** Waits, but not beyond the signal. */
async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await delay(seconds * 1000, undefined, { signal }).catch(() => undefined);
}
