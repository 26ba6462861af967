import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SignUpRule } from '../../core/domain/people/sign-up.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, type TestClaims, TestManagement } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let count = 0;
let tenantId = '';
let grace: TestClaims;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  tenantId = `tenant_signup_${++count}`;
  grace = person('grace');
  await withRule({ mode: 'off', domains: {} }).call('POST /v1/tenants', { body: { tenantId, name: 'Acme' } });
});

const person = (name: string, change: Partial<Record<string, string>> = {}): TestClaims =>
  ({
    ...{ sub: `${name}-${count}`, email: `${name}@acme-${count}.example` },
    ...{ email_verified: 'true', amr: '[mfa]' },
    ...change,
  }) as TestClaims;
const withRule = (signUpRule: SignUpRule) => new TestManagement(dynamodb, { signUpRule });
const request = () => withRule({ mode: 'request', domains: {} });
const ask = (management: TestManagement, claims = grace, body: object = { company: 'Acme', use: 'Pay' }) =>
  management.call('POST /v1/sign-ups', { claims, body });
const mine = async (management: TestManagement, claims = grace) =>
  (await management.call('GET /v1/me', { claims })).body;

test('where nobody may sign up nobody does, and /v1/me says which way it is', async () => {
  const off = withRule({ mode: 'off', domains: {} });
  expect((await ask(off)).body.error.code).toBe('forbidden');
  expect((await mine(off)).features.signUp).toBe('off');
  expect((await mine(request())).features.signUp).toBe('request');
});

describe('by domain', () => {
  const byDomain = () => withRule({ mode: 'domains', domains: { [`acme-${count}.example`]: tenantId } });

  test('who has a verified address joins as developer, at once, and does nothing else by it', async () => {
    const management = byDomain();
    const answer = await ask(management, grace, {});
    expect(answer).toMatchObject({ status: 201, body: { state: 'approved', tenantId } });
    expect((await mine(management)).tenants).toEqual([{ tenantId, name: 'Acme', role: 'developer' }]);
    for (const [claims, code] of [
      [person('x', { email: 'x@other.example' }), 'forbidden'],
      [person('x', { email_verified: 'false' }), 'forbidden'],
      [person('x', { amr: '[pwd]' }), 'mfa_required'],
    ] as const)
      expect((await ask(management, claims, {})).body.error.code).toBe(code);
  });

  test('who was removed does not come back alone', async () => {
    const management = byDomain();
    await ask(management, grace, {});
    await management.call(`DELETE /v1/tenants/${tenantId}/members/${grace.sub}`);
    expect(await ask(management, grace, {})).toMatchObject({
      status: 409,
      body: { error: { code: 'invalid_state' } },
    });
    expect((await mine(management)).tenants).toEqual([]);
  });
});

describe('by request', () => {
  test('asks an admin of every tenant, who lets in to a tenant that there is or to a new one', async () => {
    const management = request();
    const asked = await ask(management);
    expect(asked).toMatchObject({ status: 201, body: { state: 'pending', company: 'Acme', use: 'Pay' } });
    expect((await mine(management)).tenants).toEqual([]);
    const path = `/v1/sign-ups/${asked.body.signUpId}`;
    const list = await management.call('GET /v1/sign-ups', { query: { state: 'pending' } });
    expect(list.body.items).toContainEqual(asked.body);
    const newTenant = `tenant_new_${count}`;
    const approve = (body: object) => management.call(`POST ${path}/approve`, { body });
    expect((await approve({ tenantId: newTenant })).body.error).toMatchObject({ param: 'tenantId' });
    const approved = await approve({ tenantId: newTenant, newTenantName: 'New' });
    expect(approved).toMatchObject({ status: 200, body: { state: 'approved', decidedBy: ADMIN.sub } });
    expect((await mine(management)).tenants).toEqual([
      { tenantId: newTenant, name: 'New', role: 'developer' },
    ]);
    expect((await approve({ tenantId })).status).toBe(409);
    expect((await ask(management)).status).toBe(409);
    const events = (await dynamodb.emitted()).filter(({ subject }) => subject.id === asked.body.signUpId);
    expect(events.map(({ type, revision }) => [type, revision])).toEqual([
      ['signUp.requested', 1],
      ['signUp.approved', 2],
    ]);
  });

  test('is rejected with a reason, and may be asked again', async () => {
    const management = request();
    const { signUpId } = (await ask(management)).body;
    const reject = (body: object) => management.call(`POST /v1/sign-ups/${signUpId}/reject`, { body });
    expect((await reject({})).status).toBe(400);
    expect(await reject({ reason: 'Which team?' })).toMatchObject({
      status: 200,
      body: { reason: 'Which team?' },
    });
    const own = await management.call('GET /v1/sign-ups', { claims: grace });
    expect(own.body.items).toMatchObject([{ state: 'rejected', reason: 'Which team?' }]);
    expect((await ask(management)).body).toMatchObject({ state: 'pending', reason: null });
  });

  test('says what is missing; nobody sees or decides on another’s', async () => {
    const management = request();
    expect((await ask(management, grace, { company: 'Acme' })).body.error).toMatchObject({ param: 'use' });
    const { signUpId } = (await ask(management)).body;
    const twin = person('twin');
    expect((await management.call('GET /v1/sign-ups', { claims: twin })).body.items).toEqual([]);
    const tenantAdmin = person('admin', { 'keywright:role': 'admin', 'keywright:tenants': `[${tenantId}]` });
    expect((await management.call('GET /v1/sign-ups', { claims: tenantAdmin })).body.items).toEqual([]);
    for (const claims of [grace, twin, tenantAdmin])
      for (const [verb, body] of [
        ['approve', { tenantId }],
        ['reject', { reason: 'x' }],
      ] as const)
        expect(
          (await management.call(`POST /v1/sign-ups/${signUpId}/${verb}`, { claims, body })).status,
        ).toBe(403);
  });

  test('cut off behind the joining is taken up by the same call', async () => {
    const management = request();
    const { signUpId } = (await ask(management)).body;
    const invitation = { email: grace.email, role: 'developer' };
    const { token } = (
      await management.call(`POST /v1/tenants/${tenantId}/invitations`, { body: invitation })
    ).body;
    await management.call('POST /v1/invitations/accept', { claims: grace, body: { token } });
    const approved = await management.call(`POST /v1/sign-ups/${signUpId}/approve`, { body: { tenantId } });
    expect(approved).toMatchObject({ status: 200, body: { state: 'approved', tenantId } });
  });
});
