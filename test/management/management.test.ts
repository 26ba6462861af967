import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ManagementRoute, Role } from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { operation } from '../../core/management/operation.ts';
import { SCHEMAS } from '../../functions/openapi/document.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, CONTEXT, type TestAnswer, TestManagement, type TestRequest } from '../support/management.ts';
import { silentLogger } from '../support/silent-logger.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
let keyId = '';
let foreignKeyId = '';
let productId = '';
let foreignSubscriptionId = '';
const API_ID = 'api_OrdersLive00';

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  for (const tenantId of ['tenant_own', 'tenant_foreign']) {
    await management.call('POST /v1/tenants', { body: { tenantId, name: tenantId } });
  }
  keyId = await createKey('tenant_own');
  foreignKeyId = await createKey('tenant_foreign');
  await management.call('POST /v1/apis', {
    body: { apiId: API_ID, name: 'orders', environment: 'live', scheme: 'tenant' },
  });
  const product = await management.call('POST /v1/products', { body: { name: 'Shop', apiIds: [API_ID] } });
  productId = product.body.productId;
  foreignSubscriptionId = await subscribe('tenant_foreign');
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  management = new TestManagement(dynamodb);
});

async function createKey(tenantId: string): Promise<string> {
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  return (await management.call(`POST /v1/tenants/${tenantId}/keys`, { body })).body.key.keyId;
}

async function subscribe(tenantId: string): Promise<string> {
  const body = { tenantId, productId, name: 'Subscription' };
  return (await management.call('POST /v1/subscriptions', { body })).body.subscriptionId;
}

describe('who may call what', () => {
  const roles: Role[] = ['admin', 'developer', 'auditor'];

  test('subscriptions of other tenants are not there, whatever is asked of them and by whom', async () => {
    const routes = ROUTES.filter(({ key, roles }) => key.includes('{subscriptionId}') && roles.length > 0);
    expect(routes.length).toBeGreaterThan(5);
    for (const { key, roles: allowed } of routes as readonly ManagementRoute[]) {
      const path = key.replace('{subscriptionId}', foreignSubscriptionId).replace('{slot}', 'secondary');
      for (const role of roles) {
        const claims = { ...ADMIN, 'keywright:role': role, 'keywright:tenants': '[tenant_own]' };
        const bodies = {
          PATCH: { name: 'New' },
          PUT: { principalArn: 'arn:aws:iam::111122223333:role/Own' },
        };
        const body = bodies[key.split(' ')[0] as keyof typeof bodies];
        const request = { claims, ...(body && { body }) };
        const { status } = await management.call(path, request);
        expect([key, role, status]).toEqual([key, role, allowed.includes(role) ? 404 : 403]);
      }
    }
    const { body } = await management.call(`GET /v1/subscriptions/${foreignSubscriptionId}`);
    expect(body.state).toBe('pending');
    expect((await management.subscriptions.get(foreignSubscriptionId))?.revision).toBe(1);
  });

  test('a token without a role of ours, or without a name, opens nothing', async () => {
    const { sub, ...nameless } = ADMIN;
    for (const { key, roles, ...route } of ROUTES as readonly ManagementRoute[]) {
      if (roles.length === 0) continue;
      const path = key.replace(/\{\w+\}/g, 'tenant_own');
      expect((await management.call(path, { claims: nameless })).status).toBe(401);
      if (route.anyone) continue;
      const root = { ...ADMIN, 'keywright:role': 'root' };
      expect((await management.call(path, { claims: root })).body.error.code).toBe('forbidden');
    }
  });

  test('the operations that need no sign-in are those that say so', () => {
    for (const { operation: name, roles } of ROUTES) {
      expect([name, SCHEMAS[name].open === true]).toEqual([name, roles.length === 0]);
    }
  });
});

describe('what may not be seen does not exist', () => {
  const claims = { ...ADMIN, 'keywright:tenants': '[tenant_own]' };
  const comparable = ({ status, headers, text, body }: TestAnswer) => ({
    status,
    headers: { ...headers, 'x-request-id': '' },
    text: text.replace(body.error.requestId, ''),
  });

  test('a foreign tenant and its keys answer to the byte as missing ones', async () => {
    const missing = comparable(await management.call('GET /v1/tenants/tenant_missing', { claims }));
    expect(missing.status).toBe(404);
    const unseen = [
      'GET /v1/tenants/tenant_foreign',
      'GET /v1/tenants/tenant_foreign/keys',
      'GET /v1/tenants/tenant_foreign/roles/reader',
      'GET /v1/tenants/tenant_missing/keys',
      `GET /v1/tenants/tenant_foreign/keys/${foreignKeyId}`,
      'GET /v1/tenants/tenant_foreign/keys/key_000000000000',
      `GET /v1/tenants/tenant_own/keys/${foreignKeyId}`,
      'GET /v1/tenants/tenant_own/keys/key_000000000000',
      'GET /v1/tenants/tenant_own/keys/not-an-id',
      'GET /v1/tenants/tenant_own/roles/nobody',
      'GET /v1/apis/api_000000000000',
      'GET /v1/products/prod_000000000000',
      `GET /v1/subscriptions/${foreignSubscriptionId}`,
      'GET /v1/subscriptions/sub_000000000000',
      `GET /v1/subscriptions/sub_${keyId.slice('key_'.length)}`,
    ];
    for (const path of unseen) {
      expect([path, comparable(await management.call(path, { claims }))]).toEqual([path, missing]);
    }
    const audit = await management.call('GET /v1/audit', { claims, query: { tenantId: 'tenant_foreign' } });
    expect(comparable(audit)).toEqual(missing);
    for (const tenantId of ['tenant_foreign', 'tenant_missing']) {
      const list = await management.call('GET /v1/subscriptions', { claims, query: { tenantId } });
      expect(comparable(list)).toEqual(missing);
    }
  });

  test('changes of foreign things answer alike too, good body or bad', async () => {
    const missing = comparable(
      await management.call('PATCH /v1/tenants/tenant_missing', { claims, body: {} }),
    );
    for (const body of [{}, { name: 'Mine now' }, { unknown: 1 }]) {
      for (const path of ['PATCH /v1/tenants/tenant_foreign', 'POST /v1/tenants/tenant_foreign/keys']) {
        expect(comparable(await management.call(path, { claims, body }))).toEqual(missing);
      }
    }
    for (const tenantId of ['tenant_foreign', 'tenant_missing']) {
      const body = { tenantId, productId, name: 'Mine now' };
      expect(comparable(await management.call('POST /v1/subscriptions', { claims, body }))).toEqual(missing);
    }
    const own = await management.call(`POST /v1/tenants/tenant_own/keys/${foreignKeyId}/revoke`, { claims });
    expect(comparable(own)).toEqual(missing);
    const key = await management.call(`GET /v1/tenants/tenant_foreign/keys/${foreignKeyId}`);
    expect(key.body.status).toBe('active');
  });
});

describe('keys are not accepted', () => {
  const secret = new TestManagement({
    main: {},
    audit: {},
    regional: {},
    settle() {},
  } as TestDynamoDb).keyFormat.mint('sk', 'live', '0123456789AB', randomBytes);
  const PATH = 'PATCH /v1/tenants/tenant_own';
  const escaped = [...secret].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

  const requests: Record<string, TestRequest> = {
    'as a bearer token': { headers: { authorization: `Bearer ${secret}` } },
    'in x-api-key': { headers: { 'x-api-key': secret } },
    'in x-api-key, even when it is no key': { headers: { 'x-api-key': 'anything' } },
    'in Ocp-Apim-Subscription-Key': { headers: { 'ocp-apim-subscription-key': '' } },
    'in Client-Key': { headers: { 'client-key': 'x' } },
    'in any other header': { headers: { 'x-note': `see ${secret}` } },
    'in Idempotency-Key': { headers: { 'idempotency-key': secret } },
    'in a cookie': { event: { cookies: [`key=${secret}`] } },
    'in the query': { query: { key: secret } },
    'as a query parameter’s name': { query: { [secret]: '1' } },
    'percent-encoded in the query': {
      event: { rawQueryString: `a=${secret.replace('_', '%5F')}`, queryStringParameters: { a: secret } },
    },
    'in the path': { event: { pathParameters: { tenantId: secret } } },
    'in the body': { body: { name: secret } },
    'as a field of the body': { body: { [secret]: 1 } },
    'inside a text of the body': { body: { name: `my key is ${secret}, what now?` } },
    'escaped in the body': { text: `{"name":"${escaped}"}` },
    'in a body that is no JSON': { text: `name=${secret}` },
    'in a body that is encoded': {
      event: {
        body: Buffer.from(JSON.stringify({ name: secret })).toString('base64'),
        isBase64Encoded: true,
      },
    },
  };
  for (const [where, request] of Object.entries(requests)) {
    test(where, async () => {
      const answer = await management.call(PATH, request);
      expect(answer).toMatchObject({ status: 403, body: { error: { code: 'key_not_accepted' } } });
      expect(answer.text + management.logged.join('')).not.toContain(secret);
    });
  }

  test('from nobody, whoever signs in and whatever route it is', async () => {
    for (const { key, operation: name } of ROUTES) {
      if (SCHEMAS[name].acceptsKeys) continue;
      const path = key.replace(/\{\w+\}/g, 'tenant_own');
      for (const claims of [ADMIN, {}]) {
        const answer = await management.call(path, { claims, headers: { 'x-note': secret } });
        expect([key, answer.body.error.code]).toEqual([key, 'key_not_accepted']);
      }
    }
  });

  test('but a text that only looks like one is a text', async () => {
    const mistyped = `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`;
    const answer = await management.call(PATH, { body: { name: mistyped } });
    expect(answer.status).toBe(200);
  });

  test('unless the operation is about keys themselves: then in its body', async () => {
    const report = operation(
      { summary: 'Report', open: true, acceptsKeys: true, answers: { 200: null } },
      async () => ({
        status: 200,
      }),
    );
    const handler = managementHandler(
      { getOpenApi: report },
      { now: () => new Date(), randomBytes, keyFormat: management.keyFormat, logger: silentLogger },
    );
    const answered = (request: object) =>
      handler(
        {
          routeKey: 'GET /openapi.json',
          headers: {},
          requestContext: { requestId: 'request-1' },
          ...request,
        } as unknown as Parameters<typeof handler>[0],
        CONTEXT,
      );
    expect(await answered({ body: secret })).toMatchObject({ statusCode: 200 });
    expect(await answered({ headers: { 'x-note': secret } })).toMatchObject({ statusCode: 403 });
  });
});

describe('what is sent', () => {
  const PATH = 'PATCH /v1/tenants/tenant_own';
  test.each([
    ['malformed JSON', { text: '{"name":' }, 400, 'invalid_request'],
    ['JSON that is no object', { text: '["name"]' }, 400, 'invalid_request'],
    ['null', { text: 'null' }, 400, 'invalid_request'],
    [
      'a form',
      { text: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported_media_type',
    ],
    [
      'JSON that is called something else',
      { text: '{"name":"x"}', headers: { 'content-type': 'text/plain' } },
      415,
      'unsupported_media_type',
    ],
    [
      'more than a quarter of a megabyte',
      { text: JSON.stringify({ name: 'x'.repeat(262_144) }) },
      413,
      'body_too_large',
    ],
    ['nothing', {}, 400, 'invalid_request'],
  ])('%s is a %i', async (_, request: TestRequest, status, code) => {
    const answer = await management.call(PATH, request);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  test('a body may come encoded, and its type may have parameters', async () => {
    const answer = await management.call(PATH, {
      headers: { 'content-type': 'application/json; charset=utf-8' },
      event: { body: Buffer.from('{"name":"Größe"}').toString('base64'), isBase64Encoded: true },
    });
    expect(answer).toMatchObject({ status: 200, body: { name: 'Größe' } });
  });

  test('every answer forbids to be kept or guessed at, and names its request', async () => {
    for (const path of [
      'GET /v1/tenants/tenant_own',
      'GET /v1/tenants/tenant_missing',
      'GET /openapi.json',
    ]) {
      const { headers, body } = await management.call(path);
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-request-id': expect.stringMatching(/^request-\d+$/),
      });
      if (body.error) expect(body.error.requestId).toBe(headers['x-request-id']);
    }
  });
});

describe('failures', () => {
  test('one that nobody expected is a plain 500, and its cause is in the log', async () => {
    management.tenants.get = () =>
      Promise.reject(new TypeError('the inside of it', { cause: new Error('deeper') }));
    const answer = await management.call('GET /v1/tenants/tenant_own');
    expect(answer).toMatchObject({
      status: 500,
      body: { error: { code: 'internal_error', type: 'api_error' } },
    });
    expect(answer.text).not.toContain('inside');
    const logged = management.logged.join('\n');
    expect(logged).toContain('the inside of it');
    expect(logged).toContain('deeper');
    expect(JSON.parse(management.logged[0] ?? '').requestId).toBe(answer.body.error.requestId);
  });

  test.each([
    Object.assign(new Error('slow down'), { name: 'ThrottlingException', $fault: 'client' }),
    Object.assign(new Error('too much'), {
      name: 'ProvisionedThroughputExceededException',
      $fault: 'client',
    }),
    Object.assign(new Error('broken'), { name: 'InternalServerError', $fault: 'server' }),
    Object.assign(new Error('no answer'), { name: 'TimeoutError' }),
    Object.assign(new Error('gone'), { code: 'ECONNRESET' }),
  ])('%s of a service is a 503 that says when to retry', async (error) => {
    management.tenants.get = () => Promise.reject(error);
    const answer = await management.call('GET /v1/tenants/tenant_own');
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
      body: { error: { code: 'dependency_unavailable' } },
    });
    expect(answer.text).not.toContain(error.message);
  });

  test('a request that the service finds wrong is ours to repair: 500', async () => {
    const error = Object.assign(new Error('bad key'), { name: 'ValidationException', $fault: 'client' });
    management.tenants.get = () => Promise.reject(error);
    expect((await management.call('GET /v1/tenants/tenant_own')).status).toBe(500);
  });
});
