import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

const KEYS = `/v1/tenants/${TENANT_ID}/keys`;

let dynamodb: TestDynamoDb;
let management: TestManagement;
let products: { immediate: string };
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  products = await createProducts(management);
});
afterAll(() => dynamodb.close());

const at = (time: string) => Date.parse(`2026-11-22T${time}Z`);
const note = async (keyId: string, secretId: string, time: string) => {
  await management.lastUses.note({ keyId, secretId, at: at(time) });
  dynamodb.settle();
};
const create = async (): Promise<string> => {
  const body = { name: 'Billing', type: 'secret', environment: 'live', role: 'writer' };
  return (await management.call(`POST ${KEYS}`, { body })).body.key.keyId;
};
const secretIds = async (keyId: string) =>
  ((await management.keys.get(TENANT_ID, keyId))?.secrets ?? []).map(({ id }) => id);

describe('a last use', () => {
  test('moves forward only, and by a minute at least, however often and in whatever order it is told', async () => {
    const times = ['12:00:00.000', '12:00:30.000', '12:01:00.000', '11:59:00.000', '12:00:00.000'];
    for (const time of times) await note('key_000000000001', 'a', time);
    expect(await management.lastUses.lastUseOf('key_000000000001')).toEqual({
      at: '2026-11-22T12:01:00.000Z',
      bySecret: { a: '2026-11-22T12:01:00.000Z' },
    });
  });

  test('is that of the secret that was used last', async () => {
    await note('key_000000000002', 'a', '12:00:00.000');
    await note('key_000000000002', 'b', '11:00:00.000');
    expect(await management.lastUses.lastUseOf('key_000000000002')).toEqual({
      at: '2026-11-22T12:00:00.000Z',
      bySecret: { a: '2026-11-22T12:00:00.000Z', b: '2026-11-22T11:00:00.000Z' },
    });
  });

  test('is found for as many credentials as asked for, and missing for those that were never used', async () => {
    const ids = Array.from({ length: 120 }, (_, i) => `key_many${String(i).padStart(8, '0')}`);
    await Promise.all(ids.slice(1).map((keyId) => note(keyId, 'a', '12:00:00.000')));
    const found = await management.lastUses.lastUsed(ids);
    expect([...found.keys()].sort()).toEqual(ids.slice(1));
  });
});

describe('people see it', () => {
  test('on a key and on each of its secrets, whatever they do with the key', async () => {
    const keyId = await create();
    expect((await management.call(`GET ${KEYS}/${keyId}`)).body.lastUsedAt).toBeNull();
    const [old = ''] = await secretIds(keyId);
    await note(keyId, old, '11:00:00.000');
    const rotated = await management.call(`POST ${KEYS}/${keyId}/rotate`, { body: {} });
    const seen = { lastUsedAt: '2026-11-22T11:00:00.000Z' };
    expect(rotated.body.key).toMatchObject({ ...seen, secrets: [{ lastUsedAt: null }, seen] });
    const [fresh = ''] = await secretIds(keyId);
    await note(keyId, fresh, '11:30:00.000');
    const read = (await management.call(`GET ${KEYS}/${keyId}`)).body;
    const newest = { lastUsedAt: '2026-11-22T11:30:00.000Z' };
    expect(read).toMatchObject({ ...newest, secrets: [newest, seen] });
    const listed = (await management.call(`GET ${KEYS}`)).body.items;
    expect(listed.find((key: { keyId: string }) => key.keyId === keyId)).toEqual(read);
    expect((await management.call(`POST ${KEYS}/${keyId}/disable`)).body).toMatchObject(newest);
  });

  test('on the slots of a subscription, until the slot gets another key', async () => {
    const body = { tenantId: TENANT_ID, productId: products.immediate, name: 'Shop' };
    const { subscriptionId } = (await management.call('POST /v1/subscriptions', { body })).body;
    await note(subscriptionId, 'secondary', '12:30:00.000');
    const slots = { primary: { lastUsedAt: null }, secondary: { lastUsedAt: '2026-11-22T12:30:00.000Z' } };
    const path = `/v1/subscriptions/${subscriptionId}`;
    expect((await management.call(`GET ${path}`)).body).toMatchObject({ slots });
    expect((await management.call('GET /v1/subscriptions')).body.items[0]).toMatchObject({ slots });
    management.clock = new Date(at('13:00:00.000'));
    await management.call(`POST ${path}/keys/secondary/regenerate`);
    const after = (await management.call(`GET ${path}`)).body;
    expect(after.slots.secondary.lastUsedAt).toBeNull();
  });

  test('as the filter unusedSinceDays, over pages of any size', async () => {
    management.clock = new Date('2026-10-01T00:00:00.000Z');
    const created: string[] = [];
    for (let i = 0; i < 6; i++) created.push(await create());
    management.clock = new Date(at('14:00:00.000'));
    for (const keyId of created.slice(0, 3)) {
      await note(keyId, (await secretIds(keyId))[0] ?? '', '10:00:00.000');
    }
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { unusedSinceDays: '30', limit: '2', ...(cursor && { cursor }) };
      const { items, nextCursor } = (await management.call(`GET ${KEYS}`, { query })).body;
      found.push(...items.map((key: { keyId: string }) => key.keyId));
      cursor = nextCursor;
    } while (cursor !== null);
    expect(found.sort()).toEqual(created.slice(3).sort());
  });
});
