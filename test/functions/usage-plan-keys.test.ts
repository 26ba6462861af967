import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { apiGatewayClient } from '../../core/aws/api-gateway-client.ts';
import { type AwsCall, AwsError } from '../../core/aws/aws-call.ts';
import { ApiGatewayUsagePlanKeys } from '../../core/aws/usage-plan-keys.ts';
import type { UsagePlans } from '../../core/domain/keys/usage-plan.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { FourEyes } from '../support/four-eyes.ts';
import { ADMIN, type TestAnswer, TestManagement } from '../support/management.ts';
import { signedFetch } from '../support/signed-fetch.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

const PLANS = { sandbox: [], live: ['live01', 'live02'] };
const KEY = { name: 'Billing', type: 'secret', environment: 'live', role: 'writer' };
const KEYS = `/v1/tenants/${TENANT_ID}/keys`;

let dynamodb: TestDynamoDb;
let gateway: AwsCall;
let products: Awaited<ReturnType<typeof createProducts>>;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  dynamodb.aws.createUsagePlan('live01', { ApiStages: [{ ApiId: 'orders', Stage: 'live' }] });
  dynamodb.aws.createUsagePlan('live02', { ApiStages: [{ ApiId: 'payments', Stage: 'live' }] });
  dynamodb.aws.createUsagePlan('again1', { ApiStages: [{ ApiId: 'orders', Stage: 'live' }] });
  gateway = apiGatewayClient({
    region: 'eu-central-1',
    endpoint: dynamodb.endpoint,
    credentials: () => ({ accessKeyId: 'local', secretAccessKey: 'local', sessionToken: undefined }),
    attemptMilliseconds: 5000,
    deadlineMilliseconds: 5000,
    now: Date.now,
    random: () => 0,
  });
  products = await createProducts(new TestManagement(dynamodb));
});
afterAll(() => dynamodb.close());

let management: TestManagement;
/** Replaces the answer of one operation, once. */
let failure: { operation: string; error: Error; after?: boolean } | undefined;
let calls: string[];
let slept: number[];

const interrupted: AwsCall = async (operation, input) => {
  calls.push(operation);
  const planned = failure?.operation === operation ? failure : undefined;
  if (planned !== undefined) failure = undefined;
  if (planned !== undefined && !planned.after) throw planned.error;
  const answer = await gateway(operation, input);
  if (planned !== undefined) throw planned.error;
  return answer;
};
/** As long as nobody sleeps, no time passes between calls. */
const keysIn = (plans: UsagePlans) =>
  new ApiGatewayUsagePlanKeys(interrupted, plans, { now: () => 0, sleep: async (time) => slept.push(time) });

beforeEach(() => {
  failure = undefined;
  calls = [];
  slept = [];
  management = new TestManagement(dynamodb);
  management.usagePlanKeys = keysIn(PLANS);
});

const create = (body: object = {}, headers: Record<string, string> = {}): Promise<TestAnswer> =>
  management.call(`POST ${KEYS}`, { body: { ...KEY, ...body }, headers });
const item = (credential: string) => dynamodb.item(itemKey.credential(credential.slice(-12)));
/** The API Gateway keys of a credential. */
async function made(credential: string): Promise<readonly Record<string, unknown>[]> {
  return (await gateway('GetApiKeys', { nameQuery: credential })).item as Record<string, unknown>[];
}

describe('an API Gateway key is made with the credential', () => {
  test('of an API key: named by its public id, in the plans of its environment, kept in the item alone', async () => {
    const { status, body, text } = await create();
    expect(status).toBe(201);
    const stored = (await item(body.key.keyId)) ?? {};
    const value = String(stored.usageIdentifierKey);
    expect(value).toMatch(/^[0-9a-f]{64}$/);
    expect(dynamodb.aws.apiKey(value)).toMatchObject({ enabled: true, usagePlanIds: ['live01', 'live02'] });
    expect(await made(body.key.keyId)).toEqual([
      expect.objectContaining({ name: body.key.keyId, enabled: true, description: expect.any(String) }),
    ]);
    expect(body.secret).not.toContain(value);
    for (const place of [text, JSON.stringify(stored.lastEvent), ...management.logged]) {
      expect(place).not.toContain(value);
    }
  });

  test('of a subscription too, and of a key that waited for a second admin', async () => {
    const request = { tenantId: TENANT_ID, productId: products.immediate, name: 'Payments' };
    const { subscriptionId } = (await management.call('POST /v1/subscriptions', { body: request })).body;
    const eyes = await FourEyes.start(dynamodb);
    await eyes.requireApproval();
    eyes.management.usagePlanKeys = keysIn(PLANS);
    const approvalId = await eyes.request('POST', '/keys', KEY);
    expect(calls.filter((call) => call === 'CreateApiKey')).toHaveLength(1);
    await eyes.decide(approvalId, 'approve');
    const { keyId } = (await eyes.decide(approvalId, 'claim', ADMIN)).body.key;
    for (const id of [subscriptionId, keyId]) {
      expect(await made(id)).toHaveLength(1);
      const stored = await item(id);
      expect(dynamodb.aws.apiKey(String(stored?.usageIdentifierKey))?.usagePlanIds).toEqual(PLANS.live);
    }
  });

  test('of each imported one, once, however often it is sent', async () => {
    const keys = [{ ...KEY, key: 'legacy.1'.repeat(4) }];
    const subscriptions = [
      { productId: products.immediate, name: 'Shop', primary: { key: 'legacy.2'.repeat(4) } },
    ];
    for (const [path, rows] of [
      ['keys', keys],
      ['subscriptions', subscriptions],
    ] as const) {
      const bring = () => management.call(`POST /v1/tenants/${TENANT_ID}/${path}/import`, { body: { rows } });
      const [{ id }] = (await bring()).body.results;
      expect((await bring()).body.results).toEqual([{ row: 0, result: 'exists', id }]);
      expect(await made(id)).toHaveLength(1);
      const value = String((await item(id))?.usageIdentifierKey);
      expect(dynamodb.aws.apiKey(value)?.usagePlanIds).toEqual(PLANS.live);
    }
  });

  test('not in an environment without plans, and not for what is refused', async () => {
    const { body } = await create({ environment: 'sandbox' });
    expect(await item(body.key.keyId)).not.toHaveProperty('usageIdentifierKey');
    expect((await create({ role: 'nobody' })).status).toBe(400);
    expect(calls).toEqual([]);
  });

  test('rotating keeps it', async () => {
    const { keyId } = (await create()).body.key;
    const before = (await item(keyId))?.usageIdentifierKey;
    await management.call(`POST ${KEYS}/${keyId}/rotate`, { body: {} });
    expect((await item(keyId))?.usageIdentifierKey).toBe(before);
    expect(await made(keyId)).toHaveLength(1);
  });
});

test('many at once are made four a second, since an account may make five', async () => {
  const keys = keysIn({ sandbox: [], live: ['live01'] });
  const names = ['key_pace00000001', 'key_pace00000002', 'key_pace00000003'];
  await Promise.all(
    names.map((name) => keys.add({ name, value: name.repeat(2).replaceAll('_', 'x'), environment: 'live' })),
  );
  expect(slept).toEqual([250, 500]);
  for (const name of names) expect(await made(name)).toHaveLength(1);
});

describe('cut off anywhere, a second attempt finishes what the first began', () => {
  const lost = new AwsError('InternalServerError', 500, 'lost');
  const stops = [
    { operation: 'CreateApiKey', error: lost },
    { operation: 'CreateApiKey', error: lost, after: true },
    { operation: 'CreateUsagePlanKey', error: lost },
    { operation: 'CreateUsagePlanKey', error: lost, after: true },
  ];
  for (const stop of stops) {
    test(`at ${stop.operation}${stop.after ? ', its answer lost' : ''}`, async () => {
      const headers = { 'idempotency-key': `${stop.operation}-${stop.after}` };
      failure = stop;
      const refused = await create({}, headers);
      expect(refused.status).toBe(503);
      expect(refused.headers['retry-after']).toBeDefined();
      const { status, body } = await create({}, headers);
      expect(status).toBe(201);
      expect(await made(body.key.keyId)).toHaveLength(1);
      const stored = await item(body.key.keyId);
      expect(dynamodb.aws.apiKey(String(stored?.usageIdentifierKey))?.usagePlanIds).toEqual(PLANS.live);
    });
  }

  test('at the write of the item', async () => {
    const headers = { 'idempotency-key': 'at-the-write' };
    const { create: write } = management.keys;
    management.keys.create = () => Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
    expect((await create({}, headers)).status).toBe(503);
    management.keys.create = write;
    const { body } = await create({}, headers);
    expect(await made(body.key.keyId)).toHaveLength(1);
  });
});

describe('where API Gateway refuses, no credential is created', () => {
  const refusals = [
    ['TooManyRequestsException', 429, 503, 'dependency_unavailable'],
    ['LimitExceededException', 429, 409, 'invalid_state'],
    ['AccessDeniedException', 403, 503, 'dependency_unavailable'],
  ] as const;
  for (const [name, gatewayStatus, status, code] of refusals) {
    test(name, async () => {
      const before = (await management.call(`GET ${KEYS}`)).body.items;
      failure = { operation: 'CreateApiKey', error: new AwsError(name, gatewayStatus, 'no') };
      expect(await create()).toMatchObject({ status, body: { error: { code } } });
      expect((await management.call(`GET ${KEYS}`)).body.items).toEqual(before);
    });
  }

  test('a plan that does not exist, or has a stage of another, is named', async () => {
    for (const [plans, named] of [
      [['nosuch'], /nosuch does not exist/],
      [['live01', 'again1'], /again1 shares a stage/],
    ] as const) {
      management.usagePlanKeys = keysIn({ sandbox: [], live: plans });
      const answer = await create();
      expect(answer.status).toBe(409);
      expect(answer.body.error.message).toMatch(named);
    }
  });
});

describe('removing', () => {
  test('deletes the keys of that name and no others; a second time nothing', async () => {
    const [{ keyId }, other] = [(await create()).body.key, (await create()).body.key];
    const keys = keysIn(PLANS);
    await keys.remove(keyId);
    await keys.remove(keyId);
    expect(await made(keyId)).toEqual([]);
    expect(await made(other.keyId)).toHaveLength(1);
  });

  test('is final: the repeat of a creation does not make the key anew', async () => {
    const headers = { 'idempotency-key': 'repeat' };
    const { keyId } = (await create({}, headers)).body.key;
    await keysIn(PLANS).remove(keyId);
    expect((await create({}, headers)).status).toBe(200);
    expect(await made(keyId)).toEqual([]);
  });
});

test('an operation that the local API Gateway lacks is refused by name', async () => {
  const answer = await signedFetch(dynamodb.endpoint, 'apigateway', { method: 'GET', path: '/restapis' });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('GET /restapis is not available');
});
