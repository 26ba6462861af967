import {
  type EventBridgeClient,
  EventBridgeServiceException,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE } from '../../core/contract/deployment.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import type { Head } from '../../core/domain/audit/audit-chain.ts';
import type { AuditLog } from '../../core/store/audit-log.ts';

/** What came of a stream record: an event, or in its place something that is none. */
export interface Arrival {
  readonly event?: AuditEvent;
  /** What stands in an event's place, where that is no event. */
  readonly unreadable?: unknown;
  /** Keys of the item that was changed. */
  readonly place: { readonly pk: string; readonly sk: string };
  /** The same as a text: the events of one item stay in order. */
  readonly item: string;
  readonly sequenceNumber: string;
  /** The stream's. */
  readonly arn?: string;
  /** Whether somebody brings back what was set aside; the stream never says so. */
  readonly isBroughtBack?: true;
}

/** An event on its way from the stream. */
export type Delivery = Arrival & { readonly event: AuditEvent };

/** What the publisher needs. */
export interface PublisherDependencies {
  readonly audit: AuditLog;
  readonly bridge: EventBridgeClient;
  /** Name or ARN of the bus. */
  readonly bus: string;
}

/** The first delivery that failed and why; all before it are done. */
export interface Failure {
  readonly arrival: Arrival;
  readonly cause: unknown;
  /** Whether the event is refused for what it is; otherwise what it depends on failed. */
  readonly isOwn: boolean;
}

/** The end of a tenant's chain of audit records, with all that is kept of this delivery before it. */
export type ChainHead = Head & { readonly tenantId: string | null };

export interface Published {
  readonly failure?: Failure;
  readonly heads: readonly ChainHead[];
}

/**
 * What is wrong with the entry itself. EventBridge's other codes are about the bus, the caller or the moment.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
 */
const ENTRY_FAULTS: readonly (string | undefined)[] = [
  'InvalidArgument',
  'MalformedDetail',
  'RedactionFailure',
];
/** PutEvents takes up to 10 entries of 256 KB in all. */
const MOST_ENTRIES = 10;
const LARGEST_REQUEST_BYTES = 256 * 1024;

/**
 * Keeps each event in the audit table, then puts it on the bus; without a failure all of that is done. What
 * is delivered again is kept once and put on the bus again.
 */
export async function publishEvents(
  deliveries: readonly Delivery[],
  dependencies: PublisherDependencies,
): Promise<Published> {
  const { kept, failure: unkept, heads } = await keepEvents(deliveries, dependencies.audit);
  for (const batch of inBatches(kept)) {
    const failure = await send(batch, dependencies);
    if (failure !== undefined) return { failure, heads };
  }
  return unkept === undefined ? { heads } : { failure: unkept, heads };
}

/** Keeps what can be kept, each tenant's in order; returns the deliveries before the first that was not. */
async function keepEvents(
  deliveries: readonly Delivery[],
  audit: AuditLog,
): Promise<Published & { readonly kept: readonly Delivery[] }> {
  const tenants = new Map<string | null, AuditEvent[]>();
  for (const { event } of deliveries)
    tenants.set(event.tenantId, [...(tenants.get(event.tenantId) ?? []), event]);
  const appended = await Promise.all(
    [...tenants].map(async ([tenantId, events]) => ({ tenantId, ...(await audit.append(tenantId, events)) })),
  );
  const heads = appended.flatMap(({ tenantId, head }) => (head ? [{ tenantId, ...head }] : []));
  const failures = new Map(appended.flatMap(({ failure }) => (failure ? [[failure.event.id, failure]] : [])));
  const end = deliveries.findIndex(({ event }) => failures.has(event.id));
  const [arrival] = deliveries.slice(end);
  const failure = failures.get(arrival?.event.id ?? '');
  if (end === -1 || arrival === undefined || failure === undefined) return { kept: deliveries, heads };
  const { cause, isOwn } = failure;
  return { kept: deliveries.slice(0, end), failure: { arrival, cause, isOwn }, heads };
}

/**
 * Batches that PutEvents accepts. None holds two events of one item: when the first of them failed, the
 * second could be on the bus before it.
 */
export function inBatches(deliveries: readonly Delivery[]): Delivery[][] {
  const batches: Delivery[][] = [];
  let batch: Delivery[] = [];
  let bytes = 0;
  for (const delivery of deliveries) {
    const size = sizeOf(delivery.event);
    const full = batch.length === MOST_ENTRIES || bytes + size > LARGEST_REQUEST_BYTES;
    if (full || batch.some(({ item }) => item === delivery.item)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(delivery);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches.filter(({ length }) => length > 0);
}

/** Sends a batch; one that is refused as a whole is sent one by one, to find whose fault it is. */
async function send(
  batch: readonly Delivery[],
  dependencies: PublisherDependencies,
): Promise<Failure | undefined> {
  const failure = await sendTogether(batch, dependencies);
  if (failure?.isOwn !== true || batch.length === 1 || failure.arrival !== batch[0]) return failure;
  for (const delivery of batch) {
    const own = await sendTogether([delivery], dependencies);
    if (own !== undefined) return own;
  }
  return undefined;
}

async function sendTogether(
  batch: readonly Delivery[],
  { bridge, bus }: PublisherDependencies,
): Promise<Failure | undefined> {
  const [first] = batch;
  if (first === undefined) return undefined;
  try {
    const Entries = batch.map(({ event }) => entryOf(event, bus));
    const { Entries: results = [] } = await bridge.send(new PutEventsCommand({ Entries }));
    const index = results.findIndex(({ ErrorCode }) => ErrorCode !== undefined);
    const { ErrorCode, ErrorMessage } = results[index] ?? {};
    if (ErrorCode === undefined) return undefined;
    const cause = `${ErrorCode}: ${ErrorMessage}`;
    return { arrival: batch[index] ?? first, cause, isOwn: ENTRY_FAULTS.includes(ErrorCode) };
  } catch (cause) {
    const isOwn = cause instanceof EventBridgeServiceException && cause.name === 'ValidationException';
    return { arrival: first, cause, isOwn };
  }
}

function entryOf(event: AuditEvent, bus: string): PutEventsRequestEntry {
  return {
    EventBusName: bus,
    Source: EVENT_SOURCE,
    DetailType: event.type,
    Detail: JSON.stringify(event),
    Time: new Date(event.time),
  };
}

/** An entry's size as EventBridge counts it: source, detail type, detail and 14 bytes of time. */
function sizeOf(event: AuditEvent): number {
  return EVENT_SOURCE.length + event.type.length + Buffer.byteLength(JSON.stringify(event)) + 14;
}
