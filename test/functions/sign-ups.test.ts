import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SignUpRule } from '../../core/domain/people/sign-up.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { MemberStore } from '../../core/store/member-store.ts';
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
    expect((await mine(management)).tenants).toEqual([
      { tenantId, name: 'Acme', role: 'developer', sandboxOnly: false },
    ]);
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

describe('where anyone may start', () => {
  const open = (perDay = 1000) => withRule({ mode: 'open', domains: {}, perDay });
  const start = (management: TestManagement, claims = grace, body: object = {}) =>
    ask(management, claims, body);

  test('who has a verified address gets a tenant of one’s own for the sandbox, as developer; again it is the same', async () => {
    const management = open();
    const first = await start(management, grace, { company: 'Hopper', use: 'Compilers' });
    expect(first).toMatchObject({
      status: 201,
      body: { state: 'approved', use: null, decidedBy: grace.sub },
    });
    const own = { tenantId: first.body.tenantId, name: 'Hopper', role: 'developer', sandboxOnly: true };
    expect((await mine(management)).tenants).toEqual([own]);
    expect(await start(management, grace, { company: 'Another' })).toEqual({
      ...first,
      status: 200,
      headers: expect.anything(),
    });
    expect((await mine(management)).tenants).toEqual([own]);
    const ofIt = (await dynamodb.emitted()).filter(({ actor }) => actor.id === grace.sub);
    expect(new Set(ofIt.map(({ id }) => id)).size).toBe(4);
    const types = ['signUp.requested', 'signUp.approved', 'tenant.created', 'member.joined'];
    expect(ofIt.map(({ type }) => type).sort()).toEqual(types.sort());
    expect(ofIt.find(({ type }) => type === 'tenant.created')?.data).toMatchObject({
      name: 'Hopper',
      sandboxOnly: true,
    });
  });

  test('it is named by the address where nothing is said; nobody comes in without a verified one', async () => {
    const management = open();
    await start(management);
    expect((await mine(management)).tenants).toMatchObject([{ name: 'grace' }]);
    for (const [change, code] of [
      [{ email_verified: 'false' }, 'forbidden'],
      [{ email: 'grace' }, 'forbidden'],
      [{ amr: '[pwd]' }, 'mfa_required'],
    ] as const) {
      const other = person('other', change);
      expect((await start(management, other)).body.error.code).toBe(code);
      expect((await mine(management, other)).tenants).toEqual([]);
    }
    for (const company of ['', ' ', 'a\u202eb', 'x'.repeat(101)])
      expect((await start(management, person('x'), { company })).status).toBe(400);
  });

  test('people of one name, company or domain each have their own, and see nothing of another’s', async () => {
    const management = open();
    const twin = person('twin', { email: 'grace@other.example' });
    const both = [grace, twin];
    for (const each of both) await start(management, each, { company: 'Acme' });
    const [one, other] = await Promise.all(both.map(async (each) => (await mine(management, each)).tenants));
    expect(one).toHaveLength(1);
    expect(other).toHaveLength(1);
    expect(one[0].tenantId).not.toBe(other[0].tenantId);
    for (const path of ['', '/members', '/keys']) {
      const read = async (of: string) =>
        (await management.call(`GET /v1/tenants/${of}${path}`, { claims: grace })).body.error;
      const [there, nowhere] = [await read(other[0].tenantId), await read('tenant_nowhere')];
      expect(there).toEqual({ ...nowhere, requestId: there.requestId });
    }
  });

  test('at once from several sides it is one tenant, and every call says so', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => start(open())));
    expect(answers.map(({ status }) => status).filter((status) => status > 201)).toEqual([]);
    expect(new Set(answers.map(({ body }) => body.tenantId)).size).toBe(1);
    expect((await mine(open())).tenants).toHaveLength(1);
    const { members } = await new MemberStore(dynamodb.main).team(answers[0]?.body.tenantId);
    expect(members).toHaveLength(1);
  });

  test('cut off at any call it is taken up by the next', async () => {
    const management = open();
    for (let at = 0, isDone = false; !isDone; at++) {
      for (const happens of [false, true]) {
        const who = { ...grace, sub: `open-${count}-${at}-${happens}` } as TestClaims;
        const { answer } = await interruption.during(at, happens, () => start(management, who));
        isDone = answer.status === 201;
        if (isDone) break;
        expect((await start(management, who)).body).toMatchObject({ state: 'approved' });
        expect((await mine(management, who)).tenants).toMatchObject([
          { role: 'developer', sandboxOnly: true },
        ]);
      }
    }
  });

  test('who left or was removed does not come back alone', async () => {
    const management = open();
    const { tenantId: own } = (await start(management)).body;
    await management.call(`DELETE /v1/me/memberships/${own}`, { claims: grace });
    expect((await start(management)).body.error.code).toBe('invalid_state');
    expect((await mine(management)).tenants).toEqual([]);
  });

  test('a request that waited is answered by itself, and what an admin decided stays', async () => {
    const asked = (await ask(request(), grace, { company: 'Acme', use: 'Pay' })).body;
    expect((await start(open())).body).toMatchObject({ signUpId: asked.signUpId, state: 'approved' });
    expect((await mine(open())).tenants).toMatchObject([{ name: 'Acme' }]);
    const approved = person('approved');
    const { signUpId } = (await ask(request(), approved)).body;
    await request().call(`POST /v1/sign-ups/${signUpId}/approve`, { body: { tenantId } });
    expect(await start(open(), approved)).toMatchObject({ status: 200, body: { tenantId } });
  });

  test('of a day no more come than it has room for, from one network a part of them, and each counts once', async () => {
    const management = open(60);
    management.clock = new Date(management.clock.getTime() + count * 40 * 86_400_000);
    const come = (i: number, ip: string) =>
      management.call('POST /v1/sign-ups', { claims: person(`n${i}`), ip, body: {} });
    for (let i = 0; i < 6; i++) expect((await come(i, '203.0.113.9')).status).toBe(201);
    expect((await come(0, '203.0.113.9')).status).toBe(200);
    const refused = await come(6, '203.0.113.200');
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'invalid_state' } } });
    expect((await mine(management, person('n6'))).tenants).toEqual([]);
    const statuses = await Promise.all(
      Array.from({ length: 58 }, async (_, i) => (await come(10 + i, `198.51.${i}.1`)).status),
    );
    expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(54);
    for (let i = 0; i < 58; i++) await come(10 + i, `198.51.${i}.1`);
    const { newcomers } = (await dynamodb.item(
      itemKey.newcomers(management.clock.toISOString().slice(0, 10)),
    )) as { newcomers: object[] };
    expect(newcomers).toHaveLength(60);
    management.clock = new Date(management.clock.getTime() + 86_400_000);
    expect((await come(6, '203.0.113.200')).status).toBe(201);
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
      { tenantId: newTenant, name: 'New', role: 'developer', sandboxOnly: false },
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
