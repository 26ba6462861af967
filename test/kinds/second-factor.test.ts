import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ManagementRoute } from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
});
afterAll(() => dynamodb.close());

const PEOPLES: readonly ManagementRoute[] = ROUTES.filter(({ roles }) => roles.length > 0);
const CHANGING = PEOPLES.filter(({ key }) => !key.startsWith('GET '));

/** What reads and is no GET; there is none, and one that comes is to be thought about here. */
const READS_ONLY: readonly string[] = [];

test('whatever people change asks for a second factor', () => {
  expect(CHANGING.length).toBeGreaterThan(25);
  const without = CHANGING.filter(({ key, mfa }) => !mfa && !READS_ONLY.includes(key));
  expect(without.map(({ key }) => key)).toEqual([]);
});

test('what nobody signs in to changes nothing but what a key’s holder or AWS’s own principals may', () => {
  const open = ROUTES.filter(({ roles }) => roles.length === 0).map(({ key }) => key);
  expect(open).toEqual([
    'GET /v1/catalogue',
    'POST /v1/leaks',
    'POST /v1/leaks/github',
    'POST /v1/verify',
    'POST /v1/rotation/{credentialId}',
    'GET /v1/.well-known/keywright',
    'GET /openapi.json',
  ]);
});

test.each(CHANGING.map(({ key }) => key))('%s by someone with a password alone is refused', async (key) => {
  const names = { tenantId: 'tenant_none', role: 'reader', slot: 'primary' };
  const path = key.replace(/\{(\w+)\}/g, (_, name: string) => names[name as keyof typeof names] ?? 'none');
  for (const amr of ['[pwd]', '', '[pwd smfa]', '[pwd mfa_pending]', '[MFA]']) {
    const { status, body } = await management.call(path, { claims: { ...ADMIN, amr }, body: {} });
    expect([amr, status, body.error.code]).toEqual([amr, 403, 'mfa_required']);
  }
  const { amr: _, ...unsaid } = ADMIN;
  expect((await management.call(path, { claims: unsaid, body: {} })).body.error.code).toBe('mfa_required');
});
