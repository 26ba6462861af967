import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ORDERS, TENANT, VerifyFixture } from '../support/verify-fixture.ts';

let backend: VerifyFixture;
let reader: string;
let bound: string;
beforeAll(async () => {
  backend = await VerifyFixture.start();
  reader = (await backend.newKey({ role: 'reader' })).secret;
  bound = (await backend.newKey({ allowedOrigins: ['https://app.example'] })).secret;
});
afterAll(() => backend.close());

const route = { apiId: ORDERS, method: 'GET', path: '/v1/orders' };
/** What headers and paths may hold that nobody means. */
const STRANGE = [
  '!!',
  'a b',
  'tenant_ab',
  'Tenant_acme',
  `${TENANT},tenant_other`,
  'tenänt_acme',
  'null',
  '\u0000',
  '\ud800',
  '__proto__',
  'x'.repeat(9000),
];

async function expectRefused(what: string, question: object, code: string, cause: string) {
  expect([what, await backend.verify(question)]).toMatchObject([what, { valid: false, code, cause }]);
}

test('a tenant that is no tenant’s id is the caller’s mismatch', async () => {
  for (const tenantId of STRANGE)
    await expectRefused(tenantId, { ...route, key: reader, tenantId }, 'tenant_mismatch', 'tenant_mismatch');
});

test('a header that holds nothing is one that was not sent', async () => {
  const failed = 'authentication_failed';
  for (const nothing of ['', ' ', '\t']) {
    await expectRefused('key', { ...route, key: nothing }, failed, 'no_key');
    await expectRefused('tenantId', { ...route, key: reader, tenantId: nothing }, failed, 'no_tenant');
    await expectRefused(
      'origin',
      { ...route, key: bound, origin: nothing },
      'origin_not_allowed',
      'origin_not_allowed',
    );
    expect(await backend.verify({ ...route, key: reader, clientKey: nothing, token: nothing })).toMatchObject(
      { valid: true },
    );
  }
});

test('an origin that is none is not one of those that are allowed', async () => {
  for (const origin of STRANGE)
    await expectRefused(origin, { ...route, key: bound, origin }, 'origin_not_allowed', 'origin_not_allowed');
});

test('a path that holds what no URL does is read in more ways than one, and for *:* alone', async () => {
  const paths = ['/v1/orders ', '/v1/ orders', '/v1/orders\u0000', '/v1/or\nders', '/v1/orders\u200b'];
  for (const path of paths)
    await expectRefused(
      path,
      { ...route, path, key: reader },
      'insufficient_permissions',
      'permission_missing',
    );
  expect(await backend.verify({ ...route, path: '/v1/orders/é', key: reader })).toMatchObject({
    valid: true,
  });
});

test('what the backend says itself has to be right', async () => {
  for (const [field, value] of [
    ['apiId', 'orders'],
    ['path', 'v1/orders'],
    ['path', '/v1/orders?page=2'],
    ['method', 'get'],
    ['ip', '300.1.1.1'],
    ['permission', 'orders'],
    ['cost', -1],
  ] as const) {
    const { status, body } = await backend.ask({ ...route, key: reader, [field]: value });
    expect([field, value, status, body.error.param]).toEqual([field, value, 400, field]);
  }
});
