import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';

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
  tenant = `/v1/tenants/tenant_keys_${tenants}`;
  await management.call('POST /v1/tenants', { body: { tenantId: `tenant_keys_${tenants}`, name: 'Keys' } });
});

const KEY = { name: 'Billing', type: 'secret', environment: 'live', role: 'writer' };
const post = (path: string, body: object = {}) => management.call(`POST ${tenant}${path}`, { body });
const patch = (keyId: string, body: object) => management.call(`PATCH ${tenant}/keys/${keyId}`, { body });
const get = (keyId: string) => management.call(`GET ${tenant}/keys/${keyId}`);
const stored = (keyId: string) => itemKey.credential(keyId.slice('key_'.length));

function later(milliseconds: number): void {
  management.clock = new Date(management.clock.getTime() + milliseconds);
}

async function create(body: object = {}): Promise<{ key: { keyId: string }; secret: string }> {
  const answer = await post('/keys', { ...KEY, ...body });
  expect(answer.status).toBe(201);
  return answer.body;
}

describe('creating', () => {
  test('the secret is a key of the asked kind, carries the id, and verifies against what is stored', async () => {
    for (const [type, kind] of [['secret', 'sk'] as const, ['publishable', 'pk'] as const]) {
      for (const environment of ['sandbox', 'live']) {
        const { key, secret } = await create({ type, environment });
        expect(management.keyFormat.parse(secret)).toMatchObject({ kind, environment });
        expect(`key_${management.keyFormat.parse(secret)?.id}`).toBe(key.keyId);
        const item = await management.keys.get(tenant.split('/')[3] ?? '', key.keyId);
        const digest = item?.digests[item.secrets[0]?.id ?? ''];
        expect(digest && management.pepper.verifies(secret, digest)).toBe(true);
      }
    }
  });

  test('the answer is the record and the secret, and reading gives the record', async () => {
    const expiresAt = '2027-01-01T01:00:00+01:00';
    const answer = await post('/keys', {
      ...KEY,
      permissions: ['orders:read', 'orders:read'],
      expiresAt,
      allowedCidrs: ['203.0.113.9/24', '2001:db8::1'],
      allowedOrigins: ['HTTPS://Shop.example.com:443'],
      rateLimits: [{ limit: 10, windowSeconds: 60 }],
      metadata: { team: 'billing' },
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body.key).toEqual({
      imported: null,
      updatedAt: '2026-11-22T12:00:00.000Z',
      revokedAt: null,
      revokedBy: null,
      revokedByName: null,
      disabledAt: null,
      disabledBy: null,
      disabledByName: null,
      reason: null,
      keyId: expect.stringMatching(/^key_[0-9A-Za-z]{12}$/),
      tenantId: `tenant_keys_${tenants}`,
      ...KEY,
      permissions: ['orders:read'],
      status: 'active',
      createdAt: '2026-11-22T12:00:00.000Z',
      createdBy: 'person-admin',
      createdByName: 'admin@keywright.test',
      expiresAt: '2027-01-01T00:00:00.000Z',
      lastUsedAt: null,
      outOfPolicy: [],
      allowedCidrs: ['203.0.113.0/24', '2001:db8::1/128'],
      allowedOrigins: ['https://shop.example.com'],
      rateLimits: [{ limit: 10, windowSeconds: 60 }],
      metadata: { team: 'billing' },
      secrets: [
        {
          createdAt: '2026-11-22T12:00:00.000Z',
          expiresAt: null,
          lastUsedAt: null,
          hint: answer.body.secret.slice(-4),
        },
      ],
    });
    expect((await get(answer.body.key.keyId)).body).toEqual(answer.body.key);
  });

  test.each([
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ type: 'admin' }, 'type'],
    [{ environment: 'dev' }, 'environment'],
    [{ role: 'nobody' }, 'role'],
    [{ permissions: [] }, 'permissions'],
    [{ permissions: ['orders'] }, 'permissions.0'],
    [{ permissions: ['a:read', 'orders:delete'] }, 'permissions.1'],
    [{ expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ expiresAt: '2026-11-22T12:00:00Z' }, 'expiresAt'],
    [{ allowedCidrs: ['10.0.0.0/33'] }, 'allowedCidrs.0'],
    [{ allowedCidrs: Array.from({ length: 101 }, (_, i) => `10.0.0.${i}`) }, 'allowedCidrs'],
    [{ allowedOrigins: ['https://shop.example.com/path'] }, 'allowedOrigins.0'],
    [{ rateLimits: [{ limit: 0, windowSeconds: 60 }] }, 'rateLimits.0.limit'],
    [{ rateLimits: [{ limit: 1, windowSeconds: 60, burst: 2 }] }, 'rateLimits.0.burst'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
    [{ metadata: { a: 'x'.repeat(501) } }, 'metadata.a'],
    [{ metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ''])) }, 'metadata'],
    [{ colour: 'red' }, 'colour'],
    [{ name: undefined, nane: 'Billing' }, 'nane'],
    [{ tenantId: 'tenant_other' }, 'tenantId'],
  ])('%j is a 400 that names %s', async (body, param) => {
    const answer = await post('/keys', { ...KEY, ...body });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: 'invalid_request', param });
  });

  test('what is missing is named', async () => {
    for (const field of ['name', 'type', 'environment', 'role']) {
      const answer = await post('/keys', { ...KEY, [field]: undefined });
      expect(answer.body.error).toMatchObject({ code: 'invalid_request', param: field });
    }
  });

  test('for a tenant that is suspended is a 409', async () => {
    await management.call(`PATCH ${tenant}`, { body: { status: 'suspended' } });
    expect((await post('/keys', KEY)).body.error.code).toBe('invalid_state');
  });
});

describe('lifecycle', () => {
  test('rotate, end the overlap, disable, enable, revoke, each with its event', async () => {
    const { key, secret } = await create();
    const { keyId } = key;
    const event = async () => (await dynamodb.lastEvent(stored(keyId))).type;
    expect(await event()).toBe('apiKey.created');

    const rotation = await post(`/keys/${keyId}/rotate`);
    expect(rotation).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(rotation.body.secret).not.toBe(secret);
    expect(rotation.body.key.secrets).toMatchObject([
      { hint: rotation.body.secret.slice(-4), expiresAt: null },
      { hint: secret.slice(-4), expiresAt: '2026-11-23T12:00:00.000Z' },
    ]);
    expect(await event()).toBe('apiKey.rotated');

    const again = await post(`/keys/${keyId}/rotate`, { overlapSeconds: 0 });
    expect(again.body.key.secrets).toMatchObject([
      { hint: again.body.secret.slice(-4), expiresAt: null },
      { hint: secret.slice(-4), expiresAt: '2026-11-23T12:00:00.000Z' },
    ]);

    expect((await post(`/keys/${keyId}/end-overlap`)).body.secrets).toHaveLength(1);
    expect(await event()).toBe('apiKey.overlapEnded');
    expect((await post(`/keys/${keyId}/end-overlap`)).status).toBe(409);

    expect((await post(`/keys/${keyId}/disable`)).body.status).toBe('disabled');
    expect(await event()).toBe('apiKey.disabled');
    expect((await post(`/keys/${keyId}/disable`)).status).toBe(409);
    expect((await post(`/keys/${keyId}/enable`)).body.status).toBe('active');
    expect(await event()).toBe('apiKey.enabled');
    expect((await post(`/keys/${keyId}/enable`)).status).toBe(409);

    expect((await post(`/keys/${keyId}/revoke`, { reason: 'left' })).body.status).toBe('revoked');
    expect(await dynamodb.lastEvent(stored(keyId))).toMatchObject({
      type: 'apiKey.revoked',
      data: { reason: 'left' },
      actor: { type: 'admin', id: 'person-admin', ip: '198.51.100.7' },
      requestId: expect.stringMatching(/^request-/),
    });
  });

  test('a revoked key says when, by whom and why it was ended, and shows no secret', async () => {
    const { key } = await create();
    expect(key).toMatchObject({ revokedAt: null, revokedBy: null, reason: null });
    const answer = await post(`/keys/${key.keyId}/revoke`, { reason: 'left' });
    const ended = { revokedAt: management.clock.toISOString(), revokedBy: 'person-admin', reason: 'left' };
    expect(answer.body).toMatchObject({ ...ended, secrets: [] });
    expect((await get(key.keyId)).body).toEqual(answer.body);
    const other = (await create()).key;
    await post(`/keys/${other.keyId}/revoke`);
    expect((await get(other.keyId)).body).toMatchObject({ ...ended, reason: null });
  });

  test('a disabled key says when, by whom and why, until it is enabled; who revokes it has the last word', async () => {
    const { key } = await create();
    const at = management.clock.toISOString();
    const by = { disabledAt: at, disabledBy: 'person-admin', disabledByName: 'admin@keywright.test' };
    const none = { disabledAt: null, disabledBy: null, disabledByName: null, reason: null };
    const answer = await post(`/keys/${key.keyId}/disable`, { reason: 'odd calls' });
    expect(answer.body).toMatchObject({ status: 'disabled', ...by, reason: 'odd calls' });
    expect(await dynamodb.lastEvent(stored(key.keyId))).toMatchObject({
      type: 'apiKey.disabled',
      data: { reason: 'odd calls' },
    });
    expect((await post(`/keys/${key.keyId}/enable`)).body).toMatchObject({ status: 'active', ...none });
    expect((await post(`/keys/${key.keyId}/disable`)).body).toMatchObject({ ...by, reason: null });
    expect((await post(`/keys/${key.keyId}/revoke`, { reason: 'left' })).body).toMatchObject({
      ...none,
      revokedByName: 'admin@keywright.test',
      reason: 'left',
    });
    const long = await post(`/keys/${(await create()).key.keyId}/disable`, { reason: 'x'.repeat(501) });
    expect(long).toMatchObject({ status: 400, body: { error: { param: 'reason' } } });
  });

  test('a revoked key stays revoked', async () => {
    const { key } = await create();
    await post(`/keys/${key.keyId}/revoke`);
    const before = await dynamodb.item(stored(key.keyId));
    for (const operation of ['rotate', 'end-overlap', 'disable', 'enable', 'revoke']) {
      const answer = await post(`/keys/${key.keyId}/${operation}`);
      expect(answer).toMatchObject({ status: 409, body: { error: { code: 'invalid_state' } } });
    }
    expect((await patch(key.keyId, { name: 'Other' })).status).toBe(409);
    expect(await dynamodb.item(stored(key.keyId))).toEqual(before);
  });

  test('an expired key stays expired', async () => {
    const { key } = await create({ expiresAt: '2026-11-22T12:00:01Z' });
    later(1000);
    expect((await get(key.keyId)).body.status).toBe('expired');
    expect((await patch(key.keyId, { expiresAt: null })).status).toBe(409);
    expect((await post(`/keys/${key.keyId}/revoke`)).status).toBe(409);
  });

  test('an overlap lasts 0 seconds to 30 days', async () => {
    const { key } = await create();
    for (const overlapSeconds of [-1, 2_592_001, 0.5, '60', null]) {
      const answer = await post(`/keys/${key.keyId}/rotate`, { overlapSeconds });
      expect(answer.body.error).toMatchObject({ code: 'invalid_request', param: 'overlapSeconds' });
    }
    const atOnce = await post(`/keys/${key.keyId}/rotate`, { overlapSeconds: 0 });
    expect(atOnce.body.key.secrets).toHaveLength(1);
    const longest = await post(`/keys/${key.keyId}/rotate`, { overlapSeconds: 2_592_000 });
    expect(longest.body.key.secrets).toHaveLength(2);
  });

  test('operations without a body are done, and with an unknown field are not', async () => {
    const { key } = await create();
    const answer = await post(`/keys/${key.keyId}/disable`, { really: true });
    expect(answer.body.error).toMatchObject({ code: 'invalid_request', param: 'really' });
    expect((await management.call(`POST ${tenant}/keys/${key.keyId}/disable`)).status).toBe(200);
  });
});

describe('changing', () => {
  test('what is named changes, the rest stays, null clears', async () => {
    const { key } = await create({ permissions: ['orders:read'], expiresAt: '2027-01-01T00:00:00Z' });
    const changed = await patch(key.keyId, {
      name: 'Renamed',
      role: 'reader',
      permissions: null,
      expiresAt: null,
      allowedCidrs: ['192.0.2.1'],
      metadata: { a: 'b' },
    });
    expect(changed.body).toEqual({
      ...key,
      name: 'Renamed',
      role: 'reader',
      permissions: null,
      expiresAt: null,
      allowedCidrs: ['192.0.2.1/32'],
      metadata: { a: 'b' },
    });
    expect((await get(key.keyId)).body).toEqual(changed.body);
    expect((await dynamodb.lastEvent(stored(key.keyId))).data).toMatchObject({
      from: { name: 'Billing', permissions: ['orders:read'] },
      to: { name: 'Renamed', permissions: null },
    });
  });

  test('what is so already is no change and leaves no event', async () => {
    const { key } = await create({
      metadata: { b: '1', a: '2' },
      rateLimits: [{ limit: 1, windowSeconds: 2 }],
    });
    const before = await dynamodb.item(stored(key.keyId));
    const answer = await patch(key.keyId, {
      name: 'Billing',
      metadata: { a: '2', b: '1' },
      rateLimits: [{ windowSeconds: 2, limit: 1 }],
    });
    expect(answer).toMatchObject({ status: 200, body: key });
    expect(await dynamodb.item(stored(key.keyId))).toEqual(before);
  });

  test.each([{}, { type: 'publishable' }, { environment: 'sandbox' }, { status: 'active' }, { name: null }])(
    '%j is a 400',
    async (body) => {
      const { key } = await create();
      expect((await patch(key.keyId, body)).status).toBe(400);
    },
  );
});

test('a key is found below its own tenant alone', async () => {
  const { key } = await create();
  await management.call('POST /v1/tenants', { body: { tenantId: `tenant_else_${tenants}`, name: 'Else' } });
  const elsewhere = `/v1/tenants/tenant_else_${tenants}/keys/${key.keyId}`;
  expect((await management.call(`GET ${elsewhere}`)).status).toBe(404);
  expect((await management.call(`POST ${elsewhere}/revoke`, { body: {} })).status).toBe(404);
  expect((await get(key.keyId)).body.status).toBe('active');
});

test('no secret is ever stored or logged', async () => {
  const { key, secret } = await create();
  const rotation = await post(`/keys/${key.keyId}/rotate`);
  await post(`/keys/${key.keyId}/rotate`);
  const kept = JSON.stringify(await dynamodb.everything()) + management.logged.join('');
  for (const text of [secret, rotation.body.secret]) {
    expect(kept).not.toContain(text);
    expect(kept).not.toContain(text.slice(-42, -6));
  }
});
