import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import type { AuditEvent } from '../../core/contract/events.ts';
import { checkChain, strayRecord } from '../../core/domain/audit/audit-chain.ts';
import { sha256 } from '../../core/domain/ground/sha256.ts';
import { AuditChainReader } from '../../core/store/audit-chain-reader.ts';
import { publisherHandler } from '../../functions/publisher/publisher-handler.ts';
import { auditLog, MemoryAnchors } from '../support/audit.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { startEventBus, type TestEventBus } from '../support/event-bus.ts';
import { eventFor, MemoryQueue, quietLogger, recordOf, UNCOUNTED } from '../support/publisher.ts';
import { intercepted } from '../support/usage.ts';

let dynamodb: TestDynamoDb;
let bus: TestEventBus;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  bus = await startEventBus();
});
afterAll(() => Promise.all([dynamodb.close(), bus.close()]));

/**
 * What becomes of a publisher at one of its calls to AWS. It dies: before the call, before its answer, or
 * with the call still under way, so that AWS hears it after a successor has begun. Or it lives, and the call
 * fails: without effect, or with only the answer lost.
 */
const FATES = ['dies before', 'dies unanswered', 'dies meanwhile', 'is refused', 'gets no answer'] as const;

interface Trouble {
  /** At which of its calls, from 0. */
  readonly at: number;
  readonly fate: (typeof FATES)[number];
}

/** Awaited before each call and after it, so that those of several publishers can be mixed. */
type Turn = (call: string) => Promise<unknown>;

/** A publisher in a process of its own. One that has died does nothing more: none of its calls returns. */
class Publisher {
  readonly calls: string[] = [];
  /** Makes the call that was under way at its death. */
  underWay: (() => Promise<unknown>) | undefined;
  readonly #trouble: Trouble | undefined;
  readonly #turn: Turn;
  readonly #death = Promise.withResolvers<'died'>();
  #isDead = false;

  constructor(trouble?: Trouble, turn: Turn = () => Promise.resolve()) {
    this.#trouble = trouble;
    this.#turn = turn;
  }

  /** How many of the batch's first records need no more delivery; 0 from one that died. */
  async deliver(batch: readonly DynamoDBRecord[]): Promise<number> {
    const audit = auditLog(
      intercepted(dynamodb.audit, (name, request) => this.#call(name, request)),
      { wait: () => this.#turn('pause') },
    );
    const send = (command: Parameters<EventBridgeClient['send']>[0]) =>
      this.#call(command.constructor.name, () => bus.client.send(command));
    const bridge: EventBridgeClient = Object.assign(Object.create(EventBridgeClient.prototype), { send });
    const handler = publisherHandler(
      {
        audit,
        bridge,
        bus: 'keywright',
        anchors: new MemoryAnchors(),
        aside: new MemoryQueue().place,
        summaries: UNCOUNTED,
      },
      quietLogger(),
    );
    const answer = await Promise.race([this.#death.promise, handler({ Records: [...batch] })]);
    if (answer === 'died') return 0;
    const [failure] = answer.batchItemFailures;
    if (failure === undefined) return batch.length;
    return batch.findIndex(({ dynamodb: change }) => change?.SequenceNumber === failure.itemIdentifier);
  }

  async #call(name: string, request: () => Promise<unknown>): Promise<unknown> {
    const fate = this.calls.push(name) - 1 === this.#trouble?.at ? this.#trouble.fate : undefined;
    await this.#turn(name);
    if (this.#isDead || fate === 'dies before') return this.#die();
    if (fate === 'dies meanwhile') {
      this.underWay = request;
      return this.#die();
    }
    if (fate === 'is refused') throw failed(name);
    const [outcome] = await Promise.allSettled([request()]);
    await this.#turn(name);
    if (this.#isDead || fate === 'dies unanswered') return this.#die();
    if (fate === 'gets no answer') throw failed(name);
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }

  #die(): Promise<never> {
    this.#isDead = true;
    this.#death.resolve('died');
    return new Promise(() => undefined);
  }
}

function failed(call: string): Error {
  return Object.assign(new Error(`${call} timed out`), { name: 'TimeoutError' });
}

/** Its successor has kept the same events, or taken the number. */
function isTooLate(error: Error): void {
  if (error.name !== 'TransactionCanceledException') throw error;
}

interface Change {
  /** What was changed: a credential, say. All of its changes are in one shard, in their order. */
  readonly item: string;
  readonly event: AuditEvent;
  readonly record: DynamoDBRecord;
}

let worlds = 0;
/** Ids of tenants that no other test has used. */
function newTenants(): (tenant: number) => string {
  worlds += 1;
  return (tenant) => `tenant_crash${worlds}x${tenant}`;
}

function changeOf(item: string, tenantId: string): Change {
  const event = eventFor(tenantId);
  return { item: `${tenantId} ${item}`, event, record: recordOf(`${tenantId} ${item}`, event) };
}

/** Each tenant's chain is whole and holds its events once; the bus had each, those of an item in order. */
async function expectPublished(changes: readonly Change[]): Promise<void> {
  const tenants = Map.groupBy(changes, ({ event }) => event.tenantId ?? '');
  for (const [tenantId, own] of tenants) expect(await chainOf(tenantId)).toEqual(byId(own));
  const sent = bus.accepted.map(({ Detail = '' }) => JSON.parse(Detail) as AuditEvent);
  const ids = new Set(changes.map(({ event }) => event.id));
  const arrived = new Map(sent.flatMap((event) => (ids.has(event.id) ? [[event.id, event]] : [])));
  expect(Object.fromEntries(arrived)).toEqual(byId(changes));
  const first = [...arrived.keys()];
  for (const [, own] of Map.groupBy(changes, ({ item }) => item)) {
    const order = own.map(({ event }) => event.id);
    expect(first.filter((id) => order.includes(id))).toEqual(order);
  }
}

const byId = (changes: readonly Change[]) =>
  Object.fromEntries(changes.map(({ event }) => [event.id, event]));

/** The events of a tenant's chain by their ids, after all of it was checked, its records one by one. */
async function chainOf(tenantId: string): Promise<Record<string, unknown>> {
  const reader = new AuditChainReader(dynamodb.audit);
  const { items: links } = await reader.links(tenantId, null);
  const { items: records } = await reader.records(tenantId, null);
  expect(checkChain(links, undefined, new Date(), sha256).tampering).toEqual([]);
  expect(records.flatMap(({ position, seq, link }) => strayRecord(position, seq, link) ?? [])).toEqual([]);
  expect(links.map(({ seq }) => seq)).toEqual(links.map((_, index) => index + 1));
  expect(records).toHaveLength(links.length);
  return Object.fromEntries(links.flatMap(({ record }) => (record ? [[record.event.id, record.event]] : [])));
}

test.each(FATES)(
  'a publisher that %s, at whichever of its calls: delivered again, nothing is missing or twice',
  async (fate) => {
    let stops = 0;
    for (let at = 0, isOver = false; !isOver; at += 1) {
      const tenant = newTenants();
      // 51 events of one tenant, for a second transaction, and some of two others.
      const changes = Array.from({ length: 53 }, (_, i) =>
        i % 25 === 7 ? changeOf('other', tenant(i)) : changeOf(`${i % 30}`, tenant(0)),
      );
      const batch = changes.map(({ record }) => record);
      const first = new Publisher({ at, fate });
      let done = await first.deliver(batch);
      while (done < batch.length) done += await new Publisher().deliver(batch.slice(done));
      await first.underWay?.().catch(isTooLate);
      await expectPublished(changes);
      isOver = first.calls.length <= at;
      if (!isOver) stops += 1;
    }
    // For three tenants a query each and four transactions, more where one met a conflict; six requests to the bus.
    expect(stops).toBeGreaterThanOrEqual(3 + 4 + 6);
  },
);

const trouble = fc.record({ at: fc.integer({ min: 0, max: 7 }), fate: fc.constantFrom(...FATES) });
const delivery = fc.record({
  size: fc.integer({ min: 1, max: 6 }),
  /** How many acknowledged records come again. */
  again: fc.constantFrom(0, 0, 1, 3),
  trouble: fc.option(trouble, { nil: undefined }),
  /** Whether a second publisher gets the same batch at the same time. */
  twice: fc.boolean(),
});
type Delivery = typeof delivery extends fc.Arbitrary<infer Value> ? Value : never;
const UNDISTURBED: Delivery = { size: 10, again: 0, trouble: undefined, twice: false };
const shard = fc.record({
  items: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 9 }),
  plan: fc.array(delivery, { minLength: 2, maxLength: 7 }),
});

/** One shard's event source: batches from the first unacknowledged record on, and some for nothing. */
async function consume(changes: readonly Change[], plan: readonly Delivery[], turn: Turn): Promise<void> {
  const deliveries = plan[Symbol.iterator]();
  const records = changes.map(({ record }) => record);
  const underWay: Promise<unknown>[] = [];
  for (let acknowledged = 0; acknowledged < records.length; ) {
    const { size, again, trouble, twice } = deliveries.next().value ?? UNDISTURBED;
    const from = Math.max(0, acknowledged - again);
    const batch = records.slice(from, from + size);
    const publisher = new Publisher(trouble, turn);
    const twin = twice ? [new Publisher(undefined, turn).deliver(batch)] : [];
    const [done] = await Promise.all([publisher.deliver(batch), ...twin]);
    if (publisher.underWay) underWay.push(turn('under way').then(publisher.underWay).catch(isTooLate));
    acknowledged = from + done;
  }
  await Promise.all(underWay);
}

test('whatever is mixed, dies, fails or comes again: nothing is missing, twice in the table or out of order', async () => {
  const scenario = fc.record({
    shards: fc.array(shard, { minLength: 2, maxLength: 3 }),
    refusals: fc.array(fc.constantFrom(undefined, 0, 1), { maxLength: 8 }),
    scheduler: fc.scheduler(),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ shards, refusals, scheduler }) => {
      const tenant = newTenants();
      const turn: Turn = (call) => scheduler.schedule(Promise.resolve(), call);
      const waiting = refusals[Symbol.iterator]();
      bus.refuse = (entries) => {
        const refused = waiting.next().value;
        return refused !== undefined && refused < entries.length ? { entries: [refused] } : undefined;
      };
      // Tenants have credentials in all shards, so their publishers meet in one chain.
      const sequences = shards.map(({ items, plan }, number) => ({
        changes: items.map((item) => changeOf(`${number}-${item}`, tenant(item % 2))),
        plan,
      }));
      const consumers = sequences.map(({ changes, plan }) => consume(changes, plan, turn));
      await scheduler.waitFor(Promise.all(consumers));
      await expectPublished(sequences.flatMap(({ changes }) => changes));
    }),
    { numRuns: 30 },
  );
});
