import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import type { AuditEvent } from '../../core/contract/events.ts';
import { type AttributeMap, fromAttributes, toAttributes } from '../../core/store/attribute-value.ts';
import type { AuditLog } from '../../core/store/audit-log.ts';
import { type AuditQuery, AuditStore } from '../../core/store/audit-store.ts';
import { inBatches } from '../../functions/publisher/publish-events.ts';
import { publisherHandler } from '../../functions/publisher/publisher-handler.ts';
import { auditLog, MemoryAnchors } from '../support/audit.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { startEventBus, type TestEventBus } from '../support/event-bus.ts';
import { eventFor, MemoryQueue, quietLogger, recordOf, TIME, UNCOUNTED } from '../support/publisher.ts';

let dynamodb: TestDynamoDb;
let bus: TestEventBus;
let audit: AuditLog;
let records: AuditStore;
let logged: string[];
let anchors: MemoryAnchors;
let queue: MemoryQueue;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  bus = await startEventBus();
  audit = auditLog(dynamodb.audit);
  records = new AuditStore(dynamodb.audit);
  logged = [];
  anchors = new MemoryAnchors();
  queue = new MemoryQueue();
});
afterEach(() => bus.close());

function publish(records: readonly DynamoDBRecord[]) {
  const dependencies = {
    audit,
    bridge: bus.client,
    bus: 'keywright',
    anchors,
    aside: queue.place,
    summaries: UNCOUNTED,
  };
  return publisherHandler(
    dependencies,
    quietLogger((line) => void logged.push(line)),
  )({
    Records: [...records],
  });
}

/** The same change with an event that no item can hold. */
function tooLarge(record: DynamoDBRecord | undefined): DynamoDBRecord {
  const { pk } = record?.dynamodb?.Keys ?? {};
  const { lastEvent } = fromAttributes((record?.dynamodb?.NewImage ?? {}) as AttributeMap);
  const event = { ...Object(lastEvent), data: { from: {}, to: { name: 'x'.repeat(410_000) } } };
  return recordOf(pk?.S ?? '', event);
}

let tenants = 0;
/** Changes of items, in order; a tenant of its own for each call. */
function changes(items: readonly string[]): {
  tenantId: string;
  events: AuditEvent[];
  records: DynamoDBRecord[];
} {
  tenants += 1;
  const tenantId = `tenant_publisher_${tenants}`;
  const events = items.map(() => eventFor(tenantId));
  return { tenantId, events, records: items.map((item, index) => recordOf(item, events[index])) };
}

const allOf = (tenants: AuditQuery['tenants']) => ({ tenants, limit: 1000, matches: () => true });

async function keptOf(tenantId: string): Promise<string[]> {
  const day = 86_400_000;
  const range = { from: new Date(TIME.getTime() - day), to: new Date(TIME.getTime() + day) };
  dynamodb.settle();
  const page = await records.list(allOf([tenantId]), { ...range, before: undefined });
  return page.items.map(({ id }) => id).sort();
}
const idsOf = (events: readonly AuditEvent[]) => events.map(({ id }) => id).sort();
const acceptedIds = () => bus.accepted.map(({ Detail }) => JSON.parse(Detail ?? '').id as string);
const numberOf = (record: DynamoDBRecord | undefined) => record?.dynamodb?.SequenceNumber;

/**
 * Records made of items as they stand, for what the stream has forgotten; docs/operate/restore-and-remove.md has the same for jq. An
 * item before its last event had all that it has now, so no change of digests is made of it.
 */
function recordsOf(items: readonly AttributeMap[]): DynamoDBRecord[] {
  return items.map((item) => {
    const { lastEvent, ...before } = item;
    const { pk, sk } = item;
    const { id } = fromAttributes(item).lastEvent as { id: string };
    return {
      eventName: 'MODIFY',
      eventSource: 'aws:dynamodb',
      dynamodb: { Keys: { pk, sk }, SequenceNumber: id, NewImage: item, OldImage: before },
    } as DynamoDBRecord;
  });
}

describe('after the stack of the publisher was away for longer than the stream remembers', () => {
  test('the last event of each item is published from the item, once, and nothing is made up beside it', async () => {
    const { tenantId, events, records } = changes(['CRED#1', 'CRED#2', 'CRED#3']);
    await publish(records.slice(0, 1));
    const items = events.map((lastEvent, index) =>
      toAttributes({
        pk: `CRED#${index + 1}`,
        sk: 'CRED',
        tenantId,
        keyId: `key_${index}`,
        digests: { s1: { pepper: 'v1', hmac: 'h' } },
        lastEvent,
      }),
    );
    for (let time = 0; time < 2; time += 1) {
      expect(await publish(recordsOf(items))).toEqual({ batchItemFailures: [] });
      expect(await keptOf(tenantId)).toEqual(idsOf(events));
    }
    expect(new Set(acceptedIds())).toEqual(new Set(idsOf(events)));
    expect(bus.accepted.map(({ DetailType }) => DetailType)).not.toContain('apiKey.digestsChanged');
  });
});

describe('what is published', () => {
  test('the event of a write, kept and on the bus as it was written', async () => {
    const { tenantId, events, records } = changes(['CRED#1']);
    expect(await publish(records)).toEqual({ batchItemFailures: [] });
    expect(await keptOf(tenantId)).toEqual(idsOf(events));
    expect(bus.accepted).toEqual([
      {
        EventBusName: 'keywright',
        Source: 'keywright',
        DetailType: 'apiKey.updated',
        Detail: expect.any(String),
        Time: TIME.getTime() / 1000,
      },
    ]);
    expect(JSON.parse(bus.accepted[0]?.Detail ?? '')).toEqual(events[0]);
  });

  test('what a newer version of Keywright writes, every field of it', async () => {
    const newer = {
      ...eventFor('tenant_newer'),
      type: 'vault.sealed',
      subject: { type: 'vault', id: 'vault_1', shelf: 3 },
      data: { reason: null, more: [1] },
      traceId: 'trace-1',
    };
    expect(await publish([recordOf('VAULT#1', newer)])).toEqual({ batchItemFailures: [] });
    expect(JSON.parse(bus.accepted[0]?.Detail ?? '')).toEqual(newer);
    expect(await keptOf('tenant_newer')).toEqual([newer.id]);
  });

  test('not a write without an event of its own, nor a removal', async () => {
    const event = eventFor('tenant_quiet');
    const removal = recordOf('CRED#1', event);
    const { NewImage, ...rest } = removal.dynamodb ?? {};
    const records: DynamoDBRecord[] = [
      recordOf('CRED#1', event, event),
      recordOf('LIMIT#1', undefined),
      { ...removal, eventName: 'REMOVE', dynamodb: { ...rest, ...(NewImage && { OldImage: NewImage }) } },
    ];
    expect(await publish(records)).toEqual({ batchItemFailures: [] });
    expect(bus.requests).toEqual([]);
    expect(await keptOf('tenant_quiet')).toEqual([]);
  });

  test('a second event of an item, whatever the first was', async () => {
    const event = eventFor('tenant_second');
    await publish([recordOf('CRED#1', event, eventFor('tenant_second'))]);
    expect(acceptedIds()).toEqual([event.id]);
  });

  test('what belongs to no tenant', async () => {
    const event = eventFor(null);
    await publish([recordOf('API#1', event)]);
    dynamodb.settle();
    const range = { from: TIME, to: new Date(TIME.getTime() + 1) };
    const page = await records.list(allOf('*'), { ...range, before: undefined });
    expect(page.items).toContainEqual(event);
  });
});

describe('delivered again', () => {
  test('an event is kept once, and put on the bus again', async () => {
    const { tenantId, events, records } = changes(['CRED#1', 'CRED#2']);
    await publish(records);
    await publish(records);
    expect(await keptOf(tenantId)).toEqual(idsOf(events));
    expect(acceptedIds()).toHaveLength(4);
    expect(new Set(acceptedIds()).size).toBe(2);
  });

  test('what is kept is not overwritten', async () => {
    const event = eventFor('tenant_forged');
    await publish([recordOf('CRED#1', event)]);
    await publish([recordOf('CRED#1', { ...event, data: { forged: true } })]);
    dynamodb.settle();
    const range = { from: TIME, to: new Date(TIME.getTime() + 1) };
    const page = await records.list(allOf(['tenant_forged']), { ...range, before: undefined });
    expect(page.items).toEqual([event]);
  });
});

describe('failures', () => {
  const ITEMS = Array.from({ length: 25 }, (_, i) => `CRED#${i}`);

  test('the first entry that the bus refuses is reported; nothing of later requests is sent', async () => {
    const { events, records } = changes(ITEMS);
    bus.refuse = (entries) =>
      entries.some(({ Detail }) => Detail?.includes(events[13]?.id ?? '')) ? { entries: [3, 5] } : undefined;
    expect(await publish(records)).toEqual({
      batchItemFailures: [{ itemIdentifier: numberOf(records[13]) }],
    });
    expect(bus.requests).toHaveLength(2);
    expect(acceptedIds().slice(0, 13)).toEqual(events.slice(0, 13).map(({ id }) => id));
    expect(logged.join('')).toContain('ThrottlingException');
  });

  test('a request that fails whole is reported from its first record on', async () => {
    const { events, records } = changes(ITEMS);
    bus.refuse = () => (bus.requests.length === 3 ? { status: 500 } : undefined);
    expect(await publish(records)).toEqual({
      batchItemFailures: [{ itemIdentifier: numberOf(records[20]) }],
    });
    expect(acceptedIds()).toEqual(events.slice(0, 20).map(({ id }) => id));
  });

  test('what could not be kept is not on the bus, and what came before it is', async () => {
    const { tenantId, events, records } = changes(ITEMS);
    records[14] = tooLarge(records[14]);
    expect(await publish(records)).toEqual({
      batchItemFailures: [{ itemIdentifier: numberOf(records[14]) }],
    });
    expect(acceptedIds()).toEqual(events.slice(0, 14).map(({ id }) => id));
    expect(await keptOf(tenantId)).toEqual(idsOf(events.slice(0, 14)));
    expect(logged.join('')).toContain('Item size has exceeded the maximum');
  });

  test('of two failures the earlier one counts', async () => {
    const { records } = changes(ITEMS.slice(0, 5));
    records[3] = tooLarge(records[3]);
    bus.refuse = () => ({ entries: [1] });
    expect(await publish(records)).toEqual({ batchItemFailures: [{ itemIdentifier: numberOf(records[1]) }] });
  });

  test('the first event of all that could not be kept leaves the bus alone', async () => {
    const { records } = changes(['CRED#1']);
    const large = tooLarge(records[0]);
    expect(await publish([large])).toEqual({ batchItemFailures: [{ itemIdentifier: numberOf(large) }] });
    expect(bus.requests).toEqual([]);
  });

  test.each([
    ['text', 'nonsense'],
    ['an event whose type is none', { ...eventFor('tenant_bad'), type: 'apiKey' }],
    ['an event of another version', { ...eventFor('tenant_bad'), version: 2 }],
    ['an event that nobody caused', { ...eventFor('tenant_bad'), actor: undefined }],
    ['an event without an id', { ...eventFor('tenant_bad'), id: undefined }],
  ])('%s in an event’s place is reported, after what came before it', async (_, bad) => {
    const { events, records } = changes(['CRED#1', 'CRED#2']);
    const [first, last] = records as [DynamoDBRecord, DynamoDBRecord];
    const unreadable = recordOf('CRED#3', bad);
    expect(await publish([first, unreadable, last])).toEqual({
      batchItemFailures: [{ itemIdentifier: numberOf(unreadable) }],
    });
    expect(acceptedIds()).toEqual([events[0]?.id]);
  });

  test('whatever fails, however often: delivered from the reported record on, all arrive, each item in order', async () => {
    const scenario = fc.record({
      items: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 5, maxLength: 24, size: 'max' }),
      refusals: fc.array(fc.constantFrom(0, 0, 1, 1, 2, 3, undefined, 'all' as const), {
        minLength: 2,
        maxLength: 12,
        size: 'max',
      }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ items, refusals }) => {
        const { tenantId, events, records } = changes(items.map((item) => `CRED#${item}`));
        const queue = [...refusals];
        const start = bus.accepted.length;
        bus.refuse = (entries) => {
          const refusal = queue.shift();
          if (refusal === 'all') return { status: 500 };
          return refusal !== undefined && refusal < entries.length ? { entries: [refusal] } : undefined;
        };
        let rest = records;
        while (rest.length > 0) {
          const { batchItemFailures } = await publish(rest);
          const from = batchItemFailures[0]?.itemIdentifier;
          rest = from === undefined ? [] : rest.slice(rest.findIndex((record) => numberOf(record) === from));
        }
        expect(await keptOf(tenantId)).toEqual(idsOf(events));
        const order = acceptedIds().slice(start);
        for (const item of new Set(items)) {
          const own = events.filter((_, index) => items[index] === item).map(({ id }) => id);
          // Repeats aside, the first arrivals come in the order of the changes.
          expect([...new Set(order.filter((id) => own.includes(id)))]).toEqual(own);
        }
      }),
      { numRuns: 10 },
    );
  });
});

describe('batches', () => {
  test('fit into a request, keep the order, and hold an item once', () => {
    const delivery = fc.record({
      item: fc.integer({ min: 0, max: 20 }).map(String),
      size: fc.oneof(fc.constant(10), fc.integer({ min: 0, max: 200_000 })),
    });
    fc.assert(
      fc.property(fc.array(delivery, { maxLength: 40 }), (wanted) => {
        const deliveries = wanted.map(({ item, size }, index) => ({
          event: eventFor('tenant_batch', 'x'.repeat(size)),
          item,
          place: { pk: item, sk: 'CRED' },
          sequenceNumber: String(index),
        }));
        const batches = inBatches(deliveries);
        expect(batches.flat()).toEqual(deliveries);
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(10);
          expect(new Set(batch.map(({ item }) => item)).size).toBe(batch.length);
          const bytes = batch.reduce((sum, { event }) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
          expect(bytes).toBeLessThanOrEqual(256 * 1024);
        }
      }),
      { numRuns: 50 },
    );
  });
});
