import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { credentialIdOf, itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, type TestClaims, TestManagement } from '../support/management.ts';

const TENANTS = ['tenant_one', 'tenant_two', 'tenant_three'];
const actingFor = (...tenants: string[]): TestClaims => ({
  ...{ ...ADMIN, sub: 'person-of-some', 'keywright:role': 'developer' },
  'keywright:tenants': `[${tenants.join(' ')}]`,
});
let dynamodb: TestDynamoDb;
let management: TestManagement;
const commands: string[] = [];
const NEW_KEY = { type: 'secret', environment: 'live', role: 'writer' };
const made: { keyId: string; tenantId: string; name: string; secret: string }[] = [];

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  for (const tenantId of TENANTS) {
    management.clock = new Date(management.clock.getTime() + 1000);
    await management.call('POST /v1/tenants', { body: { tenantId, name: tenantId } });
    for (const name of ['Orders', 'orders nightly', 'Élan', 'Billing']) {
      management.clock = new Date(management.clock.getTime() + 1000);
      const body = { name, ...NEW_KEY };
      const { key, secret } = (await management.call(`POST /v1/tenants/${tenantId}/keys`, { body })).body;
      made.push({ keyId: key.keyId, tenantId, name, secret });
    }
  }
  dynamodb.main.client.middlewareStack.add(
    (next, context) => (args) => {
      commands.push(String(context.commandName));
      return next(args);
    },
    { step: 'initialize' },
  );
});
afterAll(() => dynamodb.close());

/** Every page, as many at a time. */
async function find(query: Record<string, string>, claims = ADMIN, limit = '5'): Promise<string[]> {
  const names: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const asked = { limit, ...query, ...(cursor !== '' && { cursor }) };
    const { status, body } = await management.call('GET /v1/keys', { claims, query: asked });
    expect([asked, status, body.items?.length <= Number(limit)]).toEqual([asked, 200, true]);
    names.push(...body.items.map((key: { tenantId: string; name: string }) => `${key.tenantId} ${key.name}`));
    cursor = body.nextCursor;
  }
  return names;
}
const named = (...names: string[]) =>
  [...TENANTS].reverse().flatMap((tenantId) => names.map((name) => `${tenantId} ${name}`));
const get = (keyId: string, claims = ADMIN) => management.call(`GET /v1/keys/${keyId}`, { claims });

describe('keys of several tenants', () => {
  test('are listed tenant by tenant, the newest first, in pages of any size', async () => {
    const all = named('Billing', 'Élan', 'orders nightly', 'Orders');
    for (const limit of ['1', '4', '5', '100'])
      expect([limit, await find({}, ADMIN, limit)]).toEqual([limit, all]);
    expect(await find({}, actingFor('tenant_one', 'tenant_three'))).toEqual(
      all.filter((name) => !name.startsWith('tenant_two')),
    );
    expect(await find({ tenantId: 'tenant_two' })).toEqual(
      all.filter((name) => name.startsWith('tenant_two')),
    );
    expect(await find({}, actingFor())).toEqual([]);
  });

  test('are found by the beginning of a name in any case, in the order of names', async () => {
    for (const limit of ['1', '100']) {
      expect(await find({ q: 'ORDERS' }, ADMIN, limit)).toEqual(named('orders nightly', 'Orders'));
      expect(await find({ q: 'orders n', tenantId: 'tenant_one' }, ADMIN, limit)).toEqual([
        'tenant_one orders nightly',
      ]);
    }
    expect(await find({ q: 'e\u0301lan' })).toEqual(named('Élan'));
    expect(await find({ q: 'rders' })).toEqual([]);
    expect(await find({ q: 'orders%' })).toEqual([]);
  });

  test('go on however long the names are and what is looked for', async () => {
    const q = '\u{1f511}'.repeat(90);
    const path = 'POST /v1/tenants/tenant_one/keys';
    const keyIds: string[] = [];
    for (const end of ['a', 'b', 'c']) {
      const body = { name: `${q}${'\u{1f511}'.repeat(9)}${end}`, ...NEW_KEY };
      keyIds.push((await management.call(path, { body })).body.key.keyId);
    }
    expect(await find({ q }, ADMIN, '1')).toHaveLength(3);
    // What the index does not know of yet is found no more, and gone on after.
    const [keyId = ''] = keyIds;
    await dynamodb.main.client.send(
      new UpdateCommand({
        ...{ TableName: dynamodb.main.name, Key: itemKey.credential(credentialIdOf(keyId)) },
        ...{ UpdateExpression: 'SET #name = :name', ExpressionAttributeNames: { '#name': 'name' } },
        ExpressionAttributeValues: { ':name': 'Aardvark' },
      }),
    );
    expect(await find({ q }, ADMIN, '1')).toHaveLength(2);
    for (const each of keyIds) await management.call(`POST /v1/tenants/tenant_one/keys/${each}/revoke`);
  });

  test('are found by id and by hint, of one’s own tenants alone, and never by a search of all', async () => {
    const [{ keyId, tenantId, name, secret } = made[0] as (typeof made)[number]] = made;
    const own = [`${tenantId} ${name}`];
    commands.length = 0;
    for (const q of [keyId, keyId.slice('key_'.length), secret.slice(-4)]) {
      expect(await find({ q })).toEqual(own);
      expect(await find({ q }, actingFor(tenantId))).toEqual(own);
      expect(await find({ q }, actingFor('tenant_two'))).toEqual([]);
      expect(await find({ q, tenantId: 'tenant_two' })).toEqual([]);
      expect(await find({ q, status: 'revoked' })).toEqual([]);
    }
    expect(commands).not.toContain('ScanCommand');
    expect(await find({ q: secret.slice(-4) }, ADMIN, '1')).toEqual(own);
  });

  test('pass the filters', async () => {
    const { keyId, tenantId } = made[1] as (typeof made)[number];
    const expiresAt = new Date(management.clock.getTime() + 86_400_000).toISOString();
    const path = `/v1/tenants/${tenantId}/keys/${keyId}`;
    await management.call(`PATCH ${path}`, { body: { expiresAt } });
    const before = new Date(Date.parse(expiresAt) + 1).toISOString();
    expect(await find({ expiresBefore: before })).toEqual(['tenant_one orders nightly']);
    expect(await find({ expiresBefore: expiresAt })).toEqual([]);
    await management.call(`POST ${path}/disable`, {});
    expect(await find({ status: 'disabled', q: 'o' })).toEqual(['tenant_one orders nightly']);
    expect(await find({ environment: 'sandbox' })).toEqual([]);
    expect(await find({ unusedSinceDays: '1' })).toEqual([]);
  });

  test('of a tenant that one does not act for are a 404, as of one that there is not; so is one by its id', async () => {
    const { keyId, tenantId } = made[0] as (typeof made)[number];
    for (const tenantId of ['tenant_two', 'tenant_gone']) {
      const claims = actingFor('tenant_one');
      expect((await management.call('GET /v1/keys', { claims, query: { tenantId } })).status).toBe(404);
    }
    const [others, none] = [await get(keyId, actingFor('tenant_two')), await get('key_000000000000')];
    expect([others.status, none.status]).toEqual([404, 404]);
    expect({ ...others.body.error, requestId: '' }).toEqual({ ...none.body.error, requestId: '' });
    const own = await get(keyId, actingFor(tenantId));
    expect(own.body).toEqual((await management.call(`GET /v1/tenants/${tenantId}/keys/${keyId}`)).body);
    expect(own.headers.etag).toBeDefined();
  });

  test('that few of many with such a name match come once each, in pages of any size', async () => {
    for (let i = 1; i <= 9; i += 1) {
      const body = { name: `Paged ${i}`, ...NEW_KEY };
      const { keyId } = (await management.call('POST /v1/tenants/tenant_two/keys', { body })).body.key;
      if (i % 3 === 0)
        await management.call(`POST /v1/tenants/tenant_two/keys/${keyId}/disable`, { body: {} });
    }
    const disabled = [3, 6, 9].map((i) => `tenant_two Paged ${i}`);
    for (const limit of ['1', '2', '3', '8', '9', '100'])
      expect([limit, await find({ q: 'paged', status: 'disabled' }, ADMIN, limit)]).toEqual([
        limit,
        disabled,
      ]);
  });

  test('are not gone on with by the cursor of another list, of another person’s tenant or of one’s own making', async () => {
    const page = async (query: Record<string, string>, claims = ADMIN) =>
      management.call('GET /v1/keys', { claims, query: { limit: '1', ...query } });
    const { nextCursor: cursor } = (await page({})).body;
    const [list, position] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const forged = (text: string) => Buffer.from(JSON.stringify([list, text])).toString('base64url');
    const named = (await page({ q: 'orders' })).body.nextCursor;
    const [listOfNames, place] = JSON.parse(Buffer.from(named, 'base64url').toString());
    const forgedName = (name: string) => {
      const text = place.replace(/ .*#/, ` ${name}#`);
      return Buffer.from(JSON.stringify([listOfNames, text])).toString('base64url');
    };
    expect((await page({ q: 'orders', cursor: forgedName('orders n') })).status).toBe(200);
    for (const [query, claims] of [
      ...['zz', 'a', 'orders\ud800'].map(
        (name) => [{ q: 'orders', cursor: forgedName(name) }, ADMIN] as const,
      ),
      [{ cursor, q: 'orders' }, ADMIN],
      [{ cursor }, actingFor('tenant_one')],
      [{ cursor: forged(`${position} `) }, ADMIN],
      [{ cursor: forged(`${'x'.repeat(2000)}#key_000000000000`) }, ADMIN],
    ] as const)
      expect((await page(query, claims)).status).toBe(400);
  });
});

test('a key’s new name and new secret are what it is found by, and one that is revoked has no hint', async () => {
  const { keyId, tenantId, secret } = made[3] as (typeof made)[number];
  const path = `/v1/tenants/${tenantId}/keys/${keyId}`;
  management.clock = new Date(management.clock.getTime() + 1000);
  await management.call(`PATCH ${path}`, { body: { name: 'Ledger' } });
  expect((await get(keyId)).body.updatedAt).toBe(management.clock.toISOString());
  const rotated = (await management.call(`POST ${path}/rotate`, { body: {} })).body.secret;
  const query = { tenantId };
  expect(await find({ ...query, q: 'billing' })).toEqual([]);
  expect(await find({ ...query, q: 'LEDGER' })).toEqual([`${tenantId} Ledger`]);
  expect(await find({ ...query, q: rotated.slice(-4) })).toEqual([`${tenantId} Ledger`]);
  expect(await find({ ...query, q: secret.slice(-4) })).toEqual([]);
  await management.call(`POST ${path}/revoke`, { body: {} });
  expect(await find({ ...query, q: rotated.slice(-4) })).toEqual([]);
});

test('what an older version made is found by name from its next change on', async () => {
  const { keyId, tenantId } = made[2] as (typeof made)[number];
  await dynamodb.main.client.send(
    new UpdateCommand({
      TableName: dynamodb.main.name,
      Key: itemKey.credential(credentialIdOf(keyId)),
      UpdateExpression: 'REMOVE namePk, nameKey, hintKey, updatedAt',
    }),
  );
  expect(await find({ q: 'élan', tenantId })).toEqual([]);
  expect(await find({ q: keyId })).toEqual([`${tenantId} Élan`]);
  expect((await get(keyId)).body.updatedAt).toBeNull();
  await management.call(`PATCH /v1/tenants/${tenantId}/keys/${keyId}`, { body: { metadata: { a: 'b' } } });
  expect(await find({ q: 'élan', tenantId })).toEqual([`${tenantId} Élan`]);
});
