import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keyPattern } from '../../core/domain/keys/key-search.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { GuardedTenant } from '../support/guarded-tenant.ts';
import { ADMIN, SECOND_ADMIN, type TestAnswer, TestManagement } from '../support/management.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

const TENANT = `/v1/tenants/${TENANT_ID}`;
const headers = { 'idempotency-key': 'once' };
const REPLAYED = { 'idempotent-replayed': 'true' };

let dynamodb: TestDynamoDb;
let management: TestManagement;
let products: { approved: string; immediate: string };
let apiId: string;
beforeEach(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  products = await createProducts(management);
  await management.call(`PUT ${TENANT}/roles/clerk`, { body: { permissions: ['orders:*'] } });
  const api = { name: 'orders', environment: 'live', scheme: 'tenant' };
  apiId = (await management.call('POST /v1/apis', { body: api })).body.apiId;
});
afterEach(() => dynamodb.close());

const patch = (body: object) => management.call(`PATCH ${TENANT}`, { body });

/** What may have happened between a request and its repeat. */
const CHANGES: Readonly<Record<string, () => Promise<unknown>>> = {
  'the role was deleted': () => management.call(`DELETE ${TENANT}/roles/clerk`),
  'the tenant was suspended': () => patch({ status: 'suspended' }),
  'a second admin is asked for': () => patch({ settings: { requireApproval: true } }),
  'both of that': async () => {
    await patch({ settings: { requireApproval: true } });
    await patch({ status: 'suspended' });
  },
  'its end has passed': async () => {
    management.clock = new Date('2027-02-01T00:00:00.000Z');
  },
  'the pepper was rotated': async () => {
    const versions = { current: 'v2', v1: 'p'.repeat(64), v2: 'q'.repeat(64) };
    management.pepper = Pepper.parse(JSON.stringify(versions));
  },
  'API Gateway’s keys are all taken': async () => {
    management.usagePlanKeys = { add: () => Promise.reject(new Error('there are as many as there may be')) };
  },
  'the product asks for approval by now': () =>
    management.call(`PATCH /v1/products/${products.immediate}`, { body: { requiresApproval: true } }),
};

/** What is asked for under an Idempotency-Key, and where its record is in the answer. */
const REQUESTS: Readonly<Record<string, { route: () => string; body: () => object; record?: string }>> = {
  'a key': {
    route: () => `POST ${TENANT}/keys`,
    body: () => ({
      name: 'Key',
      type: 'secret',
      environment: 'live',
      role: 'clerk',
      expiresAt: '2027-01-01T00:00:00.000Z',
    }),
    record: 'key',
  },
  'a subscription': {
    route: () => 'POST /v1/subscriptions',
    body: () => ({ tenantId: TENANT_ID, productId: products.immediate, name: 'Shop' }),
  },
  'a tenant': { route: () => 'POST /v1/tenants', body: () => ({ name: 'Another' }) },
  'a named tenant': {
    route: () => 'POST /v1/tenants',
    body: () => ({ tenantId: 'tenant_another', name: 'Another' }),
  },
  'an API': {
    route: () => 'POST /v1/apis',
    body: () => ({ name: 'a', environment: 'live', scheme: 'subscription' }),
  },
  'a product': { route: () => 'POST /v1/products', body: () => ({ name: 'p', apiIds: [apiId] }) },
};

const stored = async () => JSON.stringify(await dynamodb.everything());

describe.each(Object.entries(REQUESTS))('%s that was made', (_, { route, body, record }) => {
  test.each(Object.entries(CHANGES))('is answered to a repeat although %s', async (_, change) => {
    const ask = (changes: object = {}) =>
      management.call(route(), { headers, body: { ...body(), ...changes } });
    const first = await ask();
    expect(first.status).toBe(201);
    await change();
    const before = await stored();
    const repeat = await ask();
    expect(repeat).toMatchObject({ status: 200, headers: REPLAYED });
    const idOf = ({ body }: TestAnswer) => {
      const { keyId, subscriptionId, tenantId, apiId, productId } = record ? body[record] : body;
      return keyId ?? subscriptionId ?? productId ?? apiId ?? tenantId;
    };
    expect(idOf(repeat)).toBe(idOf(first));
    expect(repeat.text).not.toMatch(keyPattern(management.keyFormat));
    expect((await ask({ name: 'Other' })).body.error.code).toBe('idempotency_mismatch');
    expect(await stored()).toBe(before);
  });
});

describe('a rotation that was done', () => {
  test.each([
    ...Object.entries(CHANGES),
    ['the key was revoked', (keyId: string) => management.call(`POST ${TENANT}/keys/${keyId}/revoke`)],
    ['the key was disabled', (keyId: string) => management.call(`POST ${TENANT}/keys/${keyId}/disable`)],
    ['it was rotated again', (keyId: string) => management.call(`POST ${TENANT}/keys/${keyId}/rotate`)],
  ] as [string, (keyId: string) => Promise<unknown>][])(
    'is answered to a repeat, and not done again, although %s',
    async (_, change) => {
      const key = REQUESTS['a key'];
      const created = await management.call(key?.route() ?? '', { body: key?.body() });
      const { keyId } = created.body.key;
      const rotate = (overlapSeconds = 60) =>
        management.call(`POST ${TENANT}/keys/${keyId}/rotate`, { headers, body: { overlapSeconds } });
      const first = await rotate();
      expect(first.body.secret).toMatch(/^sk_live_/);
      await change(keyId);
      const before = await stored();
      const repeat = await rotate();
      expect(repeat).toMatchObject({ status: 200, headers: REPLAYED, body: { key: { keyId } } });
      expect(Object.keys(repeat.body)).toEqual(['key']);
      expect(repeat.headers['keywright-notice']).toMatch(/was shown.*rotate the key/);
      expect((await rotate(61)).body.error.code).toBe('idempotency_mismatch');
      expect(await stored()).toBe(before);
    },
  );

  test('under the same Idempotency-Key of another key, or another person’s, is another one', async () => {
    const key = REQUESTS['a key'];
    const create = async () =>
      (await management.call(key?.route() ?? '', { body: key?.body() })).body.key.keyId;
    const [one, other] = [await create(), await create()];
    const rotate = (keyId: string, claims = ADMIN) =>
      management.call(`POST ${TENANT}/keys/${keyId}/rotate`, { headers, claims, body: {} });
    for (const answer of [await rotate(one), await rotate(other), await rotate(one, SECOND_ADMIN)]) {
      expect(answer.body.secret).toMatch(/^sk_live_/);
    }
  });

  test('many at once rotate once, and one of them is told the secret', async () => {
    const key = REQUESTS['a key'];
    const { keyId } = (await management.call(key?.route() ?? '', { body: key?.body() })).body.key;
    const rotate = () => management.call(`POST ${TENANT}/keys/${keyId}/rotate`, { headers, body: {} });
    const answers = await Promise.all(Array.from({ length: 6 }, rotate));
    expect(answers.filter(({ body }) => body.secret !== undefined)).toHaveLength(1);
    for (const { status } of answers) expect([200, 409]).toContain(status);
    expect((await rotate()).headers).toMatchObject(REPLAYED);
    expect((await management.keys.get(TENANT_ID, keyId))?.revision).toBe(2);
  });

  test('is remembered beside few others, so that the item does not grow', async () => {
    const key = REQUESTS['a key'];
    const { keyId } = (await management.call(key?.route() ?? '', { body: key?.body() })).body.key;
    for (let i = 0; i < 12; i++) {
      const each = { 'idempotency-key': `rotation ${i}` };
      await management.call(`POST ${TENANT}/keys/${keyId}/rotate`, { headers: each, body: {} });
    }
    expect((await management.keys.get(TENANT_ID, keyId))?.answered).toHaveLength(5);
  });
});

describe('where a second admin is asked', () => {
  let guarded: GuardedTenant;
  beforeEach(async () => {
    guarded = await GuardedTenant.start(dynamodb);
    management = guarded.eyes.management;
  });

  const asked = {
    createKey: () => [`POST ${guarded.eyes.path('/keys')}`, GuardedTenant.NEW_KEY] as const,
    rotateKey: () => [`POST ${guarded.eyes.path(`/keys/${guarded.ids.activeKey}/rotate`)}`, {}] as const,
    createSubscription: () => {
      const { tenantId, immediate } = guarded.ids;
      return ['POST /v1/subscriptions', { tenantId, productId: immediate, name: 'Shop' }] as const;
    },
  };

  test.each(Object.entries(asked))(
    'a repeat of %s is answered with what became of the request, however far it has come',
    async (_, what) => {
      const [route, body] = what();
      const ask = () => management.call(route, { headers, body });
      const { approvalId, operation } = (await ask()).body.approval;
      const states: unknown[] = [];
      const see = async () => {
        const { status, body } = await ask();
        states.push([status, body.approval.approvalId, body.approval.state]);
      };
      await see();
      await guarded.eyes.decide(approvalId, 'approve');
      await see();
      if (operation !== 'createSubscription') await guarded.eyes.decide(approvalId, 'claim', ADMIN);
      const off = { settings: { requireApproval: false } };
      const lax = await management.call(`PATCH ${guarded.eyes.path()}`, { body: off });
      await guarded.eyes.decide(lax.body.approval.approvalId, 'approve');
      await see();
      const last = operation === 'createSubscription' ? 'approved' : 'claimed';
      expect(states).toEqual([
        [202, approvalId, 'pending'],
        [202, approvalId, 'approved'],
        [202, approvalId, last],
      ]);
    },
  );

  const claimed = {
    ...asked,
    revealKeys: () => [`POST /v1/subscriptions/${guarded.ids.activeSubscription}/keys/reveal`, {}] as const,
    regenerateKey: () =>
      [`POST /v1/subscriptions/${guarded.ids.activeSubscription}/keys/primary/regenerate`, {}] as const,
  };
  const { createSubscription: _, ...claims } = claimed;

  test.each(Object.entries(claims))(
    'a repeat of the claim of %s gives the record and how to go on',
    async (_, what) => {
      const [route, body] = what();
      const { approvalId } = (await management.call(route, { body })).body.approval;
      await guarded.eyes.decide(approvalId, 'approve');
      const claim = (key: string | undefined) =>
        management.call(`POST /v1/approvals/${approvalId}/claim`, {
          ...(key && { headers: { 'idempotency-key': key } }),
        });
      const first = await claim('once');
      expect(guarded.shownLive(first.text).length).toBeGreaterThan(0);
      guarded.eyes.wait(100);
      const before = await stored();
      const repeat = await claim('once');
      expect(repeat).toMatchObject({ status: 200, headers: REPLAYED });
      expect(repeat.text).not.toMatch(keyPattern(management.keyFormat));
      expect(Object.keys(repeat.body)).toEqual([route.includes('subscriptions') ? 'subscription' : 'key']);
      expect(repeat.headers['keywright-notice']).toMatch(/shown.*(rotate|reveal)/);
      expect([(await claim('another')).status, (await claim(undefined)).status]).toEqual([409, 409]);
      expect(await stored()).toBe(before);
    },
  );
});
