import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SignUpRule } from '../../core/domain/people/sign-up.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { Interruption } from '../support/interruption.ts';
import { ADMIN, type TestClaims, TestManagement } from '../support/management.ts';

const interruption = new Interruption();
let dynamodb: TestDynamoDb;
let count = 0;
let tenantId = '';
let grace: TestClaims;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  dynamodb.main.client.middlewareStack.add(interruption.middleware, { step: 'initialize' });
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
const mySignUp = async (management: TestManagement, claims: TestClaims) =>
  (await management.call('GET /v1/sign-ups', { claims })).body.items[0];
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

  test('is decided once: who is rejected meanwhile is let in by nobody, and who is let in is not rejected', async () => {
    const admins = [request(), request()] as const;
    const { signUpId } = (await ask(admins[0])).body;
    const path = `POST /v1/sign-ups/${signUpId}`;
    const other = `tenant_other_${count}`;
    const answers = await Promise.all([
      admins[0].call(`${path}/approve`, { body: { tenantId } }),
      admins[1].call(`${path}/reject`, { body: { reason: 'Who?' } }),
      admins[1].call(`${path}/approve`, { body: { tenantId: other, newTenantName: 'Other' } }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const [done] = answers.filter(({ status }) => status === 200);
    const joined = (await mine(admins[0])).tenants.map((each: { tenantId: string }) => each.tenantId);
    expect(joined).toEqual(done?.body.tenantId === null ? [] : [done?.body.tenantId]);
  });

  test('cut off at any call waits still, and is taken up by the same call and no other', async () => {
    const management = request();
    for (let at = 0, isDone = false; !isDone; at++) {
      for (const happens of [false, true]) {
        const applicant = { ...grace, sub: `cut-${count}-${at}-${happens}` } as TestClaims;
        const { signUpId } = (await ask(management, applicant)).body;
        const decide = (verb: string, body: object) =>
          management.call(`POST /v1/sign-ups/${signUpId}/${verb}`, { body });
        const into = `tenant_cut_${count}_${at}_${happens}`;
        const approve = () => decide('approve', { tenantId: into, newTenantName: 'Cut' });
        const { answer } = await interruption.during(at, happens, approve);
        isDone = answer.status === 200;
        if (isDone) break;
        const { state, decidedAt } = (await mySignUp(management, applicant)) as Record<string, unknown>;
        if (state === 'approved') continue;
        expect(state).toBe('pending');
        if (decidedAt !== null) {
          expect((await decide('reject', { reason: 'No' })).status).toBe(409);
          expect((await decide('approve', { tenantId })).status).toBe(409);
        }
        expect(await approve()).toMatchObject({ status: 200, body: { state: 'approved', tenantId: into } });
        expect((await mine(management, applicant)).tenants).toMatchObject([{ tenantId: into }]);
      }
    }
  });

  test('who was a member already stays what that person is', async () => {
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
