import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { SECOND_ADMIN, TestManagement } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
let tenants = 0;
let tenant = '';

beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());

beforeEach(async () => {
  management = new TestManagement(dynamodb);
  tenants += 1;
  tenant = `/v1/tenants/tenant_list_${tenants}`;
  await management.call('POST /v1/tenants', { body: { tenantId: `tenant_list_${tenants}`, name: 'List' } });
});

const KEY = { name: 'Billing', type: 'secret', environment: 'live', role: 'writer' };
const post = (path: string, body: object = {}) => management.call(`POST ${tenant}${path}`, { body });
const list = (query: Record<string, string> = {}) => management.call(`GET ${tenant}/keys`, { query });

function later(milliseconds: number): void {
  management.clock = new Date(management.clock.getTime() + milliseconds);
}

async function create(body: object = {}): Promise<{ key: { keyId: string }; secret: string }> {
  const answer = await post('/keys', { ...KEY, ...body });
  expect(answer.status).toBe(201);
  return answer.body;
}

describe('Idempotency-Key', () => {
  const createWith = (key: string, body: object = KEY, claims = {}) =>
    management.call(`POST ${tenant}/keys`, { body, headers: { 'idempotency-key': key }, ...claims });

  test('a repeat gives the same record, without the secret', async () => {
    const first = await createWith('order 1');
    expect(first.status).toBe(201);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    later(60_000);
    const again = await createWith('order 1', Object.fromEntries(Object.entries(KEY).reverse()));
    expect(again).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' } });
    expect(again.body).toEqual({ key: first.body.key });
    expect((await list()).body.items).toHaveLength(1);
  });

  test('a repeat still finds the key after it has changed', async () => {
    const first = await createWith('order 2');
    await post(`/keys/${first.body.key.keyId}/revoke`);
    const again = await createWith('order 2');
    expect(again).toMatchObject({ status: 200, body: { key: { status: 'revoked' } } });
  });

  test('many at once make one key, and one of them is told the secret', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => createWith('order 3')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.key.keyId)).size).toBe(1);
    expect(answers.filter(({ body }) => body.secret !== undefined)).toHaveLength(1);
  });

  test('with another body is a 409', async () => {
    await createWith('order 4');
    const other = await createWith('order 4', { ...KEY, name: 'Other' });
    expect(other).toMatchObject({ status: 409, body: { error: { code: 'idempotency_mismatch' } } });
  });

  test('another person’s, or another tenant’s, is another key', async () => {
    const first = await createWith('order 5');
    const second = await createWith('order 5', KEY, { claims: SECOND_ADMIN });
    expect(second.status).toBe(201);
    expect(second.body.key.keyId).not.toBe(first.body.key.keyId);
    await management.call('POST /v1/tenants', {
      body: { tenantId: `tenant_other_${tenants}`, name: 'Other' },
    });
    const elsewhere = await management.call(`POST /v1/tenants/tenant_other_${tenants}/keys`, {
      body: KEY,
      headers: { 'idempotency-key': 'order 5' },
    });
    expect(elsewhere.status).toBe(201);
  });

  test.each(['', 'x'.repeat(256), 'caf\u00e9', 'a\tb'])('%j is a 400', async (key) => {
    const answer = await createWith(key);
    expect(answer.body.error).toMatchObject({ code: 'invalid_request', param: 'Idempotency-Key' });
  });
});

describe('listing', () => {
  test('newest first, in pages that miss and repeat nothing', async () => {
    const names: string[] = [];
    for (let i = 0; i < 7; i++) {
      names.unshift(`key ${i}`);
      await create({ name: `key ${i}` });
      later(i % 2);
    }
    const whole = await list();
    expect(whole.body.nextCursor).toBeNull();
    const seen: { keyId: string }[] = [];
    let cursor: string | null = null;
    do {
      const page = await list({ limit: '2', ...(cursor !== null && { cursor }) });
      expect(page.body.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.body.items);
      cursor = page.body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(whole.body.items);
    expect(seen).toHaveLength(names.length);
    const times = whole.body.items.map(({ createdAt }: { createdAt: string }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
  });

  test('a page that ends the list has no next one', async () => {
    await create();
    await create();
    expect((await list({ limit: '2' })).body.nextCursor).toBeNull();
    expect((await list({ limit: '1' })).body.nextCursor).not.toBeNull();
  });

  test('filters', async () => {
    const id = async (body: object) => (await create(body)).key.keyId;
    const old = await id({ name: 'old' });
    later(10 * 86_400_000);
    const live = await id({});
    const sandbox = await id({ environment: 'sandbox' });
    const publishable = await id({ type: 'publishable' });
    const reader = await id({ role: 'reader' });
    const expiring = await id({ expiresAt: new Date(management.clock.getTime() + 1).toISOString() });
    later(1);
    const disabled = await id({});
    await post(`/keys/${disabled}/disable`);
    const revoked = await id({});
    await post(`/keys/${revoked}/revoke`);
    const found = async (query: Record<string, string>) =>
      (await list(query)).body.items.map(({ keyId }: { keyId: string }) => keyId).sort();
    const all = [old, live, sandbox, publishable, reader, expiring, disabled, revoked];
    expect(await found({})).toEqual([...all].sort());
    expect(await found({ status: 'disabled' })).toEqual([disabled]);
    expect(await found({ status: 'revoked' })).toEqual([revoked]);
    expect(await found({ status: 'expired' })).toEqual([expiring]);
    expect(await found({ status: 'active' })).toEqual([old, live, sandbox, publishable, reader].sort());
    expect(await found({ environment: 'sandbox' })).toEqual([sandbox]);
    expect(await found({ type: 'publishable' })).toEqual([publishable]);
    expect(await found({ role: 'reader' })).toEqual([reader]);
    expect(await found({ unusedSinceDays: '10' })).toEqual([old]);
    expect(await found({ unusedSinceDays: '11' })).toEqual([]);
    expect(await found({ environment: 'live', status: 'active', role: 'reader' })).toEqual([reader]);
  });

  test('those that are being rotated are found while the older secret works', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 4; i += 1) ids.push((await create()).key.keyId);
    const [short, long, disabled, revoked] = ids as [string, string, string, string];
    await post(`/keys/${short}/rotate`, { overlapSeconds: 3600 });
    for (const keyId of [long, disabled, revoked])
      await post(`/keys/${keyId}/rotate`, { overlapSeconds: 7200 });
    await post(`/keys/${disabled}/disable`);
    await post(`/keys/${revoked}/revoke`);
    const found = async (inOverlap: string) =>
      (await list({ inOverlap })).body.items.map(({ keyId }: { keyId: string }) => keyId).sort();
    expect(await found('true')).toEqual([short, long, disabled].sort());
    expect(await found('false')).toEqual([revoked]);
    later(3_600_000);
    expect(await found('true')).toEqual([long, disabled].sort());
    await post(`/keys/${long}/end-overlap`);
    expect(await found('true')).toEqual([disabled]);
  });

  test.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ limit: 'ten' }, 'limit'],
    [{ status: 'gone' }, 'status'],
    [{ unusedSinceDays: '-1' }, 'unusedSinceDays'],
    [{ inOverlap: 'yes' }, 'inOverlap'],
    [{ colour: 'red' }, 'colour'],
    [{ cursor: 'x' }, 'cursor'],
    [{ cursor: '' }, 'cursor'],
    [
      { cursor: Buffer.from('["keys tenant_x","2026-11-22T12:00:00.000Z#key_1"]').toString('base64url') },
      'cursor',
    ],
  ])('%j is a 400 that names %s', async (query, param) => {
    const answer = await list(query as Record<string, string>);
    expect(answer.body.error).toMatchObject({ code: 'invalid_request', param });
  });

  test('a cursor of another tenant’s list is a 400', async () => {
    await create();
    await create();
    const { nextCursor } = (await list({ limit: '1' })).body;
    await management.call('POST /v1/tenants', {
      body: { tenantId: `tenant_third_${tenants}`, name: 'Third' },
    });
    const answer = await management.call(`GET /v1/tenants/tenant_third_${tenants}/keys`, {
      query: { cursor: nextCursor },
    });
    expect(answer.body.error).toMatchObject({ code: 'invalid_request', param: 'cursor' });
  });
});
