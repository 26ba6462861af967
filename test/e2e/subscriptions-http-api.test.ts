import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readTemplates } from '../../emulator/template.ts';
import { TARGET } from '../emulator/api-gateway-fixture.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import {
  closedAddress,
  gatewayOf,
  type HttpGateway,
  type ProtectedHttpApi,
  STAGE,
  stackOf,
} from '../support/http-apis.ts';
import { TestManagement } from '../support/management.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

const APIS: readonly ProtectedHttpApi[] = [
  { name: 'key', apiId: 'api_HttpKeyAlone', clientKey: false, oauth: false, payload: '2.0' },
  { name: 'client-key', apiId: 'api_HttpClientK0', clientKey: true, oauth: false, payload: '2.0' },
  { name: 'token', apiId: 'api_HttpOauth000', clientKey: false, oauth: true, payload: '2.0' },
  { name: 'client-key-and-token', apiId: 'api_HttpBoth0000', clientKey: true, oauth: true, payload: '2.0' },
  { name: 'payload-1', apiId: 'api_HttpBothV100', clientKey: true, oauth: true, payload: '1.0' },
];
const OTHER_API = 'api_HttpOther000';
const LIVE_API = 'api_HttpLive0000';
const TENANT = 'tenant_acme';
const AUDIENCE = 'payments';

let dynamodb: TestDynamoDb;
let management: TestManagement;
let issuer: TokenIssuer;
let assemblyDir: string;
let gateway: HttpGateway;
/** The same functions where nothing answers at the address of AWS's services. */
let stranded: HttpGateway;
const clientKeys = new Map<string, string>();

beforeAll(async () => {
  process.env.AWS_REGION = TARGET.region;
  [dynamodb, issuer] = await Promise.all([startDynamoDb(), startTokenIssuer()]);
  management = new TestManagement(dynamodb);
  const SecretString = JSON.stringify({ current: 'v1', v1: 'p'.repeat(64) });
  dynamodb.aws.createSecret({ Name: 'keywright/pepper', SecretString });
  await made('/tenants', { tenantId: TENANT, name: 'Acme' });
  for (const api of APIS) await createApi(api);
  await createApi({ apiId: OTHER_API, clientKey: false, oauth: false });
  await createApi({ apiId: LIVE_API, clientKey: false, oauth: false }, 'live');

  assemblyDir = mkdtempSync(join(tmpdir(), 'keywright-http-api-'));
  const templates = readTemplates(stackOf(APIS, assemblyDir), TARGET);
  gateway = await gatewayOf(templates, dynamodb.endpoint);
  stranded = await gatewayOf(templates, await closedAddress());
});
afterAll(async () => {
  await Promise.all([gateway.close(), stranded.close()]);
  await Promise.all([dynamodb.close(), issuer.close()]);
  rmSync(assemblyDir, { recursive: true });
});

// biome-ignore lint/suspicious/noExplicitAny: tests read the fields that the schema has been checked for
async function made(path: string, body: object = {}): Promise<any> {
  const answer = await management.call(`POST /v1${path}`, { body });
  if (answer.status >= 300) throw new Error(`${path} answered ${answer.status} ${answer.text}`);
  return answer.body;
}

async function createApi(
  api: { apiId: string; clientKey: boolean; oauth: boolean },
  environment = STAGE,
): Promise<void> {
  const { apiId, clientKey: clientKeyRequired } = api;
  const oauth = api.oauth ? { issuer: issuer.issuer, audience: AUDIENCE, requiredScopes: ['pay'] } : null;
  await made('/apis', {
    apiId,
    name: 'payments',
    environment,
    scheme: 'subscription',
    clientKeyRequired,
    oauth,
  });
  clientKeys.set(apiId, (await made(`/apis/${apiId}/client-key/reveal`)).clientKey);
}

interface Keys {
  readonly subscriptionId: string;
  readonly productId: string;
  readonly primary: string;
  readonly secondary: string;
}

/** A new subscription to a new product, of all these APIs unless told otherwise. */
async function subscribed(product: object = {}, tenantId = TENANT): Promise<Keys> {
  const apiIds = APIS.map(({ apiId }) => apiId);
  const { productId } = await made('/products', {
    name: 'Payments',
    apiIds,
    requiresApproval: false,
    ...product,
  });
  const { subscriptionId } = await made('/subscriptions', { tenantId, productId, name: 'Shop' });
  const { primaryKey, secondaryKey } = await made(`/subscriptions/${subscriptionId}/keys/reveal`);
  return { subscriptionId, productId, primary: primaryKey, secondary: secondaryKey };
}

const seconds = () => Math.floor(Date.now() / 1000);
const token = (change: object = {}, header: object = {}) => {
  const claims = { iss: issuer.issuer, aud: AUDIENCE, sub: 'shop', client_id: 'shop', scope: 'read pay' };
  return issuer.sign({ ...claims, iat: seconds(), exp: seconds() + 300, ...change }, header);
};

/** Calls with all that the API asks for; `change` replaces headers, undefined leaves one out. */
async function call(
  { name, apiId, clientKey, oauth }: ProtectedHttpApi,
  key: string,
  change: Record<string, string | undefined> = {},
  { path = '/v1/payments', at = gateway } = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const headers = {
    'ocp-apim-subscription-key': key,
    'client-key': clientKey ? clientKeys.get(apiId) : undefined,
    authorization: oauth ? `Bearer ${await token()}` : undefined,
    ...change,
  };
  const sent = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const answer = await fetch(`${at.url}/${name}/${STAGE}${path}`, { method: 'POST', headers: sent });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** Asserts that the backend heard nothing of the request. */
async function expectRefusal(status: number, answer: ReturnType<typeof call>): Promise<void> {
  const { text, ...refused } = await answer;
  expect([refused.status, text.includes('authorizer')]).toEqual([status, false]);
}

describe.each(APIS)('an HTTP API behind «$name»', (api) => {
  let keys: Keys;
  beforeAll(async () => {
    keys = await subscribed();
  });

  test('admits both keys and tells its backend whose they are', async () => {
    const { subscriptionId, productId } = keys;
    for (const slot of ['primary', 'secondary'] as const) {
      const { status, text } = await call(api, keys[slot]);
      expect([slot, status]).toEqual([slot, 200]);
      expect(JSON.parse(text).authorizer).toMatchObject({
        subscriptionId,
        productId,
        slot,
        tenantId: TENANT,
        environment: STAGE,
        keyType: 'subscription',
        ...(api.oauth && { oauthClientId: 'shop' }),
      });
    }
  });

  const apiKey = async () => {
    const key = { name: 'Key', type: 'secret', environment: STAGE, role: 'writer' };
    return (await made(`/tenants/${TENANT}/keys`, key)).secret as string;
  };
  const minted = (id: string) => management.keyFormat.mint('sub', STAGE, id, randomBytes);
  test.each<[string, () => Promise<readonly [string, Record<string, string | undefined>?]>]>([
    ['no key', async () => [keys.primary, { 'ocp-apim-subscription-key': undefined }]],
    ['a malformed key', async () => [`${keys.primary.slice(0, -1)}-`]],
    ['an unknown key', async () => [minted('NoSuchSub000')]],
    ['a wrong secret', async () => [minted(keys.subscriptionId.slice(-12))]],
    ['an API key', async () => [await apiKey()]],
    [
      'an API key in its own headers',
      async () => {
        const own = { 'ocp-apim-subscription-key': undefined, 'x-api-key': await apiKey(), 'x-tn': TENANT };
        return ['', own];
      },
    ],
    ['a client key', async () => [clientKeys.get(api.apiId) ?? '']],
    ['two keys', async () => [keys.primary, { 'x-api-key': await apiKey() }]],
    [
      'a key that was regenerated',
      async () => {
        const { subscriptionId, primary } = await subscribed();
        await made(`/subscriptions/${subscriptionId}/keys/primary/regenerate`);
        return [primary];
      },
    ],
    [
      'a key of a suspended tenant',
      async () => {
        const tenantId = `tenant_${randomBytes(6).toString('hex')}`;
        await made('/tenants', { tenantId, name: 'Gone' });
        const { primary } = await subscribed({}, tenantId);
        await management.call(`PATCH /v1/tenants/${tenantId}`, { body: { status: 'suspended' } });
        return [primary];
      },
    ],
  ])('answers 401 to %s', async (_, given) => {
    await expectRefusal(401, call(api, ...(await given())));
  });

  test('answers 401 to a key in the query string', async () => {
    const path = `/v1/payments?subscription-key=${keys.primary}&Ocp-Apim-Subscription-Key=${keys.primary}`;
    await expectRefusal(401, call(api, '', { 'ocp-apim-subscription-key': undefined }, { path }));
  });

  if (api.clientKey) {
    test('answers 401 without the API’s client key', async () => {
      for (const clientKey of [undefined, clientKeys.get(OTHER_API), keys.primary, 'ck_dev_x']) {
        await expectRefusal(401, call(api, keys.primary, { 'client-key': clientKey }));
      }
    });
  }

  if (api.oauth) {
    test.each<[string, () => Promise<string | undefined>]>([
      ['no token', async () => undefined],
      ['an expired one', () => token({ exp: seconds() - 120 })],
      ['one that is not valid yet', () => token({ nbf: seconds() + 120 })],
      ['one for another audience', () => token({ aud: 'other' })],
      ['one of another issuer', () => token({ iss: 'https://id.example.com' })],
      ['one without the scope', () => token({ scope: 'read' })],
      ['one of an unknown key', () => token({}, { kid: 'key-9' })],
      ['a truncated one', async () => (await token()).slice(0, -20)],
    ])('answers 401 to %s', async (_, given) => {
      const sent = await given();
      await expectRefusal(401, call(api, keys.primary, { authorization: sent && `Bearer ${sent}` }));
    });
  }

  const inState = async (product: object, ...steps: string[]) => {
    const { subscriptionId, primary } = await subscribed(product);
    for (const step of steps) await made(`/subscriptions/${subscriptionId}/${step}`);
    return primary;
  };
  test.each<[string, () => Promise<string>]>([
    ['pending', () => inState({ requiresApproval: true })],
    ['rejected', () => inState({ requiresApproval: true }, 'reject')],
    ['suspended', () => inState({}, 'suspend')],
    ['cancelled', () => inState({}, 'cancel')],
    ['to a product without this API', () => inState({ apiIds: [OTHER_API] })],
    ['of the other environment', () => inState({ apiIds: [LIVE_API] })],
  ])('answers 403 where the subscription is %s', async (_, key) => {
    await expectRefusal(403, call(api, await key()));
  });

  test.each([
    ['rate limit', { rateLimits: [{ limit: 1, windowSeconds: 3600 }], quota: null }],
    ['quota', { rateLimits: [], quota: { limit: 1, period: 'month' } }],
  ])('answers 429 over the %s', async (_, plan) => {
    const { primary } = await subscribed({ plan });
    const answers = [];
    // Of three calls at most two are in different windows.
    for (let i = 0; i < 3; i++) answers.push(await call(api, primary));
    expect(answers[0]?.status).toBe(200);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, headers } of refused) {
      expect([status, Number(headers.get('retry-after')) > 0]).toEqual([429, true]);
    }
  });

  test('answers 500 while what it needs to know can’t be read', async () => {
    await expectRefusal(500, call(api, keys.primary, {}, { at: stranded }));
  });

  if (api.oauth) {
    test('answers 500 while the issuer is down and its keys are not known yet', async () => {
      issuer.down = true;
      const functions = await gatewayOf(readTemplates(assemblyDir, TARGET), dynamodb.endpoint);
      try {
        await expectRefusal(500, call(api, keys.primary, {}, { at: functions }));
      } finally {
        issuer.down = false;
        await functions.close();
      }
    });
  }
});
