import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, SECOND_ADMIN, type TestClaims, TestManagement } from '../support/management.ts';
import { atOnce } from '../support/race.ts';
import { areTheKeys, createProducts, DEVELOPER, TENANT_ID } from '../support/subscriptions.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
let products: { approved: string; immediate: string };
const AUDITOR = { ...ADMIN, sub: 'person-auditor', 'keywright:role': 'auditor' };

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  products = await createProducts(new TestManagement(dynamodb));
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  management = new TestManagement(dynamodb);
});

const create = (body: object = {}, claims = DEVELOPER, headers = {}) =>
  management.call('POST /v1/subscriptions', {
    claims,
    headers,
    body: { tenantId: TENANT_ID, productId: products.immediate, name: 'Shop', ...body },
  });
async function subscribe(body: object = {}): Promise<string> {
  return (await create(body)).body.subscriptionId;
}
const act = (subscriptionId: string, action: string, request: { claims?: object; body?: object } = {}) =>
  management.call(`POST /v1/subscriptions/${subscriptionId}/${action}`, {
    claims: { ...ADMIN, ...request.claims },
    body: request.body ?? {},
  });
const reveal = (subscriptionId: string, claims: object = DEVELOPER) =>
  act(subscriptionId, 'keys/reveal', { claims });
const change = (subscriptionId: string, body: object, claims: TestClaims = ADMIN) =>
  management.call(`PATCH /v1/subscriptions/${subscriptionId}`, { claims, body });
const eventOf = (subscriptionId: string) =>
  dynamodb.lastEvent(itemKey.credential(subscriptionId.slice('sub_'.length)));

describe('subscribing', () => {
  test('to a product that asks for approval waits for it; both answers are the record alone', async () => {
    const answer = await create({ productId: products.approved });
    expect(answer).toMatchObject({ status: 201, headers: { 'cache-control': 'no-store' } });
    const { subscriptionId } = answer.body;
    const createdAt = '2026-11-22T12:00:00.000Z';
    const slot = { createdAt, lastUsedAt: null, hint: expect.stringMatching(/^[0-9A-Za-z]{4}$/) };
    expect(answer.body).toEqual({
      imported: null,
      subscriptionId: expect.stringMatching(/^sub_[0-9A-Za-z]{12}$/),
      ...{ tenantId: TENANT_ID, tenantName: 'Acme', productId: products.approved, productName: 'Payments' },
      ...{ name: 'Shop', environment: 'live', state: 'pending' },
      ...{ createdAt, createdBy: DEVELOPER.sub, createdByName: DEVELOPER.email, use: null },
      termsVersion: null,
      ...{ decidedAt: null, decidedByName: null, reason: null, withdrawn: false, limits: null },
      slots: { primary: slot, secondary: slot },
      oauthClientIds: null,
    });
    expect(await eventOf(subscriptionId)).toMatchObject({
      type: 'subscription.requested',
      tenantId: TENANT_ID,
      actor: { type: 'developer', id: DEVELOPER.sub },
      subject: { type: 'subscription', id: subscriptionId },
      data: { productId: products.approved, state: 'pending' },
    });
    const approved = await act(subscriptionId, 'approve', { body: { reason: 'Welcome' } });
    const decided = { decidedAt: createdAt, decidedByName: ADMIN.email, reason: 'Welcome' };
    expect(approved).toMatchObject({ status: 200, body: { ...answer.body, ...decided, state: 'active' } });
    expect(await eventOf(subscriptionId)).toMatchObject({ type: 'subscription.approved' });
  });

  test('to any other product begins at once, with the OAuth clients that it names', async () => {
    const { body } = await create({ oauthClientIds: ['shop', 'till', 'shop'] });
    expect(body).toMatchObject({ state: 'active', oauthClientIds: ['shop', 'till'] });
    expect((await management.call(`GET /v1/subscriptions/${body.subscriptionId}`)).body).toEqual(body);
  });

  test('twice with the same Idempotency-Key subscribes once, and its keys stay', async () => {
    const headers = { 'idempotency-key': 'once' };
    const first = await create({}, DEVELOPER, headers);
    const kept = await management.subscriptions.get(first.body.subscriptionId);
    const again = await create({}, DEVELOPER, headers);
    expect(again).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' } });
    expect(again.body).toEqual(first.body);
    expect(await management.subscriptions.get(first.body.subscriptionId)).toEqual(kept);
    const other = await create({ name: 'Other' }, DEVELOPER, headers);
    expect(other.body.error.code).toBe('idempotency_mismatch');
  });

  test.each([
    [{ productId: 'prod_000000000000' }, 'productId'],
    [{ productId: 'payments' }, 'productId'],
    [{ tenantId: 'acme' }, 'tenantId'],
    [{ oauthClientIds: [] }, 'oauthClientIds'],
    [{ name: '' }, 'name'],
    [{ state: 'active' }, 'state'],
  ])('%j is a 400: %s', async (body, param) => {
    const answer = await create(body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', param } } });
  });

  test('is not for a suspended tenant, nor are approving, resuming and regenerating', async () => {
    const pending = await subscribe({ productId: products.approved });
    const suspended = await subscribe();
    await act(suspended, 'suspend');
    await management.call(`PATCH /v1/tenants/${TENANT_ID}`, { body: { status: 'suspended' } });
    const answers = [
      await create(),
      await act(pending, 'approve'),
      await act(suspended, 'resume'),
      await act(suspended, 'keys/primary/regenerate'),
    ];
    await management.call(`PATCH /v1/tenants/${TENANT_ID}`, { body: { status: 'active' } });
    for (const { status, body } of answers) expect([status, body.error.code]).toEqual([409, 'invalid_state']);
  });
});

describe('keys', () => {
  test('name their subscription and environment, and verify against its digests', async () => {
    const subscriptionId = await subscribe();
    const answer = await reveal(subscriptionId);
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    for (const text of [answer.body.primaryKey, answer.body.secondaryKey]) {
      expect(management.keyFormat.parse(text)).toMatchObject({
        kind: 'sub',
        environment: 'live',
        id: subscriptionId.slice('sub_'.length),
      });
    }
    expect(await areTheKeys(management, subscriptionId, answer.body)).toBe(true);
  });

  test('are shown as often as one likes, each time on record', async () => {
    const subscriptionId = await subscribe();
    const first = await reveal(subscriptionId);
    const event = await eventOf(subscriptionId);
    expect(event).toMatchObject({
      type: 'subscription.keysRevealed',
      actor: { id: DEVELOPER.sub },
      data: { primaryHint: first.body.primaryKey.slice(-4) },
    });
    expect((await reveal(subscriptionId)).body).toEqual(first.body);
    expect((await eventOf(subscriptionId)).id).not.toBe(event.id);
  });

  test('of one slot are shown and recorded alone', async () => {
    const subscriptionId = await subscribe();
    const both = (await reveal(subscriptionId)).body;
    const body = { slots: ['secondary', 'secondary'] };
    const { secondaryKey } = both;
    expect((await act(subscriptionId, 'keys/reveal', { body })).body).toEqual({
      secondaryKey,
      clientKeys: [],
    });
    expect((await eventOf(subscriptionId)).data).toEqual({
      ...{ slots: ['secondary'], secondaryHint: secondaryKey.slice(-4), clientKeys: [] },
    });
    for (const slots of [[], ['tertiary'], 'primary']) {
      expect((await act(subscriptionId, 'keys/reveal', { body: { slots } })).status).toBe(400);
    }
  });

  test('come with the client keys that the product’s APIs ask for, once somebody has approved it', async () => {
    const api = { name: 'pays', environment: 'live', scheme: 'subscription' };
    const apiIds: string[] = [];
    for (const clientKeyRequired of [true, false]) {
      const body = { ...api, clientKeyRequired };
      apiIds.push((await management.call('POST /v1/apis', { body })).body.apiId);
    }
    const [apiId = ''] = apiIds;
    const { productId } = (await management.call('POST /v1/products', { body: { name: 'Pays', apiIds } }))
      .body;
    const subscriptionId = await subscribe({ productId });
    expect((await reveal(subscriptionId)).body.clientKeys).toEqual([]);
    await act(subscriptionId, 'approve');
    const { clientKey } = (await management.call(`POST /v1/apis/${apiId}/client-key/reveal`)).body;
    const shown = await reveal(subscriptionId);
    expect(shown.body.clientKeys).toEqual([{ apiId, clientKey }]);
    const { data } = await eventOf(subscriptionId);
    expect(data.clientKeys).toEqual([{ apiId, hint: clientKey.slice(-4) }]);
    expect(JSON.stringify(data)).not.toContain(clientKey);
    await act(subscriptionId, 'cancel');
    expect((await reveal(subscriptionId)).status).toBe(409);
  });

  test('whose showing can not be recorded are not shown', async () => {
    const subscriptionId = await subscribe();
    const { primaryKey, secondaryKey } = (await reveal(subscriptionId)).body;
    management.subscriptions.update = () => Promise.reject(new Error('the table is gone'));
    const answer = await reveal(subscriptionId);
    expect(answer.status).toBe(500);
    for (const key of [primaryKey, secondaryKey]) expect(answer.text).not.toContain(key);
  });

  test.each(['primary', 'secondary'])('%s is replaced without disturbing the other', async (slot) => {
    const subscriptionId = await subscribe();
    const before = (await reveal(subscriptionId)).body;
    management.clock = new Date(management.clock.getTime() + 1000);
    const answer = await act(subscriptionId, `keys/${slot}/regenerate`, { claims: DEVELOPER });
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    const { key } = answer.body;
    const name = `${slot}Key`;
    expect(key).not.toBe(before[name]);
    expect((await reveal(subscriptionId)).body).toEqual({ ...before, [name]: key });
    expect(await areTheKeys(management, subscriptionId, { ...before, [name]: key })).toBe(true);
    expect(await areTheKeys(management, subscriptionId, before)).toBe(false);
    const { slots } = (await management.call(`GET /v1/subscriptions/${subscriptionId}`)).body;
    expect(slots[slot]).toEqual({
      createdAt: management.clock.toISOString(),
      lastUsedAt: null,
      hint: key.slice(-4),
    });
  });

  test('of two regenerations at once one wins, and what it answered is the key', async () => {
    for (let round = 0; round < 15; round++) {
      const subscriptionId = await subscribe();
      const before = (await reveal(subscriptionId)).body;
      const regenerate = (claims: object) => act(subscriptionId, 'keys/primary/regenerate', { claims });
      const answers = await atOnce(management.subscriptions, 2, () =>
        Promise.all([regenerate(ADMIN), regenerate(SECOND_ADMIN)]),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const winner = answers.find(({ status }) => status === 200);
      const shown = { ...before, primaryKey: winner?.body.key };
      expect((await reveal(subscriptionId)).body).toEqual(shown);
      expect(await areTheKeys(management, subscriptionId, shown)).toBe(true);
    }
  });

  test('a slot that there is not is a 404', async () => {
    expect((await act(await subscribe(), 'keys/tertiary/regenerate')).status).toBe(404);
  });

  test('are neither stored in the clear nor logged nor shown but by their own operations', async () => {
    const subscriptionId = await subscribe();
    const { primaryKey, secondaryKey } = (await reveal(subscriptionId)).body;
    const { key } = (await act(subscriptionId, 'keys/primary/regenerate')).body;
    const answers = [
      (await management.call(`GET /v1/subscriptions/${subscriptionId}`)).text,
      (await management.call('GET /v1/subscriptions')).text,
    ];
    const seen = JSON.stringify(await dynamodb.everything()) + management.logged.join('') + answers.join('');
    for (const text of [primaryKey, secondaryKey, key]) expect(seen).not.toContain(text);
  });
});

describe('people', () => {
  test('developers see, show, regenerate and cancel, and decide nothing', async () => {
    const subscriptionId = await subscribe({ productId: products.approved });
    for (const action of ['approve', 'reject', 'suspend', 'resume']) {
      expect((await act(subscriptionId, action, { claims: DEVELOPER })).status).toBe(403);
    }
    expect((await change(subscriptionId, { name: 'Till' }, DEVELOPER)).body.name).toBe('Till');
    for (const action of ['keys/reveal', 'keys/primary/regenerate', 'cancel']) {
      expect((await act(subscriptionId, action, { claims: DEVELOPER })).status).toBe(200);
    }
  });

  test('auditors read records and never keys', async () => {
    const subscriptionId = await subscribe();
    const path = `GET /v1/subscriptions/${subscriptionId}`;
    expect((await management.call(path, { claims: AUDITOR })).status).toBe(200);
    for (const action of ['keys/reveal', 'keys/primary/regenerate', 'suspend', 'cancel']) {
      expect((await act(subscriptionId, action, { claims: AUDITOR })).status).toBe(403);
    }
  });

  test('an admin of the tenant decides, without acting for every tenant', async () => {
    const claims = { 'keywright:tenants': `[${TENANT_ID}]` };
    const subscriptionId = await subscribe({ productId: products.approved });
    for (const action of ['approve', 'suspend', 'resume', 'cancel']) {
      expect((await act(subscriptionId, action, { claims })).status).toBe(200);
    }
  });

  test('showing keys needs a second factor', async () => {
    const answer = await reveal(await subscribe(), { ...DEVELOPER, amr: '[pwd]' });
    expect(answer.body.error.code).toBe('mfa_required');
  });

  test('a pending request is taken back by whoever made it, and by nobody else', async () => {
    const subscriptionId = await subscribe({ productId: products.approved });
    const other = await act(subscriptionId, 'cancel');
    expect(other).toMatchObject({ status: 409, body: { error: { code: 'invalid_state' } } });
    const own = await act(subscriptionId, 'cancel', { claims: DEVELOPER, body: { reason: 'a mistake' } });
    expect(own.body.state).toBe('cancelled');
    expect((await eventOf(subscriptionId)).data).toEqual({ reason: 'a mistake' });
    const second = await subscribe({ productId: products.approved });
    expect((await act(second, 'withdraw')).body.error.code).toBe('forbidden');
    expect((await act(second, 'withdraw', { claims: DEVELOPER })).body).toMatchObject({
      ...{ state: 'cancelled', withdrawn: true, decidedByName: DEVELOPER.email },
    });
    expect((await act(await subscribe(), 'withdraw', { claims: DEVELOPER })).status).toBe(409);
  });

  test('limits of its own are the operator’s to give, with a reason, and shown to the developer', async () => {
    const subscriptionId = await subscribe();
    const quota = { limit: 500, period: 'day' };
    const body = { limits: { quota }, reason: 'The sale' };
    const ofTenant = { ...ADMIN, 'keywright:tenants': `[${TENANT_ID}]` };
    for (const claims of [DEVELOPER, ofTenant, { ...DEVELOPER, 'keywright:tenants': '[*]' }]) {
      const { status, body: answer } = await change(subscriptionId, body, claims);
      expect([status, answer.error.param]).toEqual([403, 'limits']);
    }
    expect((await change(subscriptionId, { limits: null })).body.error.param).toBe('reason');
    for (const other of [{}, { reason: 'none' }, { limits: {}, reason: 'none' }]) {
      expect((await change(subscriptionId, other)).status).toBe(400);
    }
    expect((await change(subscriptionId, body)).body.limits).toEqual({ rateLimits: [], quota });
    const path = `GET /v1/subscriptions/${subscriptionId}`;
    const seen = await management.call(path, { claims: DEVELOPER });
    expect(seen.body.limits).toEqual({ rateLimits: [], quota });
    expect(await eventOf(subscriptionId)).toMatchObject({
      type: 'subscription.updated',
      data: { from: { limits: null }, to: { limits: { quota } }, reason: 'The sale' },
    });
    expect((await change(subscriptionId, { limits: null, reason: 'Over' })).body.limits).toBeNull();
  });
});
