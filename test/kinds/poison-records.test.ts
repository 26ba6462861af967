import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { signedClient } from '../../core/aws/signed-client.ts';
import { EVENT_TYPES } from '../../core/contract/events.ts';
import { LARGEST_EVENT_BYTES, PLATFORM_LIMITS } from '../../core/contract/platform-limits.ts';
import { checkChain } from '../../core/domain/audit/audit-chain.ts';
import { sha256 } from '../../core/domain/ground/sha256.ts';
import { AuditChainReader } from '../../core/store/audit-chain-reader.ts';
import { publisherHandler } from '../../functions/publisher/publisher-handler.ts';
import { MOST_TRIES } from '../../functions/publisher/set-aside.ts';
import { auditLog, MemoryAnchors } from '../support/audit.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { startEventBus, type TestEventBus } from '../support/event-bus.ts';
import { largestApi, widest } from '../support/largest.ts';
import { TestManagement } from '../support/management.ts';
import { eventFor, MemoryQueue, quietLogger, recordOf, UNCOUNTED } from '../support/publisher.ts';
import { callSqs } from '../support/sqs.ts';
import { intercepted } from '../support/usage.ts';

process.env.POWERTOOLS_METRICS_DISABLED = 'true';

let dynamodb: TestDynamoDb;
let bus: TestEventBus;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  bus = await startEventBus();
});
afterEach(() => bus.close());

type Handler = (event: {
  Records: DynamoDBRecord[];
}) => Promise<{ batchItemFailures: { itemIdentifier: string }[] }>;

/** A publisher as Lambda drives it: from the record that it reports on, again, until all is dealt with. */
function lane(queue: MemoryQueue, table = dynamodb.audit, log?: (line: string) => void) {
  const anchors = new MemoryAnchors();
  const audit = auditLog(table, { wait: async () => undefined });
  const dependencies = {
    audit,
    bridge: bus.client,
    bus: 'keywright',
    anchors,
    aside: queue.place,
    summaries: UNCOUNTED,
  };
  const handler: Handler = publisherHandler(dependencies, quietLogger(log));
  const deliver = async (records: readonly DynamoDBRecord[], most = 200): Promise<number> => {
    let rest = [...records];
    let deliveries = 0;
    while (rest.length > 0 && deliveries < most) {
      deliveries += 1;
      const [failure] = (await handler({ Records: rest })).batchItemFailures;
      const from = rest.findIndex(
        ({ dynamodb: change }) => change?.SequenceNumber === failure?.itemIdentifier,
      );
      rest = from === -1 ? [] : rest.slice(from);
    }
    return deliveries;
  };
  return { deliver, handler };
}

const sent = () => bus.accepted.map(({ Detail }) => JSON.parse(Detail ?? ''));
const sentIds = () => [...new Set(sent().map(({ id }) => id as string))];

async function chainOf(tenantId: string) {
  const { items } = await new AuditChainReader(dynamodb.audit).links(tenantId, null);
  expect(checkChain(items, undefined, new Date(), sha256)).toMatchObject({ tampering: [] });
  return items.map(({ record }) => record?.event);
}

let tenants = 0;
function newTenant(): string {
  tenants += 1;
  return `tenant_poison${tenants}`;
}

/** What no event can be, each for another reason and found by another part of the way. */
const POISONS: Record<string, (tenantId: string) => unknown> = {
  'a text': () => 'nonsense',
  'no text at all': () => null,
  'an event without an actor': (tenantId) => ({ ...eventFor(tenantId), actor: undefined }),
  'an event that calls itself late': (tenantId) => ({ ...eventFor(tenantId), late: true, actor: undefined }),
  'an event of another shape': (tenantId) => ({ ...eventFor(tenantId), version: 2 }),
  'more than the audit table keeps': (tenantId) => eventFor(tenantId, 'x'.repeat(409_000)),
  'more than the bus takes': (tenantId) => eventFor(tenantId, 'x'.repeat(PLATFORM_LIMITS.eventBytes)),
};

describe('an event that can’t be published as it is', () => {
  test.each(Object.keys(POISONS))('%s is set aside after its tries, and its lane goes on', async (what) => {
    const [bad, other] = [newTenant(), newTenant()];
    const queue = new MemoryQueue();
    const [before, after, others] = [eventFor(bad), eventFor(bad), eventFor(other)];
    const records = [
      recordOf('CRED#1', before),
      recordOf('CRED#1', POISONS[what]?.(bad)),
      recordOf('CRED#1', after),
      recordOf('CRED#2', others),
    ];
    const deliveries = await lane(queue).deliver(records);
    expect(deliveries).toBe(MOST_TRIES);
    expect(queue.messages).toHaveLength(1);
    expect(sentIds()).toEqual([before.id, after.id, others.id]);
    expect((await chainOf(bad)).map((event) => event?.id)).toEqual(
      expect.arrayContaining([before.id, after.id]),
    );
    const [message = ''] = queue.messages;
    const { setAside, Records } = JSON.parse(message);
    expect(setAside.because).not.toBe('');
    expect(Records).toHaveLength(1);
  });

  test('any number of them, anywhere: all others arrive, each item in order, in whole chains', async () => {
    const kinds = Object.keys(POISONS);
    const step = fc.record({
      item: fc.nat({ max: 3 }),
      poison: fc.option(fc.constantFrom(...kinds), { freq: 3, nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14, size: 'max' }), async (steps) => {
        const tenantId = newTenant();
        const queue = new MemoryQueue();
        const start = bus.accepted.length;
        const changes = steps.map(({ item, poison }) => ({ item, poison, event: eventFor(tenantId) }));
        const records = changes.map(({ item, poison, event }) =>
          recordOf(`CRED#${item}`, poison === undefined ? event : POISONS[poison]?.(tenantId)),
        );
        await lane(queue).deliver(records);
        const good = changes.filter(({ poison }) => poison === undefined);
        const arrived = sentIds().slice(
          start === 0
            ? 0
            : new Set(
                sent()
                  .slice(0, start)
                  .map(({ id }) => id),
              ).size,
        );
        for (const item of new Set(steps.map((each) => each.item))) {
          const own = good.filter((change) => change.item === item).map(({ event }) => event.id);
          expect(arrived.filter((id) => own.includes(id))).toEqual(own);
        }
        expect(queue.messages).toHaveLength(changes.length - good.length);
        const kept = (await chainOf(tenantId)).map((event) => event?.id);
        expect(kept).toEqual(expect.arrayContaining(good.map(({ event }) => event.id)));
      }),
      { numRuns: 12 },
    );
  });

  test('is tried again while the queue is away, and lost by nothing', async () => {
    const tenantId = newTenant();
    const queue = new MemoryQueue();
    queue.failure = new Error('away');
    const publisher = lane(queue);
    const records = [recordOf('CRED#1', 'nonsense'), recordOf('CRED#1', eventFor(tenantId))];
    expect(await publisher.deliver(records, 20)).toBe(20);
    expect([queue.messages, bus.accepted]).toEqual([[], []]);
    queue.failure = undefined;
    await publisher.deliver(records);
    expect([queue.messages.length, bus.accepted.length]).toEqual([1, 1]);
  });
});

describe('what publishing depends on is away', () => {
  const untouched = async (publish: (queue: MemoryQueue) => Promise<unknown>) => {
    const queue = new MemoryQueue();
    await publish(queue);
    expect(queue.messages).toEqual([]);
  };
  const records = () => {
    const tenantId = newTenant();
    return ['CRED#1', 'CRED#2', 'CRED#1'].map((item) => recordOf(item, eventFor(tenantId)));
  };

  test.each([
    ['fails', () => ({ status: 500 })],
    ['throttles each entry', () => ({ entries: [0, 1, 2] })],
  ] as const)('the bus %s: nothing is set aside, however often', (_, refuse) =>
    untouched(async (queue) => {
      bus.refuse = refuse;
      const publisher = lane(queue);
      const all = records();
      expect(await publisher.deliver(all, 30)).toBe(30);
      bus.refuse = () => undefined;
      await publisher.deliver(all);
      expect(sentIds()).toHaveLength(3);
    }),
  );

  test.each([
    ['can’t be reached', { code: 'ECONNREFUSED' }],
    ['is too slow', { name: 'TimeoutError' }],
    ['throttles', { name: 'ProvisionedThroughputExceededException', $metadata: {} }],
    ['denies access', { name: 'AccessDeniedException', $metadata: {} }],
    ['is not there', { name: 'ResourceNotFoundException', $metadata: {} }],
  ])('the audit table %s: nothing is set aside, however often', (_, failure) =>
    untouched(async (queue) => {
      const refuse = () => Promise.reject(Object.assign(new Error('away'), failure));
      expect(await lane(queue, intercepted(dynamodb.audit, refuse)).deliver(records(), 30)).toBe(30);
    }),
  );
});

describe('bringing back what was set aside', () => {
  test('the message is the invocation: repaired, it is kept and sent once more, marked as late', async () => {
    const tenantId = newTenant();
    const queue = new MemoryQueue();
    const { deliver, handler } = lane(queue);
    const bad = { ...eventFor(tenantId), revision: 2, actor: undefined };
    const later = { ...eventFor(tenantId), revision: 3 };
    await deliver([recordOf('CRED#1', bad), recordOf('CRED#1', later)]);
    const message = JSON.parse(queue.messages[0] ?? '');
    const unrepaired = await handler(message);
    expect(unrepaired.batchItemFailures).toHaveLength(1);
    message.Records[0].dynamodb.NewImage.lastEvent.M.actor = {
      M: { type: { S: 'system' }, id: { S: 'keywright' } },
    };
    expect(await handler(message)).toEqual({ batchItemFailures: [] });
    expect(await handler(message)).toEqual({ batchItemFailures: [] });
    const chain = await chainOf(tenantId);
    expect(chain).toMatchObject([{ revision: 3 }, { id: bad.id, revision: 2, late: true }]);
    expect(sent().at(-1)).toMatchObject({ id: bad.id, late: true, actor: { id: 'keywright' } });
    expect(queue.messages).toHaveLength(1);
  });

  test('however often it fails again, it stays where it is and is told to whoever brings it', async () => {
    const queue = new MemoryQueue();
    const { deliver, handler } = lane(queue);
    await deliver([recordOf('CRED#1', { ...eventFor(newTenant()), type: '' })]);
    for (let i = 0; i < 3 * MOST_TRIES; i++)
      expect((await handler(JSON.parse(queue.messages[0] ?? ''))).batchItemFailures).toHaveLength(1);
    expect(queue.messages).toHaveLength(1);
  });

  test('the queue is SQS, and takes the largest that an item can hold', async () => {
    const { aws } = dynamodb;
    aws.createQueue({ QueueName: 'aside' });
    const queueUrl = `${aws.url}/000000000000/aside`;
    const sqs = signedClient({
      service: 'sqs',
      region: 'eu-central-1',
      endpoint: aws.url,
      credentials: () => ({ ...CREDENTIALS, sessionToken: undefined }),
      attemptMilliseconds: 5000,
      deadlineMilliseconds: 5000,
      now: Date.now,
      random: Math.random,
    });
    const queue = new MemoryQueue();
    Object.assign(queue, { place: { sqs, queueUrl } });
    for (const fill of ['x', '"', '\u0001']) {
      const event = eventFor(newTenant(), fill.repeat(380_000));
      await lane(queue).deliver([recordOf('CRED#1', { ...event, type: '' })]);
    }
    const received = await callSqs<{ Messages: { Body: string }[] }>(aws, 'ReceiveMessage', {
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
    });
    const bodies = received.Messages.map(({ Body }) => JSON.parse(Body));
    expect(bodies.map(({ Records }) => Records.length)).toEqual([1, 1, 0]);
    expect(bodies[2].setAside).toMatchObject({ tooLarge: true, place: { pk: 'CRED#1' } });
  });
});

test('the largest event that anybody can cause passes', async () => {
  const management = new TestManagement(dynamodb);
  const made = await management.call('POST /v1/apis', {
    body: { ...largestApi(widest), environment: 'live', scheme: 'subscription' },
  });
  expect(made.status).toBe(201);
  const { routes, ...rest } = largestApi((length) => '\u{1f601}'.repeat(length));
  const body = { ...rest, routes: routes.map((route) => ({ ...route, path: route.path.replace('x', 'y') })) };
  const changed = await management.call(`PATCH /v1/apis/${made.body.apiId}`, { body });
  expect(changed.status).toBe(200);
  const events = await dynamodb.emitted();
  const largest = events.toSorted((a, b) => JSON.stringify(b).length - JSON.stringify(a).length)[0];
  const bytes = Buffer.byteLength(JSON.stringify(largest));
  expect(largest?.type).toBe('api.updated');
  expect(bytes).toBeGreaterThan(170_000);
  expect(bytes).toBeLessThanOrEqual(LARGEST_EVENT_BYTES);
  const queue = new MemoryQueue();
  expect(await lane(queue).deliver([recordOf('API#1', largest)])).toBe(1);
  expect([queue.messages, sent()]).toEqual([[], [largest]]);
});

test('and so does the largest that a write lets through, set aside or not, whatever its type', async () => {
  const longest = EVENT_TYPES.toSorted((a, b) => b.length - a.length)[0] ?? 'apiKey.created';
  const fill = (padding: string) => ({ ...eventFor(newTenant(), padding), type: longest, revision: 1e9 });
  const room = LARGEST_EVENT_BYTES - Buffer.byteLength(JSON.stringify(fill('')));
  const event = fill('x'.repeat(room));
  const queue = new MemoryQueue();
  for (const each of [event, { ...fill('x'.repeat(room)), late: true }])
    expect(await lane(queue).deliver([recordOf('CRED#1', each)], 2)).toBe(1);
  expect([queue.messages, sent().length]).toEqual([[], 2]);
});

test('an event that its item can’t bring is sent to nobody, and the log says which item it came with and what it was', async () => {
  const lines: string[] = [];
  const { deliver } = lane(new MemoryQueue(), dynamodb.audit, (line) => lines.push(line));
  const record = recordOf('LIMIT#yAlP9B8aUrgK', eventFor('tenant_forged'));
  await deliver([record]);
  expect(sent()).toEqual([]);
  const [told] = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'ERROR');
  expect(told).toMatchObject({ item: 'LIMIT#yAlP9B8aUrgK', type: eventFor('tenant_forged').type });
});
