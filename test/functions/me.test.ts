import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ManagementRoute } from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, type TestClaims, TestManagement } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  for (const tenantId of ['tenant_own', 'tenant_other'])
    await management.call('POST /v1/tenants', { body: { tenantId, name: `Name of ${tenantId}` } });
});
afterAll(() => dynamodb.close());

const person = (role: string | undefined, tenants: string, mfa: boolean): TestClaims => ({
  sub: 'person-1',
  ...(role && { 'keywright:role': role }),
  'keywright:tenants': tenants,
  amr: mfa ? '[pwd mfa]' : '[pwd]',
});

async function me(claims: TestClaims, query: Record<string, string> = {}) {
  return (await management.call('GET /v1/me', { claims, query })).body;
}

describe('who am I', () => {
  test('is what the token says, with the names of the tenants', async () => {
    const claims = { ...person('developer', '[tenant_own tenant_missing]', true), email: 'd@example.com' };
    expect(await me({ ...claims, auth_time: '1763812800' })).toMatchObject({
      sub: 'person-1',
      email: 'd@example.com',
      role: 'developer',
      tenants: [{ tenantId: 'tenant_own', name: 'Name of tenant_own', role: 'developer' }],
      mfa: true,
      authTime: '2025-11-22T12:00:00.000Z',
      vendor: '',
      environments: ['sandbox', 'live'],
      features: { fourEyes: true, signUp: 'off', webhooks: false },
    });
    expect(await me(ADMIN)).toMatchObject({ role: 'admin', tenants: '*', authTime: null });
  });

  test('is also from where one comes, as the audit log would have it', async () => {
    const from = (ip: string) => management.call('GET /v1/me', { claims: ADMIN, ip });
    expect((await from('203.0.113.9')).body.address).toBe('203.0.113.9');
    expect((await from('2001:db8::1')).body.address).toBe('2001:db8::1');
  });

  test('asked about a tenant that the person does not act for is the 404 of one that does not exist', async () => {
    for (const tenantId of ['tenant_other', 'tenant_missing']) {
      const claims = person('admin', '[tenant_own]', true);
      const answer = await management.call('GET /v1/me', { claims, query: { tenantId } });
      expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found']);
    }
  });

  test('needs no role, and then is told so', async () => {
    for (const role of [undefined, 'root', 'constructor']) {
      const body = await me(person(role, '[*]', true));
      expect(body).toMatchObject({ role: null, tenants: [], canWithSecondFactor: [] });
      for (const operation of body.can)
        expect(ROUTES.find((route) => route.operation === operation)).toMatchObject({ anyone: true });
    }
  });
});

describe('what I can', () => {
  const people = ['admin', 'developer', 'auditor', undefined].flatMap((role) =>
    ['[*]', '[tenant_own]', '[tenant_other]', ''].flatMap((tenants) =>
      [true, false].map((mfa) => [role, tenants, mfa] as const),
    ),
  );

  test.each(people)('as %s of %s, second factor %s, is what is not refused', async (role, tenants, mfa) => {
    const claims = person(role, tenants, mfa);
    const acts = role !== undefined && ['[*]', '[tenant_own]'].includes(tenants);
    const { can, canWithSecondFactor } = await me(claims, acts ? { tenantId: 'tenant_own' } : {});
    const tenantId = acts || tenants === '' ? 'tenant_own' : tenants.replace(/[[\]]/g, '');
    for (const { key, operation, roles, ...route } of ROUTES as readonly (ManagementRoute & {
      operation: string;
    })[]) {
      if (roles.length === 0) {
        expect(can).not.toContain(operation);
        continue;
      }
      // A body and an id that nothing fits: what is let in changes nothing.
      const path = key.replace('{tenantId}', tenantId).replace(/\{\w+\}/g, 'none');
      const { status, body } = await management.call(path, {
        claims,
        ...(/^(?:GET|DELETE)/.test(key) ? {} : { body: { unknownField: 1 } }),
      });
      const code = status >= 400 ? body.error.code : undefined;
      const refused = status === 401 || status === 403;
      // Without a tenant there is nobody to act for, though nothing says no.
      const nowhere = !acts && !route.anyone && key.includes('{tenantId}') && tenants === '';
      if (nowhere) expect([operation, can.includes(operation)]).toEqual([operation, false]);
      else expect([operation, can.includes(operation)]).toEqual([operation, !refused]);
      expect([operation, canWithSecondFactor.includes(operation)]).toEqual([
        operation,
        code === 'mfa_required' && !nowhere,
      ]);
    }
  });
});
