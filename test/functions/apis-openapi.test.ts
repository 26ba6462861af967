import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, type TestClaims, TestManagement } from '../support/management.ts';

const TENANT = 'tenant_acme';
const DEVELOPER: TestClaims = {
  ...{ ...ADMIN, sub: 'person-developer', 'keywright:role': 'developer' },
  'keywright:tenants': `[${TENANT}]`,
};
const ok = { responses: { 200: { description: 'Done' } } };
const DOCUMENT = {
  openapi: '3.0.3',
  info: { title: 'Payments', version: '1.4.0' },
  paths: { '/v1/charges': { get: ok, post: { ...ok, 'x-internal': true } } },
};
let dynamodb: TestDynamoDb;
let management: TestManagement;
let apiId = '';

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  const body = { name: 'payments', environment: 'live', scheme: 'subscription' };
  apiId = (await management.call('POST /v1/apis', { body })).body.apiId;
});
afterAll(() => dynamodb.close());

const put = (body: unknown, claims = ADMIN) =>
  management.call(`PUT /v1/apis/${apiId}/openapi`, { body, claims });
const get = (claims = ADMIN) => management.call(`GET /v1/apis/${apiId}/openapi`, { claims });

test('a document is kept, shown with our annotations and told of by the API; one that replaces it is too', async () => {
  expect(await get()).toMatchObject({
    status: 404,
    body: { error: { code: 'not_found', message: expect.stringContaining('no OpenAPI document') } },
  });
  // To whom the API is in no product, it is as if there were no API.
  expect((await get(DEVELOPER)).body.error.message).toBe('No such resource, or you may not see it');
  const first = await put(DOCUMENT);
  expect(first).toMatchObject({
    status: 200,
    body: { openapi: { title: 'Payments', version: '1.4.0', operations: 2 } },
  });
  const shown = await get();
  expect(shown.body).toMatchObject({ openapi: '3.0.3', info: DOCUMENT.info });
  expect(shown.body.paths['/v1/charges'].post['x-keywright-permission']).toBe('charges:write');
  const { document } = (await management.apis.get(apiId))?.openapi ?? {};
  await put({ ...DOCUMENT, info: { title: 'Payments', version: '2.0.0' } });
  expect((await get()).body.info.version).toBe('2.0.0');
  // What is read of the old one at this moment is still there, and ends by itself.
  const old = await dynamodb.item(itemKey.documentPart(apiId, { id: String(document?.id), part: 0 }));
  expect(old?.ttl).toBeGreaterThan(management.clock.getTime() / 1000);
});

test('developers see it of an API in a product that they see, without what is internal; nobody else changes it', async () => {
  await put(DOCUMENT);
  const product = { name: 'Payments', apiIds: [apiId], visibility: 'hidden' };
  const { productId } = (await management.call('POST /v1/products', { body: product })).body;
  expect((await get(DEVELOPER)).status).toBe(404);
  await management.call(`PATCH /v1/products/${productId}`, {
    body: { visibility: 'tenants', tenantIds: [TENANT] },
  });
  expect(Object.keys((await get(DEVELOPER)).body.paths['/v1/charges'])).toEqual(['get']);
  expect((await get({ ...DEVELOPER, 'keywright:tenants': '[tenant_other]' })).status).toBe(404);
  expect((await put(DOCUMENT, DEVELOPER)).status).toBe(403);
});

test('a product counts the operations that its page shows: what is internal for operators alone', async () => {
  await put(DOCUMENT);
  const product = { name: 'Payments, counted', apiIds: [apiId], visibility: 'public' };
  const { productId } = (await management.call('POST /v1/products', { body: product })).body;
  dynamodb.settle();
  const countedBy = async (path: string, claims: Partial<TestClaims>) => {
    const { body } = await management.call(`GET ${path}`, { claims: claims as TestClaims });
    const found = body.items?.find((each: { productId: string }) => each.productId === productId) ?? body;
    return found.apis[0].operations;
  };
  for (const path of ['/v1/products', `/v1/products/${productId}`]) {
    expect([await countedBy(path, ADMIN), await countedBy(path, DEVELOPER)]).toEqual([2, 1]);
  }
  expect(await countedBy('/v1/catalogue', {})).toBe(1);
});

test('a large one is kept in parts and shown whole; one that is larger than that is refused', async () => {
  const noise = Array.from({ length: 40_000 }, (_, i) => ((i * 2_654_435_761) % 2 ** 32).toString(36)).join(
    ' ',
  );
  const body = {
    ...DOCUMENT,
    info: { ...DOCUMENT.info, description: `${noise}${noise.split('').reverse().join('')}` },
  };
  expect((await put(body)).status).toBe(200);
  expect((await get()).body.info.description).toBe(body.info.description);
  const text = JSON.stringify({ ...DOCUMENT, x: 'x'.repeat(2 * 1024 * 1024) });
  expect((await management.call(`PUT /v1/apis/${apiId}/openapi`, { text })).status).toBe(413);
});

describe('what is wrong is named by its place', () => {
  test.each([
    [{ ...DOCUMENT, openapi: '2.0' }, '/openapi'],
    [{ ...DOCUMENT, openapi: '3.2.0' }, '/openapi'],
    [{ ...DOCUMENT, info: { version: '1' } }, '/info/title'],
    [{ ...DOCUMENT, paths: { 'v1/a': {} } }, '/paths/v1~1a'],
    [{ ...DOCUMENT, paths: { '/a': { get: { responses: { okay: ok } } } } }, '/paths/~1a/get/responses/okay'],
    [
      { ...DOCUMENT, paths: { '/a': { get: { parameters: [{ in: 'query' }] } } } },
      '/paths/~1a/get/parameters/0/name',
    ],
    [
      { ...DOCUMENT, paths: { '/a/{b}': { parameters: [{ in: 'path', name: 'b' }] } } },
      '/paths/~1a~1{b}/parameters/0/required',
    ],
    [{ ...DOCUMENT, components: { x: { $ref: 'https://evil.example' } } }, '/components/x/$ref'],
  ])('%j: %s', async (body, param) => {
    const { status, body: answer } = await put(body);
    expect([status, answer.error.param]).toEqual([400, param]);
    expect(answer.error.details[0].message).toContain(param);
  });

  test.each([
    [{ ...DOCUMENT, paths: null }, '/paths: expected an object'],
    [{ ...DOCUMENT, info: { version: 1 } }, '/info/title: missing; expected a text'],
    [{ ...DOCUMENT, paths: { 'v1/a': {} } }, '/paths/v1~1a: a path begins with /'],
  ])('in words, and not in those of a schema', async (body, message) => {
    expect((await put(body)).body.error.message).toBe(message);
  });

  test('all of it at once, and nothing is changed', async () => {
    const before = (await management.call(`GET /v1/apis/${apiId}`)).headers.etag;
    const { body } = await put({ openapi: '3.1.0', info: {}, paths: { a: {} } });
    expect(body.error.details.length).toBeGreaterThanOrEqual(3);
    expect((await management.call(`GET /v1/apis/${apiId}`)).headers.etag).toBe(before);
  });
});
