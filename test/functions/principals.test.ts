import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ManagementRoute } from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, type TestAnswer, TestManagement } from '../support/management.ts';

const PRINCIPAL = 'arn:aws:sts::000000000000:assumed-role/Deploy/run-7';
const routes: readonly ManagementRoute[] = ROUTES;
const configuring = routes.filter(({ configures }) => configures);

let dynamodb: TestDynamoDb;
let management: TestManagement;
const signed = (methodAndPath: string, body?: unknown, headers = {}): Promise<TestAnswer> =>
  management.call(methodAndPath.replace(' ', ' /iam'), {
    principal: PRINCIPAL,
    headers,
    ...(body !== undefined && { body }),
  });

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  for (const tenantId of ['tenant_acme', 'tenant_two'])
    await management.call('POST /v1/tenants', { body: { tenantId, name: tenantId } });
  const settings = { requireApproval: true };
  await management.call('PATCH /v1/tenants/tenant_two', { body: { settings } });
});
afterAll(() => dynamodb.close());

/** As API Gateway would call the function, whatever the stage has for a route. */
const forced = (methodAndPath: string, routeKey: string, principal: string) =>
  management.call(methodAndPath, { principal, event: { routeKey } });

describe('a principal of AWS', () => {
  test('registers and describes APIs, makes products and roles, and the record names it', async () => {
    const api = { name: 'orders', environment: 'live', scheme: 'subscription' };
    const made = await signed('POST /v1/apis', api, { 'idempotency-key': 'stack-1' });
    expect(made.status).toBe(201);
    const again = await signed('POST /v1/apis', api, { 'idempotency-key': 'stack-1' });
    expect([again.status, again.body.apiId]).toEqual([200, made.body.apiId]);
    const path = `/v1/apis/${made.body.apiId}`;
    const document = { openapi: '3.1.0', info: { title: 'Orders', version: '1' }, paths: {} };
    expect((await signed(`PUT ${path}/openapi`, document)).status).toBe(200);
    const stale = await signed(`PATCH ${path}`, { name: 'x' }, { 'if-match': String(made.headers.etag) });
    expect(stale.status).toBe(412);
    expect((await signed(`PATCH ${path}`, { name: 'orders-2' })).body.name).toBe('orders-2');
    const product = await signed('POST /v1/products', { name: 'P', apiIds: [made.body.apiId] });
    expect(product.status).toBe(201);
    const role = await signed('PUT /v1/tenants/tenant_acme/roles/billing', { permissions: ['orders:read'] });
    expect(role.status).toBe(200);
    expect((await signed('DELETE /v1/tenants/tenant_acme/roles/billing')).status).toBe(204);
    const { actor } = await dynamodb.lastEvent(itemKey.api(made.body.apiId));
    expect(actor).toEqual({ type: 'principal', id: PRINCIPAL, ip: '198.51.100.7' });
  });

  test('is shown no text of a key, and may call nothing but what configures', async () => {
    const shown = configuring.map(({ key, operation }: ManagementRoute & { operation?: string }) => [
      key,
      operation,
    ]);
    expect(shown.flat().join(' ')).not.toMatch(/key|reveal|secret|subscription|member|approv|tenant\b$/i);
    for (const { key } of routes.filter(({ configures, iam }) => !configures && !iam)) {
      const [method, path = ''] = key.split(' ');
      const at = `${method} ${path.replaceAll(/\{\w+\}/g, 'tenant_acme')}`;
      const byItsOwn = await forced(at, key, PRINCIPAL);
      expect([key, byItsOwn.status < 300 && !/well-known|openapi.json|catalogue/.test(key)]).toEqual([
        key,
        false,
      ]);
      const below = await forced(at, `${method} /iam${path}`, PRINCIPAL);
      expect([key, below.status]).toEqual([key, 404]);
    }
  });

  test('of another account, and a person below the signed routes, are nobody', async () => {
    for (const { key } of configuring) {
      const [method, path = ''] = key.split(' ');
      const at = `${method} ${path.replaceAll(/\{\w+\}/g, 'tenant_acme')}`;
      const strange = await forced(
        at,
        `${method} /iam${path}`,
        PRINCIPAL.replace('000000000000', '111122223333'),
      );
      const person = await management.call(at, {
        claims: ADMIN,
        event: { routeKey: `${method} /iam${path}` },
      });
      expect([key, strange.status, person.status]).toEqual([key, 403, 403]);
    }
  });

  test('comes past no policy by writing a path in another way', async () => {
    const odd = await signed('PUT /v1/tenants/tenant%5Facme/roles/x', { permissions: [] });
    expect(odd.status).toBe(404);
  });

  test('asks for nothing that two people decide on', async () => {
    const waits = await signed('PUT /v1/tenants/tenant_two/roles/all', { permissions: ['*:*'] });
    expect([waits.status, waits.body.error.code]).toEqual([403, 'forbidden']);
    expect((await signed('GET /v1/tenants/tenant_two/roles/all')).status).toBe(404);
    expect((await management.call('GET /v1/approvals')).body.items).toEqual([]);
  });
});
