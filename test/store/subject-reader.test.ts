import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../core/contract/events.ts';
import { SubjectReader } from '../../core/store/subject-reader.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

let dynamodb: TestDynamoDb;
let subjects: SubjectReader;
const ids: Record<string, string> = {};

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  subjects = new SubjectReader(dynamodb.main);
  const management = new TestManagement(dynamodb);
  const productId = (await createProducts(management)).immediate;
  const made = async (operation: string, body: object) => (await management.call(operation, { body })).body;
  const key = { name: 'CI', type: 'secret', environment: 'live', role: 'reader' };
  await made(`PUT /v1/tenants/${TENANT_ID}/roles/reader`, { permissions: ['orders:read'] });
  ids.apiKey = (await made(`POST /v1/tenants/${TENANT_ID}/keys`, key)).key.keyId;
  const subscription = { tenantId: TENANT_ID, productId, name: 'Web shop' };
  ids.subscription = (await made('POST /v1/subscriptions', subscription)).subscriptionId;
  const api = { name: 'payments', environment: 'sandbox', scheme: 'tenant' };
  ids.api = (await made('POST /v1/apis', api)).apiId;
});
afterAll(() => dynamodb.close());

const subjectOf = (type: string, id = ids[type] ?? '') =>
  subjects.subjectOf({ subject: { type, id } } as AuditEvent);

test.each([
  ['apiKey', { name: 'CI', environment: 'live', createdBy: ADMIN.sub }],
  ['subscription', { name: 'Web shop', environment: 'live', createdBy: ADMIN.sub }],
  ['api', { name: 'payments', environment: 'sandbox' }],
])('of %s people are told what it is called, and nothing that is secret', async (type, subject) => {
  expect(await subjectOf(type)).toEqual(subject);
});

test('of what is gone, or has no name, there is nothing to tell', async () => {
  expect(await subjectOf('apiKey', 'key_000000000000')).toEqual({});
  expect(await subjectOf('member', 'person-admin')).toEqual({});
});

test('a tenant is called by its name, as far as there is one', async () => {
  expect(await subjects.tenantName(TENANT_ID)).toEqual(expect.any(String));
  expect(await subjects.tenantName('tenant_none')).toBeUndefined();
});
