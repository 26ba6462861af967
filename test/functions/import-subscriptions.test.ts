import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { authorizerFor, decide, issuedText, sha256Of } from '../support/imports.ts';
import { Interruption } from '../support/interruption.ts';
import { ADMIN, type TestClaims, TestManagement } from '../support/management.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

const IMPORT = `/v1/tenants/${TENANT_ID}/subscriptions/import`;
const interruption = new Interruption();
let dynamodb: TestDynamoDb;
let management: TestManagement;
let productId: string;
let apiId: string;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  dynamodb.main.client.middlewareStack.add(interruption.middleware as never, { step: 'initialize' });
  management = new TestManagement(dynamodb);
  productId = (await createProducts(management)).approved;
  apiId = (await management.call(`GET /v1/products/${productId}`)).body.apiIds[0];
});
afterAll(() => dynamodb.close());

const bring = async (...rows: object[]) =>
  (await management.call(`POST ${IMPORT}`, { body: { rows: rows.map((row) => ({ name: 'Shop', ...row })) } }))
    .body;
const use = (text: string) =>
  decide(
    authorizerFor(dynamodb, management, apiId, () => undefined),
    { 'Ocp-Apim-Subscription-Key': text },
  );
const reveal = async (id: string) =>
  (await management.call(`POST /v1/subscriptions/${id}/keys/reveal`, { body: {} })).body;

test('both keys work as they are, at once, although the product asks for approval', async () => {
  const [primary, secondary] = [issuedText(), issuedText()];
  const row = { productId, primary: { key: primary }, secondary: { sha256: sha256Of(secondary) } };
  const { results } = await bring(row);
  const id = results[0].id;
  expect([await use(primary), await use(secondary)]).toEqual([id, id]);
  const { body } = await management.call(`GET /v1/subscriptions/${id}`);
  expect(body).toMatchObject({ state: 'active', imported: 'used', slots: { secondary: { hint: '' } } });
  expect((await bring(row)).results).toEqual([{ row: 0, result: 'exists', id }]);
});

test('a tenant’s own admin brings none of a product that the tenant does not see; an operator does', async () => {
  const body = { name: 'Hidden', apiIds: [apiId], visibility: 'hidden' };
  const hidden = (await management.call('POST /v1/products', { body })).body.productId;
  const row = { name: 'Shop', productId: hidden, primary: { key: issuedText() } };
  const claims = { ...ADMIN, sub: 'person-of-acme', 'keywright:tenants': `[${TENANT_ID}]` };
  const of = async (productId: string, by: TestClaims) => {
    const rows = [{ ...row, productId }];
    const { results } = (await management.call(`POST ${IMPORT}`, { claims: by, body: { rows } })).body;
    return { ...results[0], id: undefined };
  };
  expect(await of(hidden, claims)).toEqual(await of('prod_000000000000', ADMIN));
  expect(await of(hidden, ADMIN)).toEqual({ row: 0, result: 'created' });
});

test('imported keys can’t be shown; a slot without one works once it is regenerated', async () => {
  const primary = issuedText();
  const { results } = await bring({ productId, primary: { key: primary } });
  const id = results[0].id;
  expect(await reveal(id)).toMatchObject({ primaryKey: null, secondaryKey: null });
  const { key } = (await management.call(`POST /v1/subscriptions/${id}/keys/secondary/regenerate`)).body;
  expect([await use(primary), await use(key)]).toEqual([id, id]);
  expect(await reveal(id)).toMatchObject({ primaryKey: null, secondaryKey: key });
});

test('a regenerated slot’s imported key is refused, and was never used', async () => {
  const primary = issuedText();
  const { results } = await bring({ productId, primary: { key: primary } });
  const id = results[0].id;
  const { key } = (await management.call(`POST /v1/subscriptions/${id}/keys/primary/regenerate`)).body;
  expect([await use(primary), await use(key)]).toEqual(['wrong_secret', id]);
  expect((await management.call(`GET /v1/subscriptions/${id}`)).body.imported).toBe('ended');
});

test('cancelled for good, also when it is brought again', async () => {
  const row = { productId, primary: { key: issuedText() } };
  const id = (await bring(row)).results[0].id;
  await management.call(`POST /v1/subscriptions/${id}/cancel`, { body: {} });
  expect((await bring(row)).results[0]).toMatchObject({ result: 'exists', id });
  expect(await use(row.primary.key)).toBe('subscription_cancelled');
});

test.each([
  [
    'an unknown product',
    () => ({ productId: 'prod_000000000000', primary: { key: issuedText() } }),
    'productId',
  ],
  [
    'one text for both',
    () => ({ productId, primary: { key: 'z'.repeat(30) }, secondary: { key: 'z'.repeat(30) } }),
    'secondary',
  ],
  ['no primary key', () => ({ productId }), 'primary'],
])('a row with %s is invalid', async (_, row, param) => {
  expect((await bring(row())).results[0]).toMatchObject({ result: 'invalid', param });
});

test('a key of another subscription, or of an API key, can’t be brought beside a new one', async () => {
  const [mine, apiKey] = [issuedText(), issuedText()];
  await bring({ productId, primary: { key: mine } });
  const body = { rows: [{ name: 'Key', type: 'secret', environment: 'live', role: 'writer', key: apiKey }] };
  await management.call(`POST /v1/tenants/${TENANT_ID}/keys/import`, { body });
  const rows = [mine, apiKey].map((key) => ({
    productId,
    primary: { key: issuedText() },
    secondary: { key },
  }));
  const { results } = await bring(...rows);
  expect(results.map(({ result, param }: { result: string; param: string }) => [result, param])).toEqual([
    ['invalid', 'secondary'],
    ['invalid', 'secondary'],
  ]);
  expect(await use(apiKey)).toBe('unknown_key');
});

describe('an import that was stopped leaves its keys to other rows', () => {
  test.each([
    ['before', false],
    ['after', true],
  ])('%s any call', async (_, happens) => {
    for (let at = 0, done = false; !done; at++) {
      const [a, b, c, d] = [issuedText(), issuedText(), issuedText(), issuedText()];
      const row = (primary: string, secondary: string) => ({
        productId,
        primary: { key: primary },
        secondary: { sha256: sha256Of(secondary) },
      });
      const stopped = await interruption.during(at, happens, () => bring(row(a, b)));
      done = stopped.answer.results?.[0].result === 'created';
      const isThere = done || (await use(a)) !== 'unknown_key';
      const { results } = await bring(row(a, c), row(d, b));
      const ids = results.map(({ id, param }: { id?: string; param?: string }) => id ?? param);
      if (isThere) expect(ids).toEqual(['primary', 'secondary']);
      else expect([await use(a), await use(d), await use(c), await use(b)]).toEqual([...ids, ...ids]);
      expect(at).toBeLessThan(20);
    }
  });
});

test('all are counted', async () => {
  const subscriptions = (await management.call('GET /v1/subscriptions', { query: { limit: '100' } })).body
    .items;
  const of = (use: string) =>
    subscriptions.filter((each: { imported: string }) => each.imported === use).length;
  const { body } = await management.call(`GET ${IMPORT}`);
  expect(body).toEqual({
    imported: of('used') + of('unused') + of('ended'),
    used: of('used'),
    unused: of('unused'),
    ended: of('ended'),
  });
  expect(body.unused).toBeGreaterThan(0);
});
