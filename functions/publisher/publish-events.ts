import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE } from '../../core/contract/deployment.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import type { Head } from '../../core/domain/audit-chain.ts';
import type { AuditLog } from '../../core/store/audit-log.ts';

/** An event on its way from the stream. */
export interface Delivery {
  readonly event: AuditEvent;
  /** The item that the event changed: its events stay in order. */
  readonly item: string;
  readonly sequenceNumber: string;
}

/** What the publisher needs. */
export interface PublisherDependencies {
  readonly audit: AuditLog;
  readonly bridge: EventBridgeClient;
  /** Name or ARN of the bus. */
  readonly bus: string;
}

/** The first delivery that failed and why; it and all after it are to be delivered again. */
export interface Failure {
  readonly sequenceNumber: string;
  readonly cause: unknown;
}

/** The end of a tenant's chain of audit records, with all that is kept of this delivery before it. */
export type ChainHead = Head & { readonly tenantId: string | null };

export interface Published {
  readonly failure?: Failure;
  readonly heads: readonly ChainHead[];
}

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
  const causes = new Map(
    appended.flatMap(({ failure }) => (failure ? [[failure.event.id, failure.cause]] : [])),
  );
  const end = deliveries.findIndex(({ event }) => causes.has(event.id));
  if (end === -1) return { kept: deliveries, heads };
  const failure = failureAt(deliveries, end, causes.get(deliveries[end]?.event.id ?? ''));
  return { kept: deliveries.slice(0, end), failure, heads };
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

async function send(
  batch: readonly Delivery[],
  { bridge, bus }: PublisherDependencies,
): Promise<Failure | undefined> {
  try {
    const Entries = batch.map(({ event }) => entryOf(event, bus));
    const { Entries: results = [] } = await bridge.send(new PutEventsCommand({ Entries }));
    const refused = results.findIndex(({ ErrorCode }) => ErrorCode !== undefined);
    if (refused === -1) return undefined;
    return failureAt(batch, refused, `${results[refused]?.ErrorCode}: ${results[refused]?.ErrorMessage}`);
  } catch (error) {
    return failureAt(batch, 0, error);
  }
}

function failureAt(batch: readonly Delivery[], index: number, cause: unknown): Failure {
  return { sequenceNumber: batch[index]?.sequenceNumber ?? '', cause };
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
