import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { REFUSALS, type RefusalCode } from '../../core/contract/refusals.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import type { Answer, Deployment } from './deployment.ts';

/** What some emulation of API Gateway does not show; its tests are then reported as skipped. */
export type Unobservable = 'body of a 403 of a REST API' | '401 of an HTTP API' | 'CORS of an HTTP API';

type Request = RequestInit & { path?: string };

/** One request's answers by the REST API and by the HTTP API. */
interface Answers {
  readonly rest: Answer;
  readonly http: Answer;
}

/** A deployment under test. */
interface Subject {
  readonly keys: ReturnType<typeof keysOf>;
  manage: Deployment['manage'];
  call: Deployment['call'];
  /** Asks the REST API and the HTTP API the same. */
  both(request: Request, environment?: string): Promise<Answers>;
  /** `test`, or `test.skip` for what can't be observed. */
  testUnless(unobservable: Unobservable | false): typeof test.skip;
}

const format = new KeyFormat();
const TENANT = '/tenants/tenant_acme';

/**
 * Tests the contract's outcome table on the REST API and the HTTP API of the demonstration, and how soon
 * changes show in it.
 */
export function testOutcomes(deployment: () => Deployment, unobservable: readonly Unobservable[] = []): void {
  const call: Deployment['call'] = (...request) => deployment().call(...request);
  const subject: Subject = {
    keys: keysOf(deployment),
    manage: (...request) => deployment().manage(...request),
    call,
    async both(request, environment = 'sandbox') {
      const apis = ['orders', 'catalog'].map((api) => call(api, environment, request));
      const [rest, http] = (await Promise.all(apis)) as [Answer, Answer];
      return { rest, http };
    },
    testUnless: (what) => (what !== false && unobservable.includes(what) ? test.skip : test),
  };
  testAdmission(subject);
  testUnauthorized(subject);
  testForbidden(subject);
  testChanges(subject);
}

/** Tests that all of these requests are refused in this way, and look the same from outside. */
function testRefusal(
  { testUnless }: Subject,
  code: RefusalCode,
  what: string,
  requests: () => Promise<Answers[]>,
): void {
  const { status, message, type } = REFUSALS[code];
  describe(`${status} ${code}: ${what}`, () => {
    let answers: Answers[];
    beforeAll(async () => {
      answers = await requests();
    });

    test('REST API: status and headers', () => {
      for (const { rest } of answers) {
        expect(rest.status).toBe(status);
        expect(rest.headers.get('content-type')).toBe('application/json');
        expect(rest.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer realm="keywright"' : null);
      }
    });

    testUnless(status === 403 && 'body of a 403 of a REST API')('REST API: body', () => {
      for (const { rest } of answers) expect(rest.json()).toEqual({ error: { code, message, type } });
    });

    testUnless(status === 401 && '401 of an HTTP API')('HTTP API: status', () => {
      for (const { http } of answers) expect(http.status).toBe(status);
    });

    test('one answer for all causes, and no backend is reached', () => {
      expect(new Set(answers.map(({ rest }) => visible(rest))).size).toBe(1);
      expect(new Set(answers.map(({ http }) => visible(http))).size).toBe(1);
      for (const { rest, http } of answers) expect(rest.text + http.text).not.toContain('"authorizer"');
    });
  });
}

/** What is let through, and what the backend is told. */
function testAdmission({ keys, call, both, testUnless }: Subject): void {
  test.each(['x-api-key', 'bearer'])('a good key by %s; the backend learns who called', async (by) => {
    const { keyId, secret } = await keys.create();
    const headers =
      by === 'bearer' ? { authorization: `Bearer ${secret}`, 'x-tn': 'tenant_acme' } : headersFor(secret);
    const { rest, http } = await both({ headers, method: 'POST' });
    for (const answer of [rest, http]) {
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({
        environment: 'sandbox',
        method: 'POST',
        path: '/v1/orders',
        authorizer: {
          keyId,
          tenantId: 'tenant_acme',
          environment: 'sandbox',
          keyType: 'secret',
          role: 'writer',
          permissions: '*:*',
        },
      });
    }
  });

  test('REST API: a preflight needs no key', async () => {
    expectPreflight(await call('orders', 'sandbox', PREFLIGHT));
  });
  testUnless('CORS of an HTTP API')('HTTP API: a preflight needs no key', async () => {
    expectPreflight(await call('catalog', 'sandbox', PREFLIGHT));
  });

  test('a publishable key reads public routes and writes nothing', async () => {
    const { secret } = await keys.create({ type: 'publishable', role: 'reader' });
    const products = { headers: headersFor(secret), path: '/v1/products' };
    expect((await call('catalog', 'sandbox', products)).status).toBe(200);
    expect((await call('catalog', 'sandbox', { ...products, method: 'POST' })).status).toBe(403);
  });

  test('a key of this network or of this origin', async () => {
    const here = await keys.create({ allowedCidrs: ['127.0.0.0/8', '::1/128'] });
    const shop = await keys.create({ allowedOrigins: ['https://shop.example'] });
    const fromShop = { ...headersFor(shop.secret), origin: 'https://shop.example' };
    for (const headers of [headersFor(here.secret), fromShop]) {
      const { rest, http } = await both({ headers });
      expect([rest.status, http.status]).toEqual([200, 200]);
    }
  });
}

function testUnauthorized(subject: Subject): void {
  const { keys, both } = subject;
  testRefusal(subject, 'authentication_failed', 'whatever is wrong with key or tenant', async () => {
    const good = await keys.create();
    const revoked = await keys.create();
    const disabled = await keys.create();
    const expired = await keys.create({ expiresAt: new Date(Date.now() + 1500).toISOString() });
    await keys.change(revoked, 'revoke', { reason: 'test' });
    await keys.change(disabled, 'disable');
    const unknown = format.mint('sk', 'sandbox', 'NoSuchKey000', randomBytes);
    const requests: Request[] = [
      { headers: headersFor(unknown) },
      { headers: headersFor(format.mint('sk', 'sandbox', good.keyId.slice(-12), randomBytes)) },
      { headers: headersFor(`${good.secret}x`) },
      { headers: headersFor(revoked.secret) },
      { headers: headersFor(disabled.secret) },
      { headers: {} },
      { headers: { 'x-api-key': good.secret } },
      {
        headers: { 'x-tn': 'tenant_acme' },
        path: `/v1/orders?x-api-key=${good.secret}&api_key=${good.secret}`,
      },
      { headers: { ...headersFor(good.secret), authorization: `Bearer ${unknown}` } },
      { headers: headersFor(format.mint('sub', 'sandbox', 'NoSuchKey000', randomBytes)) },
    ];
    await new Promise((resolve) => setTimeout(resolve, 1600));
    requests.push({ headers: headersFor(expired.secret) });
    const answers: Answers[] = [];
    for (const request of requests) answers.push(await both(request));
    return answers;
  });
}

function testForbidden(subject: Subject): void {
  const { keys, manage, both } = subject;
  testRefusal(subject, 'tenant_mismatch', 'of a tenant that exists and of one that does not', async () => {
    const { secret } = await keys.create();
    await manage('POST', '/tenants', { tenantId: 'tenant_outcomes', name: 'Other' });
    return [
      await both({ headers: headersFor(secret, 'tenant_outcomes') }),
      await both({ headers: headersFor(secret, 'tenant_nowhere') }),
    ];
  });

  testRefusal(subject, 'environment_mismatch', 'both ways', async () => {
    const sandbox = await keys.create();
    const live = await keys.create({ environment: 'live' });
    return [
      await both({ headers: headersFor(live.secret) }),
      await both({ headers: headersFor(sandbox.secret) }, 'live'),
    ];
  });

  testRefusal(
    subject,
    'insufficient_permissions',
    'of the role, of the key itself, of its type',
    async () => {
      const reader = await keys.create({ role: 'reader' });
      const narrow = await keys.create({ permissions: ['customers:read'] });
      const publishable = await keys.create({ type: 'publishable', role: 'reader' });
      return [
        await both({ headers: headersFor(reader.secret), method: 'POST' }),
        await both({ headers: headersFor(narrow.secret) }),
        await both({ headers: headersFor(publishable.secret) }),
      ];
    },
  );

  testRefusal(subject, 'network_not_allowed', 'a key for another network', async () => {
    const { secret } = await keys.create({ allowedCidrs: ['198.51.100.0/24'] });
    return [await both({ headers: headersFor(secret) })];
  });

  testRefusal(subject, 'origin_not_allowed', 'a key for another origin, and no origin', async () => {
    const { secret } = await keys.create({ allowedOrigins: ['https://shop.example'] });
    const headers = headersFor(secret);
    return [await both({ headers: { ...headers, origin: 'https://evil.example' } }), await both({ headers })];
  });
}

const PREFLIGHT: Request = {
  method: 'OPTIONS',
  headers: {
    origin: 'https://shop.example',
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'x-api-key',
  },
};

function expectPreflight(answer: Answer): void {
  expect([200, 204]).toContain(answer.status);
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
}

/** What changes while a key is in use. */
function testChanges({ keys, manage, both }: Subject): void {
  /** Waits for the REST API's status, and for the HTTP API to admit or refuse likewise. */
  async function within5Seconds(expected: number, request: Request): Promise<void> {
    const deadline = Date.now() + 5000;
    for (;;) {
      const { rest, http } = await both(request);
      if (rest.status === expected && (http.status === 200) === (expected === 200)) return;
      if (Date.now() > deadline) {
        throw new Error(`still ${rest.status} and ${http.status} after 5 seconds, not ${expected}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  test('changes take effect within 5 seconds: revocation, role change, tenant suspension and back', async () => {
    const tenantId = 'tenant_effects';
    const change = async (method: string, path: string, body?: object) => {
      const answer = await manage(method, `/tenants/${tenantId}${path}`, body);
      expect(answer.status).toBeLessThan(300);
      return answer;
    };
    await manage('POST', '/tenants', { tenantId, name: 'Effects' });
    await change('PUT', '/roles/clerk', { permissions: ['orders:*'] });
    const body = { name: 'k', type: 'secret', environment: 'sandbox', role: 'clerk' };
    const { key, secret } = (await change('POST', '/keys', body)).json<{ key: NewKey; secret: string }>();
    const request = { headers: headersFor(secret, tenantId) };
    await within5Seconds(200, request);
    await change('PUT', '/roles/clerk', { permissions: ['customers:read'] });
    await within5Seconds(403, request);
    await change('PUT', '/roles/clerk', { permissions: ['orders:read'] });
    await within5Seconds(200, request);
    await change('PATCH', '', { status: 'suspended' });
    await within5Seconds(401, request);
    await change('PATCH', '', { status: 'active' });
    await within5Seconds(200, request);
    await change('POST', `/keys/${key.keyId}/revoke`);
    await within5Seconds(401, request);
  });

  test('both secrets of a rotated key are good until the overlap ends, then the new one is', async () => {
    const old = await keys.create();
    const { secret } = (await keys.change(old, 'rotate', { overlapSeconds: 600 })).json<{ secret: string }>();
    await within5Seconds(200, { headers: headersFor(old.secret) });
    await within5Seconds(200, { headers: headersFor(secret) });
    await keys.change(old, 'end-overlap');
    await within5Seconds(401, { headers: headersFor(old.secret) });
    await within5Seconds(200, { headers: headersFor(secret) });
  });
}

interface NewKey {
  readonly keyId: string;
  readonly secret: string;
}

/** An admin at the keys of `tenant_acme`. */
export function keysOf(deployment: () => Deployment) {
  return {
    async create(change: object = {}): Promise<NewKey> {
      const body = { name: 'outcomes', type: 'secret', environment: 'sandbox', role: 'writer', ...change };
      const answer = await deployment().manage('POST', `${TENANT}/keys`, body);
      expect(answer.status).toBe(201);
      const { key, secret } = answer.json<{ key: { keyId: string }; secret: string }>();
      return { keyId: key.keyId, secret };
    },
    async change({ keyId }: NewKey, operation: string, body?: object): Promise<Answer> {
      const answer = await deployment().manage('POST', `${TENANT}/keys/${keyId}/${operation}`, body);
      expect(answer.status).toBe(200);
      return answer;
    },
  };
}

export const headersFor = (secret: string, tenantId = 'tenant_acme') => ({
  'x-api-key': secret,
  'x-tn': tenantId,
});

const TIME_OR_REQUEST_ID = /^(date|x-amz-apigw-id|.*-request-?id)$/;
/** Depend on the request's own `Origin` and nothing else. */
const CORS = /^(access-control-.*|vary)$/;

/** What an outsider can tell one refusal from another by. */
function visible({ status, headers, text }: Answer): string {
  const kept = [...headers].filter(([name]) => !TIME_OR_REQUEST_ID.test(name) && !CORS.test(name));
  return JSON.stringify({ status, headers: kept, text });
}
