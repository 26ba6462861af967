import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { REFUSALS, type RefusalCode } from '../../core/contract/refusals.ts';
import { KeyFormat } from '../../core/domain/key-format.ts';
import { type Answer, type Deployment, startDeployment } from '../support/deployment.ts';

const format = new KeyFormat();
const TENANT = '/tenants/tenant_acme';
let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.close());

interface NewKey {
  readonly keyId: string;
  readonly secret: string;
}

async function createKey(change: object = {}): Promise<NewKey> {
  const body = { name: 'outcomes', type: 'secret', environment: 'sandbox', role: 'writer', ...change };
  const answer = await deployment.manage('POST', `${TENANT}/keys`, body);
  expect(answer.status).toBe(201);
  const { key, secret } = answer.json<{ key: { keyId: string }; secret: string }>();
  return { keyId: key.keyId, secret };
}

const headersFor = (secret: string, tenantId = 'tenant_acme') => ({ 'x-api-key': secret, 'x-tn': tenantId });

/** Asks the REST API and the HTTP API the same. */
async function both(
  request: RequestInit & { path?: string },
  environment = 'sandbox',
): Promise<{ rest: Answer; http: Answer }> {
  const [rest, http] = await Promise.all([
    deployment.call('orders', environment, request),
    deployment.call('catalog', environment, request),
  ]);
  return { rest, http };
}

function expectRefusal({ rest, http }: { rest: Answer; http: Answer }, code: RefusalCode): void {
  const { status, message, type } = REFUSALS[code];
  expect(rest.status).toBe(status);
  expect(rest.json()).toEqual({ error: { code, message, type } });
  expect(rest.headers.get('content-type')).toBe('application/json');
  expect(rest.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer realm="keywright"' : null);
  expect(http.status).toBe(status);
}

/** What an outsider can tell one refusal from another by: everything but times and request ids. */
function visible({ status, headers, text }: Answer): object {
  const kept = [...headers].filter(
    ([name]) => !/^(date|x-amzn-requestid|x-amz-apigw-id|apigw-requestid)$/.test(name),
  );
  return { status, headers: kept, text };
}

describe('200', () => {
  test.each(['x-api-key', 'bearer'])('a good key by %s; the backend learns who called', async (by) => {
    const { keyId, secret } = await createKey();
    const headers =
      by === 'bearer' ? { authorization: `Bearer ${secret}`, 'x-tn': 'tenant_acme' } : headersFor(secret);
    const { rest, http } = await both({ headers, method: 'POST' });
    for (const answer of [rest, http]) {
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({
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

  test('a preflight needs no key', async () => {
    const { rest, http } = await both({
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'x-api-key',
      },
    });
    for (const answer of [rest, http]) {
      expect([200, 204]).toContain(answer.status);
      expect(answer.headers.get('access-control-allow-origin')).not.toBeNull();
    }
  });
});

describe('401 authentication_failed', () => {
  test('unknown, wrong, malformed, revoked, disabled, expired, no key, no tenant: one answer for all', async () => {
    const good = await createKey();
    const revoked = await createKey();
    const disabled = await createKey();
    const expired = await createKey({ expiresAt: new Date(Date.now() + 1500).toISOString() });
    await deployment.manage('POST', `${TENANT}/keys/${revoked.keyId}/revoke`, { reason: 'test' });
    await deployment.manage('POST', `${TENANT}/keys/${disabled.keyId}/disable`);
    const wrongSecret = format.mint('sk', 'sandbox', good.keyId.slice(-12), randomBytes);
    const unknown = format.mint('sk', 'sandbox', 'NoSuchKey000', randomBytes);
    const tries: (RequestInit & { path?: string })[] = [
      { headers: headersFor(unknown) },
      { headers: headersFor(wrongSecret) },
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
    tries.push({ headers: headersFor(expired.secret) });
    const seen = new Set<string>();
    for (const request of tries) {
      const answers = await both(request);
      expectRefusal(answers, 'authentication_failed');
      seen.add(JSON.stringify([visible(answers.rest), visible(answers.http)]));
    }
    expect(seen.size).toBe(1);
  });
});

describe('403', () => {
  test('tenant_mismatch, the same for a tenant that exists and one that does not', async () => {
    const { secret } = await createKey();
    await deployment.manage('POST', '/tenants', { tenantId: 'tenant_outcomes', name: 'Other' });
    const existing = await both({ headers: headersFor(secret, 'tenant_outcomes') });
    const missing = await both({ headers: headersFor(secret, 'tenant_nowhere') });
    expectRefusal(existing, 'tenant_mismatch');
    expectRefusal(missing, 'tenant_mismatch');
    expect(visible(existing.rest)).toEqual(visible(missing.rest));
  });

  test('environment_mismatch, both ways', async () => {
    const sandbox = await createKey();
    const live = await createKey({ environment: 'live' });
    expectRefusal(await both({ headers: headersFor(live.secret) }), 'environment_mismatch');
    expectRefusal(await both({ headers: headersFor(sandbox.secret) }, 'live'), 'environment_mismatch');
  });

  test('insufficient_permissions: a role without it, a key narrower than its role, a publishable key', async () => {
    const reader = await createKey({ role: 'reader' });
    const narrow = await createKey({ permissions: ['customers:read'] });
    const publishable = await createKey({ type: 'publishable', role: 'reader' });
    expectRefusal(
      await both({ headers: headersFor(reader.secret), method: 'POST' }),
      'insufficient_permissions',
    );
    expectRefusal(await both({ headers: headersFor(narrow.secret) }), 'insufficient_permissions');
    expectRefusal(await both({ headers: headersFor(publishable.secret) }), 'insufficient_permissions');
    const onPublic = { headers: headersFor(publishable.secret), path: '/v1/products' };
    expect((await deployment.call('catalog', 'sandbox', onPublic)).status).toBe(200);
    expect((await deployment.call('catalog', 'sandbox', { ...onPublic, method: 'POST' })).status).toBe(403);
  });

  test('network_not_allowed', async () => {
    const elsewhere = await createKey({ allowedCidrs: ['198.51.100.0/24'] });
    const here = await createKey({ allowedCidrs: ['127.0.0.0/8', '::1/128'] });
    expectRefusal(await both({ headers: headersFor(elsewhere.secret) }), 'network_not_allowed');
    expect((await both({ headers: headersFor(here.secret) })).rest.status).toBe(200);
  });

  test('origin_not_allowed', async () => {
    const { secret } = await createKey({ allowedOrigins: ['https://shop.example'] });
    const from = (origin: string) => ({ headers: { ...headersFor(secret), origin } });
    expectRefusal(await both(from('https://evil.example')), 'origin_not_allowed');
    expectRefusal(await both({ headers: headersFor(secret) }), 'origin_not_allowed');
    expect((await both(from('https://shop.example'))).rest.status).toBe(200);
  });
});

test('changes take effect within 5 seconds: revocation, role change, tenant suspension and back', async () => {
  const tenantId = 'tenant_effects';
  const manage = async (method: string, path: string, body?: object) => {
    const answer = await deployment.manage(method, `/tenants/${tenantId}${path}`, body);
    expect(answer.status).toBeLessThan(300);
    return answer;
  };
  await deployment.manage('POST', '/tenants', { tenantId, name: 'Effects' });
  await manage('PUT', '/roles/clerk', { permissions: ['orders:*'] });
  const body = { name: 'k', type: 'secret', environment: 'sandbox', role: 'clerk' };
  const { key, secret } = (await manage('POST', '/keys', body)).json<{ key: NewKey; secret: string }>();
  const status = async () =>
    (await deployment.call('orders', 'sandbox', { headers: headersFor(secret, tenantId) })).status;
  const within5Seconds = async (expected: number) => {
    const deadline = Date.now() + 5000;
    while ((await status()) !== expected) {
      if (Date.now() > deadline) throw new Error(`still not ${expected} after 5 seconds`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await within5Seconds(200);
  await manage('PUT', '/roles/clerk', { permissions: ['customers:read'] });
  await within5Seconds(403);
  await manage('PUT', '/roles/clerk', { permissions: ['orders:read'] });
  await within5Seconds(200);
  await manage('PATCH', '', { status: 'suspended' });
  await within5Seconds(401);
  await manage('PATCH', '', { status: 'active' });
  await within5Seconds(200);
  await manage('POST', `/keys/${key.keyId}/revoke`);
  await within5Seconds(401);
});
