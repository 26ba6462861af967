import { createHmac, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { policyAllows } from '../../core/domain/decision/access-policy.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import type { GatewayAnswer } from '../../functions/authorizer/gateway-answer.ts';
import { httpEvent, restEvent, STAGE_ARN } from '../support/gateway-events.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

const API = 'api_Payments0000';
const OAUTH_API = 'api_PaymentsOath';
const PRODUCT = 'prod_Payments0000';
const AUDIENCE = 'payments';
let plane: RequestPlane;
let issuer: TokenIssuer;
let clientKey: string;
let oauthClientKey: string;
beforeAll(async () => {
  [plane, issuer] = await Promise.all([startRequestPlane(), startTokenIssuer()]);
  plane.clock = Date.now();
  clientKey = await plane.putSubscriptionApi(API, { clientKeyRequired: true });
  const oauth = { issuer: issuer.issuer, audience: AUDIENCE, requiredScopes: ['pay'], requiredRoles: [] };
  oauthClientKey = await plane.putSubscriptionApi(OAUTH_API, { clientKeyRequired: true, oauth });
  await plane.putProduct(PRODUCT, [API, OAUTH_API]);
});
afterAll(() => Promise.all([plane.close(), issuer.close()]));
beforeEach(() => {
  plane.lines.length = 0;
  plane.calls.length = 0;
});

const headersFor = (key: string, client: string | undefined = clientKey) => ({
  'Ocp-Apim-Subscription-Key': key,
  ...(client !== '' && { 'Client-Key': client }),
});
const ask = (headers: Record<string, string>, apiId = API) =>
  plane.handler(plane.authorizer({ apiId }))(restEvent({ headers, path: '/v1/payments', method: 'POST' }));
const admitted = (answer: GatewayAnswer) =>
  'policyDocument' in answer && policyAllows(answer.policyDocument, `${STAGE_ARN}/POST/v1/payments`);
const lastCause = () => JSON.parse(plane.lines.at(-1) ?? '{}').cause;

test.each(['primary', 'secondary'] as const)(
  'the %s key is admitted, and the context names the slot',
  async (slot) => {
    const keys = await plane.putSubscription();
    const answer = await ask(headersFor(keys[slot]));
    expect(admitted(answer)).toBe(true);
    const subscriptionId = `sub_${keys[slot].slice(8, 20)}`;
    expect(answer.context).toEqual({
      keyId: subscriptionId,
      subscriptionId,
      tenantId: 'tenant_acme',
      environment: 'sandbox',
      keyType: 'subscription',
      productId: PRODUCT,
      slot,
      route: expect.stringMatching(/^\/v1\/[a-z]+$/),
    });
  },
);

test('an HTTP API answers simply', async () => {
  const { primary } = await plane.putSubscription();
  const handle = plane.handler(plane.authorizer({ apiId: API }));
  expect(await handle(httpEvent({ headers: headersFor(primary) }))).toMatchObject({ isAuthorized: true });
});

describe('401', () => {
  test.each([
    ['no key', () => ({ 'client-key': clientKey }), 'no_key'],
    ['an API key in its place', async () => headersFor(await plane.putKey()), 'malformed_key'],
    [
      'an API key of the tenant scheme',
      async () => ({ 'x-api-key': await plane.putKey(), 'x-tn': 'tenant_acme' }),
      'unknown_key',
    ],
    [
      'two keys',
      async () => ({
        ...headersFor((await plane.putSubscription()).primary),
        'x-api-key': await plane.putKey(),
      }),
      'two_keys',
    ],
    ['no client key', async () => headersFor((await plane.putSubscription()).primary, ''), 'no_client_key'],
    [
      'another API’s client key',
      async () => headersFor((await plane.putSubscription()).primary, oauthClientKey),
      'wrong_client_key',
    ],
    [
      'an unknown subscription',
      () => headersFor(plane.format.mint('sub', 'sandbox', 'NoSuchSub000', (n) => Buffer.alloc(n, 5))),
      'unknown_key',
    ],
  ])('%s', async (_, headers, cause) => {
    await expect(ask(await headers())).rejects.toThrow('Unauthorized');
    expect(lastCause()).toBe(cause);
  });

  test('a subscription key on an API of the tenant scheme', async () => {
    const { primary } = await plane.putSubscription();
    await expect(ask(headersFor(primary), 'api_OrdersSndbox')).rejects.toThrow('Unauthorized');
    expect(lastCause()).toBe('unknown_key');
  });

  test('a regenerated slot’s old key, while the other slot goes on', async () => {
    const { primary, secondary } = await plane.putSubscription();
    const place = itemKey.credential(primary.slice(8, 20));
    const { digests } = (await plane.item(place)) as { digests: { secondary: never } };
    await plane.changeKey(primary, { digests: { primary: digests.secondary, secondary: digests.secondary } });
    await expect(ask(headersFor(primary))).rejects.toThrow('Unauthorized');
    expect(admitted(await ask(headersFor(secondary)))).toBe(true);
  });
});

test('while the store fails the log still calls a subscription by its own name', async () => {
  const { primary } = await plane.putSubscription();
  const dynamodb = () => () => Promise.reject(new Error('connect ECONNREFUSED'));
  const handle = plane.handler(plane.authorizer({ apiId: API, dynamodb }));
  await expect(handle(restEvent({ headers: headersFor(primary) }))).rejects.toThrow('authorizer_unavailable');
  expect(JSON.parse(plane.lines.at(-1) ?? '{}').keyId).toBe(`sub_${primary.slice(8, 20)}`);
});

describe('403 names the cause', () => {
  test.each(['pending', 'suspended', 'cancelled', 'rejected'] as const)(
    'a subscription that is %s',
    async (state) => {
      const { primary } = await plane.putSubscription({ state });
      const { context } = await ask(headersFor(primary));
      expect(context).toMatchObject({
        errorCode: 'subscription_not_active',
        errorMessage: `Access denied: the subscription is ${state}.`,
      });
    },
  );

  test('a product that does not contain the API; told before the state', async () => {
    await plane.putProduct('prod_Other0000000', []);
    const { primary } = await plane.putSubscription({ productId: 'prod_Other0000000', state: 'pending' });
    expect((await ask(headersFor(primary))).context).toMatchObject({ errorCode: 'product_not_subscribed' });
  });

  test('a change of membership or state is seen when the record is too old', async () => {
    const { primary } = await plane.putSubscription();
    const handle = plane.handler(plane.authorizer({ apiId: API }));
    const event = restEvent({ headers: headersFor(primary), path: '/v1/payments', method: 'POST' });
    expect(admitted(await handle(event))).toBe(true);
    await plane.changeKey(primary, { state: 'suspended' });
    plane.clock += 3000;
    expect(admitted(await handle(event))).toBe(false);
  });

  test('is held to limits of its own, and to its plan again, within seconds', async () => {
    const { primary } = await plane.putSubscription();
    const handle = plane.handler(plane.authorizer({ apiId: API }));
    const limits = async () => {
      plane.clock += 3000;
      return (await handle(restEvent({ headers: headersFor(primary), path: '/v1/payments' }))).context
        ?.limits;
    };
    expect(await limits()).toBeUndefined();
    const rateLimits = [{ limit: 7, windowSeconds: 60 }];
    await plane.changeKey(primary, { limits: { rateLimits, quota: { limit: 9, period: 'day' } } });
    expect(await limits()).toBe('7/60 9/day');
    await plane.changeKey(primary, { limits: { rateLimits } });
    expect(await limits()).toBe('7/60');
  });
});

test('a subscription costs two reads when first seen, and none while it is remembered', async () => {
  const { primary } = await plane.putSubscription();
  const handle = plane.handler(plane.authorizer({ apiId: API }));
  for (let i = 0; i < 3; i++) await handle(restEvent({ headers: headersFor(primary) }));
  expect(plane.calls).toEqual(['BatchGetItem', 'BatchGetItem', 'PutItem']);
});

describe('OAuth as second factor', () => {
  const seconds = () => Math.floor(Date.now() / 1000);
  const claims = (change: object = {}) => ({
    iss: issuer.issuer,
    aud: AUDIENCE,
    sub: 'client-1',
    client_id: 'client-1',
    scope: 'read pay',
    iat: seconds(),
    exp: seconds() + 300,
    ...change,
  });
  let key: string;
  beforeAll(async () => {
    key = (await plane.putSubscription()).primary;
  });
  const call = (token: string | undefined, presented = key) =>
    ask(
      { ...headersFor(presented, oauthClientKey), ...(token && { authorization: `Bearer ${token}` }) },
      OAUTH_API,
    );

  test.each([
    ['RFC 9068', {}, 'client-1'],
    [
      'Cognito: no aud, client_id is the audience',
      { aud: undefined, client_id: AUDIENCE, token_use: 'access' },
      AUDIENCE,
    ],
    [
      'Entra ID v1',
      { scope: undefined, client_id: undefined, scp: 'pay', appid: 'app-1', ver: '1.0' },
      'app-1',
    ],
    [
      'Entra ID v2',
      { scope: undefined, client_id: undefined, scp: 'read pay', azp: 'app-2', ver: '2.0' },
      'app-2',
    ],
    ['Auth0', { aud: ['other', AUDIENCE], client_id: undefined, azp: 'app-3' }, 'app-3'],
    ['a clock within a minute', { exp: seconds() - 30, nbf: seconds() + 30 }, 'client-1'],
  ])('admitted: %s', async (_, change, oauthClientId) => {
    const answer = await call(await issuer.sign(claims(change)));
    expect(admitted(answer)).toBe(true);
    expect(answer.context).toMatchObject({ oauthClientId });
  });

  test('a route’s own scopes are asked of the token that comes, and a policy allows no route beyond them', async () => {
    const apiId = 'api_PaymentsScps';
    const routes = ['get', 'put'].map((name) => ({
      ...{
        method: name === 'get' ? 'GET' : 'POST',
        path: '/v1/payments',
        public: false,
        scopes: [`pay.${name}`],
      },
    }));
    const oauth = { issuer: issuer.issuer, audience: AUDIENCE, requiredScopes: ['pay'], requiredRoles: [] };
    await plane.putSubscriptionApi(apiId, { oauth, routes });
    await plane.putProduct('prod_Scopes000000', [apiId]);
    const { primary } = await plane.putSubscription({ productId: 'prod_Scopes000000' });
    const handle = plane.handler(plane.authorizer({ apiId }));
    const askWith = async (scope: string, method: string, path = '/v1/payments') => {
      const authorization = `Bearer ${await issuer.sign(claims({ scope }))}`;
      const headers = { ...headersFor(primary, ''), authorization };
      const answer = await handle(restEvent({ headers, path, method }));
      if (!('policyDocument' in answer)) throw new Error('there is no policy');
      const may = (called: string) => policyAllows(answer.policyDocument, `${STAGE_ARN}/${called}`);
      return [may(`GET/v1/payments`), may('POST/v1/payments'), may('GET/v1/other')];
    };
    // One instance, one key: what one token came to is nothing to the next.
    for (let round = 0; round < 2; round++) {
      expect(await askWith('pay pay.get', 'GET')).toEqual([true, false, false]);
      expect(await askWith('pay pay.get', 'POST')).toEqual([false, false, false]);
      expect(lastCause()).toBe('scope_missing');
      expect(await askWith('pay pay.get pay.put', 'POST')).toEqual([true, true, true]);
      expect(await askWith('pay', 'GET', '/v1/other')).toEqual([false, false, true]);
      expect(await askWith('pay pay.get', 'GET', '/v1//payments')).toEqual([false, false, false]);
    }
    await plane.putSubscriptionApi(apiId, { oauth, routes: [] });
    plane.clock += 5000;
    expect(await askWith('pay', 'POST')).toEqual([true, true, true]);
  });

  const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  test.each([
    ['none', async () => undefined, 'no_token'],
    ['expired', () => issuer.sign(claims({ exp: seconds() - 120 })), 'invalid_token'],
    ['without expiry', () => issuer.sign(claims({ exp: undefined })), 'invalid_token'],
    ['not yet valid', () => issuer.sign(claims({ nbf: seconds() + 120 })), 'invalid_token'],
    ['of another audience', () => issuer.sign(claims({ aud: 'other' })), 'invalid_token'],
    ['of another issuer', () => issuer.sign(claims({ iss: 'https://evil.example' })), 'invalid_token'],
    ['without the scope', () => issuer.sign(claims({ scope: 'read' })), 'invalid_token'],
    ['an ID token', () => issuer.sign(claims({ token_use: 'id' })), 'invalid_token'],
    [
      'alg none',
      async () => `${base64url({ alg: 'none', kid: 'key-1' })}.${base64url(claims())}.`,
      'invalid_token',
    ],
    [
      'HS256 with the public key as secret',
      async () => {
        const signed = `${base64url({ alg: 'HS256', kid: 'key-1', typ: 'JWT' })}.${base64url(claims())}`;
        return `${signed}.${createHmac('sha256', issuer.publicKeyPem).update(signed).digest('base64url')}`;
      },
      'invalid_token',
    ],
    ['of an unknown key', () => issuer.sign(claims(), { kid: 'key-9' }), 'invalid_token'],
    ['truncated', async () => (await issuer.sign(claims())).slice(0, -20), 'invalid_token'],
    ['no JWT', async () => 'abc', 'invalid_token'],
    [
      'two tokens',
      async () => `${await issuer.sign(claims())}, Bearer ${await issuer.sign(claims())}`,
      'invalid_token',
    ],
    ['100 KB', () => issuer.sign(claims({ padding: 'x'.repeat(100_000) })), 'invalid_token'],
  ])('refused: %s', async (_, token, cause) => {
    await expect(call(await token())).rejects.toThrow('Unauthorized');
    expect(lastCause()).toBe(cause);
  });

  test('embedded jwk, jku and x5u are refused, and nobody asks at their addresses', async () => {
    const asked: string[] = [];
    const attacker = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('{}');
    });
    await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(attacker.address() as AddressInfo).port}/keys`;
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = publicKey.export({ format: 'jwk' });
    for (const header of [
      { jwk, kid: 'x' },
      { jku: url, kid: 'x' },
      { x5u: url, kid: 'x' },
      { jku: url, kid: undefined },
    ]) {
      await expect(call(await issuer.sign(claims({ iss: issuer.issuer }), header))).rejects.toThrow(
        'Unauthorized',
      );
    }
    expect(asked).toEqual([]);
    attacker.close();
  });

  test('only the clients that a subscription names, where it names any', async () => {
    const { primary } = await plane.putSubscription({ oauthClientIds: ['client-2'] });
    await expect(call(await issuer.sign(claims()), primary)).rejects.toThrow('Unauthorized');
    expect(lastCause()).toBe('token_of_other_client');
    expect(admitted(await call(await issuer.sign(claims({ client_id: 'client-2' })), primary))).toBe(true);
  });

  test('an issuer that is down costs nobody access once its keys are known; before that it is a 503', async () => {
    const authorizer = plane.authorizer({ apiId: OAUTH_API });
    const handle = plane.handler(authorizer);
    const event = (token: string) =>
      restEvent({
        headers: { ...headersFor(key, oauthClientKey), authorization: `Bearer ${token}` },
        method: 'POST',
        path: '/v1/payments',
      });
    issuer.down = true;
    await expect(handle(event(await issuer.sign(claims())))).rejects.toThrow('authorizer_unavailable');
    issuer.down = false;
    plane.clock += 10_000;
    expect(admitted(await handle(event(await issuer.sign(claims()))))).toBe(true);
    issuer.down = true;
    plane.clock += 2 * 3600_000;
    expect(
      admitted(await handle(event(await issuer.sign(claims({ jti: 'another', exp: seconds() + 9000 }))))),
    ).toBe(true);
    issuer.down = false;
    plane.clock -= 2 * 3600_000;
  });

  test('unknown key ids make one reading in ten seconds, however many tokens name them', async () => {
    const handle = plane.handler(plane.authorizer({ apiId: OAUTH_API }));
    const before = issuer.requests.length;
    for (let i = 0; i < 5; i++) {
      const token = await issuer.sign(claims(), { kid: `unknown-${i}` });
      const headers = { ...headersFor(key, oauthClientKey), authorization: `Bearer ${token}` };
      await expect(handle(restEvent({ headers }))).rejects.toThrow('Unauthorized');
    }
    expect(issuer.requests.length - before).toBe(2);
  });

  test('a token that ends while it is remembered is refused from then on', async () => {
    let accepts = true;
    const verify = async () =>
      accepts ? { clientId: 'client-1', expiresAt: plane.clock + 1000 } : undefined;
    const handle = plane.handler(plane.authorizer({ apiId: OAUTH_API, tokens: { verify } }));
    const headers = { ...headersFor(key, oauthClientKey), authorization: 'Bearer any' };
    const event = restEvent({ headers, method: 'POST', path: '/v1/payments' });
    expect(admitted(await handle(event))).toBe(true);
    accepts = false;
    expect(admitted(await handle(event))).toBe(true);
    plane.clock += 1001;
    await expect(handle(event)).rejects.toThrow('Unauthorized');
  });
});
