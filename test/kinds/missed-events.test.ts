import { randomBytes } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EVENTS_FROM } from '../../core/contract/deployment.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import { gapsOf, revisionOf } from '../../core/domain/audit/item-revision.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { RevisionStore } from '../../core/store/revision-store.ts';
import { findGaps } from '../../functions/audit-gaps/find-gaps.ts';
import { auditLog } from '../support/audit.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let dynamodb: TestDynamoDb;
let management: TestManagement;
/** How many of the emitted events were dealt with. */
let seen = 0;
let worlds = 0;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  management = new TestManagement(dynamodb);
});

async function call(methodAndPath: string, body: object = {}) {
  const answer = await management.call(methodAndPath, { body });
  if (answer.status >= 300) throw new Error(`${methodAndPath}: ${answer.text}`);
  return answer.body;
}

/** A tenant with a key, a role, a subscription, an API and a product, and what people may do to them. */
async function makeWorld() {
  worlds += 1;
  const tenantId = `tenant_missed${worlds}`;
  const tenant = `/v1/tenants/${tenantId}`;
  await call('POST /v1/tenants', { tenantId, name: 'Missed' });
  const key = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  const { keyId } = (await call(`POST ${tenant}/keys`, key)).key;
  const { apiId } = await call('POST /v1/apis', {
    name: 'Api',
    environment: 'live',
    scheme: 'subscription',
    routes: [],
  });
  const plan = { rateLimits: [], quota: null };
  const product = { name: 'Product', description: '', apiIds: [apiId], requiresApproval: false, plan };
  const { productId } = await call('POST /v1/products', product);
  const { subscriptionId } = await call('POST /v1/subscriptions', { tenantId, productId, name: 'Sub' });
  let changes = 0;
  const name = () => {
    changes += 1;
    return `Name ${changes}`;
  };
  const steps: Record<string, () => Promise<unknown>> = {
    renameKey: () => call(`PATCH ${tenant}/keys/${keyId}`, { name: name() }),
    rotateKey: () => call(`POST ${tenant}/keys/${keyId}/rotate`),
    renameTenant: () => call(`PATCH ${tenant}`, { name: name() }),
    changeRole: () => call(`PUT ${tenant}/roles/clerk`, { permissions: [], description: name() }),
    renameApi: () => call(`PATCH /v1/apis/${apiId}`, { name: name() }),
    renameProduct: () => call(`PATCH /v1/products/${productId}`, { name: name() }),
    regenerate: () => call(`POST /v1/subscriptions/${subscriptionId}/keys/primary/regenerate`),
    showClientKey: () => call(`POST /v1/apis/${apiId}/client-key/reveal`),
    newKey: () => call(`POST ${tenant}/keys`, { ...key, name: name() }),
  };
  return { tenantId, keyId, steps };
}
const STEPS = [
  'renameKey',
  'rotateKey',
  'renameTenant',
  'changeRole',
  'renameApi',
  'renameProduct',
  'regenerate',
  'showClientKey',
  'newKey',
];

/** Events that were emitted since the last call. */
async function newEvents(): Promise<readonly AuditEvent[]> {
  const all = await dynamodb.emitted();
  const events = all.slice(seen);
  seen = all.length;
  return events;
}

async function keep(events: readonly AuditEvent[]): Promise<void> {
  const log = auditLog(dynamodb.audit);
  for (const [tenantId, own] of Map.groupBy(events, (event) => event.tenantId))
    expect((await log.append(tenantId, own)).failure).toBeUndefined();
}

const named = (event: AuditEvent) => {
  const { item, revision } = revisionOf(event) ?? { item: 'none', revision: 0 };
  return `${item} ${revision}`;
};

interface Told {
  readonly item: string;
  readonly revision: number;
}

async function verify(tenantId: string | undefined, complete = 'true') {
  const found = { missing: [] as string[], underWay: [] as string[], tampering: [] as unknown[] };
  let cursor: string | null = null;
  do {
    const query = { complete, ...(tenantId && { tenantId }), ...(cursor && { cursor }) };
    const { status, body } = await management.call('GET /v1/audit/verify', { query });
    expect(status).toBe(200);
    const text = ({ item, revision }: Told) => `${item} ${revision}`;
    found.missing.push(...body.missing.map(text));
    found.underWay.push(...body.underWay.map(text));
    found.tampering.push(...body.tampering);
    cursor = body.nextCursor;
  } while (cursor !== null);
  return found;
}

/** A search through everything, by as many runs as it takes. */
async function search(after = DAY, hasTime = () => true) {
  const revisions = new RevisionStore(dynamodb.main, dynamodb.audit);
  const failures: string[] = [];
  const now = () => new Date(management.clock.getTime() + after);
  const run = {
    requestId: 'search',
    hasTime,
    onFailure: (item: string, cause: unknown) => void failures.push(`${item} ${cause}`),
  };
  dynamodb.settle();
  const report = await findGaps({ revisions, now, randomBytes }, run);
  expect(failures).toEqual([]);
  const told = (await newEvents()).filter(({ type }) => type === 'audit.gap');
  await keep(told);
  return { ...report, told: told.map(({ subject, data }) => `${subject.id} ${data.revision}`).sort() };
}

describe('whatever events are lost', () => {
  test('verification and the search name exactly these, and none of an honest history', async () => {
    const history = fc.array(fc.constantFrom(...STEPS), { minLength: 3, maxLength: 12, size: 'max' });
    const losses = fc.infiniteStream(fc.constantFrom(false, false, true));
    let days = 0;
    await fc.assert(
      fc.asyncProperty(history, fc.boolean(), losses, async (steps, isHonest, lost) => {
        management = new TestManagement(dynamodb);
        days += 10;
        management.clock = new Date(management.clock.getTime() + days * DAY);
        const world = await makeWorld();
        for (const step of steps) {
          management.clock = new Date(management.clock.getTime() + 60_000);
          await world.steps[step]?.();
        }
        const events = await newEvents();
        const dropped = isHonest ? [] : events.filter(() => lost.next().value);
        await keep(events.filter((event) => !dropped.includes(event)));
        management.clock = new Date(management.clock.getTime() + HOUR);
        const expected = dropped.map(named).sort();
        const own = await verify(world.tenantId);
        const shared = await verify(undefined);
        expect([...own.missing, ...shared.missing].filter((each) => expected.includes(each)).sort()).toEqual(
          expected,
        );
        expect(own.missing.filter((each) => !expected.includes(each))).toEqual([]);
        expect([own.tampering, own.underWay, shared.underWay]).toEqual([[], [], []]);
        expect((await search()).told).toEqual(expected);
        expect((await search(2 * DAY)).told).toEqual([]);
      }),
      { numRuns: 6 },
    );
  });

  test('rows of what was lost stay named by verification, and only where it is asked for', async () => {
    const world = await makeWorld();
    await world.steps.renameKey?.();
    const events = await newEvents();
    const lost = events.filter(({ subject, revision }) => subject.id === world.keyId && revision === 2);
    await keep(events.filter((event) => !lost.includes(event)));
    management.clock = new Date(management.clock.getTime() + HOUR);
    expect((await verify(world.tenantId)).missing).toEqual([`${world.keyId} 2`]);
    expect((await verify(world.tenantId, 'false')).missing).toEqual([]);
    await search();
    expect((await verify(world.tenantId)).missing).toEqual([`${world.keyId} 2`]);
    await keep(lost);
    expect((await verify(world.tenantId)).missing).toEqual([]);
  });
});

describe('what is not missing', () => {
  test('an event on its way: it is told apart while the change is young', async () => {
    const world = await makeWorld();
    await world.steps.renameKey?.();
    const events = await newEvents();
    const late = events.filter(({ subject, revision }) => subject.id === world.keyId && revision === 2);
    await keep(events.filter((event) => !late.includes(event)));
    expect(await verify(world.tenantId)).toMatchObject({ missing: [], underWay: [`${world.keyId} 2`] });
    expect((await search(12 * HOUR)).told).toEqual([]);
    await keep(late);
    expect(await verify(world.tenantId)).toMatchObject({ missing: [], underWay: [] });
    expect((await search(3 * DAY)).told).toEqual([]);
  });

  test('what was kept, and whose record is over: its number stays', async () => {
    const world = await makeWorld();
    const now = () => management.clock;
    const log = auditLog(dynamodb.audit, { retentionDays: 1, now });
    const events = await newEvents();
    for (const [tenantId, own] of Map.groupBy(events, (event) => event.tenantId))
      await log.append(tenantId, own);
    management.clock = new Date(management.clock.getTime() + 400 * DAY);
    expect((await verify(world.tenantId)).missing).toEqual([]);
  });

  test('what happened before events said their number, and what makes none', async () => {
    const world = await makeWorld();
    const { client, name: TableName } = dynamodb.main;
    const key = itemKey.credential(world.keyId.slice(-12));
    await client.send(
      new UpdateCommand({
        TableName,
        Key: key,
        UpdateExpression: 'SET revision = :r, digests.x = :d REMOVE #from',
        ExpressionAttributeNames: { '#from': EVENTS_FROM },
        ExpressionAttributeValues: { ':r': 7, ':d': { pepper: 'v1', hmac: 'x' } },
      }),
    );
    await world.steps.renameKey?.();
    const events = (await newEvents()).filter(
      ({ subject, revision }) => !(subject.id === world.keyId && revision === 1),
    );
    await keep(events);
    management.clock = new Date(management.clock.getTime() + HOUR);
    expect((await verify(world.tenantId)).missing).toEqual([]);
    expect(await dynamodb.item(key)).toMatchObject({ revision: 8, [EVENTS_FROM]: 8 });
  });
});

describe('the search', () => {
  test('goes on where it was stopped, and one item that can’t be compared stops no other', async () => {
    const [one, other] = [await makeWorld(), await makeWorld()];
    await one.steps.renameKey?.();
    await other.steps.renameKey?.();
    const events = await newEvents();
    await keep(events.filter(({ subject, revision }) => !(subject.type === 'apiKey' && revision === 2)));
    const revisions = new RevisionStore(dynamodb.main, dynamodb.audit);
    const recorded = revisions.recorded.bind(revisions);
    revisions.recorded = async (of) => {
      if (of.item === one.keyId) throw new Error('unreadable');
      return recorded(of);
    };
    const failed: string[] = [];
    const now = () => new Date(management.clock.getTime() + 5 * DAY);
    const told: string[] = [];
    for (let run = 0; run < 60; run += 1) {
      let parts = 0;
      dynamodb.settle();
      await findGaps(
        { revisions, now, randomBytes },
        {
          requestId: `run-${run}`,
          hasTime: () => {
            parts += 1;
            return parts === 1;
          },
          onFailure: (item) => void failed.push(item),
        },
      );
      dynamodb.settle();
      told.push(...(await newEvents()).map(({ subject, data }) => `${subject.id} ${data.revision}`));
    }
    expect(told).toEqual([`${other.keyId} 2`]);
    expect(failed).toEqual([one.keyId]);
  });

  test('and verification end, whatever number somebody writes into an item', async () => {
    const world = await makeWorld();
    await keep(await newEvents());
    const { client, name: TableName } = dynamodb.main;
    await client.send(
      new UpdateCommand({
        TableName,
        Key: itemKey.credential(world.keyId.slice(-12)),
        UpdateExpression: 'SET revision = :r',
        ExpressionAttributeValues: { ':r': 1e15 },
      }),
    );
    management.clock = new Date(management.clock.getTime() + 900 * DAY);
    expect((await search()).told).toHaveLength(500);
    expect((await verify(world.tenantId)).missing).toHaveLength(101);
  });

  test('costs no more for a number that is made up', () => {
    const item = { item: 'key_a', tenantId: null, eventsFrom: 1, changedAt: '2026-11-22T12:00:00.000Z' };
    const gaps = gapsOf({ ...item, revision: Number.MAX_SAFE_INTEGER - 1 }, [
      { revision: 5, time: '2026-11-20T12:00:00.000Z' },
    ]);
    expect(gaps.map(({ from, to }) => [from, to])).toEqual([
      [1, 4],
      [6, Number.MAX_SAFE_INTEGER - 1],
    ]);
  });
});
