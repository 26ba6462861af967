import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, SECOND_ADMIN, type TestClaims, TestManagement } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
let count = 0;
let tenantId = '';
let TENANT = '';
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  management = new TestManagement(dynamodb);
  tenantId = `tenant_team_${++count}`;
  TENANT = `/v1/tenants/${tenantId}`;
  await management.call('POST /v1/tenants', { body: { tenantId, name: 'Team' } });
});

/** Somebody whose token names no role and no tenant. */
function somebody(name: string, change: Partial<Record<string, string>> = {}): TestClaims {
  return {
    sub: `sub-${name}-${count}`,
    email: `${name}@example.com`,
    email_verified: 'true',
    amr: '[pwd mfa]',
    ...change,
  } as TestClaims;
}

async function invite(email: string, role: string, tenant = TENANT): Promise<string> {
  const { status, body } = await management.call(`POST ${tenant}/invitations`, { body: { email, role } });
  expect(status).toBe(201);
  return body.token;
}

const accept = (token: string, claims: TestClaims) =>
  management.call('POST /v1/invitations/accept', { claims, body: { token } });

async function member(name: string, role: string, tenant = TENANT): Promise<TestClaims> {
  const claims = somebody(name);
  expect((await accept(await invite(`${name}@example.com`, role, tenant), claims)).status).toBe(200);
  return claims;
}

const remove = ({ sub }: TestClaims, claims: TestClaims = ADMIN) =>
  management.call(`DELETE ${TENANT}/members/${sub}`, { claims });
const update = ({ sub }: TestClaims, role: string, claims: TestClaims = ADMIN) =>
  management.call(`PATCH ${TENANT}/members/${sub}`, { claims, body: { role } });
const members = async () => (await management.call(`GET ${TENANT}/members`)).body.items;
const team = () => dynamodb.item(itemKey.team(tenantId));

describe('an invitation', () => {
  test('makes a member of who accepts it, with the role that it says, and is gone', async () => {
    const token = await invite('Grace@Example.com', 'developer');
    const grace = somebody('grace', { email: 'GRACE@example.com' });
    const list = (await management.call(`GET ${TENANT}/invitations`)).body.items;
    expect(list).toMatchObject([
      { email: 'grace@example.com', role: 'developer', note: null, createdByName: ADMIN.email },
    ]);
    expect((await management.call(`GET ${TENANT}/keys`, { claims: grace })).status).toBe(403);
    const { status, body } = await accept(token, grace);
    expect([status, body]).toEqual([
      200,
      {
        tenantId,
        member: {
          sub: grace.sub,
          email: 'grace@example.com',
          role: 'developer',
          joinedAt: '2026-11-22T12:00:00.000Z',
          invitedBy: ADMIN.sub,
        },
      },
    ]);
    expect((await management.call(`GET ${TENANT}/invitations`)).body.items).toEqual([]);
    expect(await members()).toHaveLength(1);
    expect((await management.call(`GET ${TENANT}/keys`, { claims: grace })).status).toBe(200);
    expect((await management.call(`POST ${TENANT}/keys`, { claims: grace, body: {} })).status).toBe(403);
    expect((await management.call('GET /v1/tenants', { claims: grace })).body.items).toMatchObject([
      { tenantId },
    ]);
    const me = (await management.call('GET /v1/me', { claims: grace })).body;
    expect(me).toMatchObject({ role: null, tenants: [{ tenantId, name: 'Team', role: 'developer' }] });
    expect(me.can).toEqual(expect.arrayContaining(['listKeys', 'createSubscription']));
    expect(me.can).not.toContain('createKey');
  });

  test('leaves its token nowhere: not in the table, not in an event, not in a log', async () => {
    const token = await invite('grace@example.com', 'developer');
    const secret = token.split('.')[2] ?? '';
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const stored = JSON.stringify([await team(), await dynamodb.emitted(), management.logged]);
    expect(stored).toContain('grace@example.com');
    expect(stored).not.toContain(secret);
  });

  test('is for its e-mail address, which has to be verified, and for a sign-in with a second factor', async () => {
    const token = await invite('grace@example.com', 'admin');
    const refused: [TestClaims, number, string][] = [
      [somebody('mallory'), 403, 'forbidden'],
      [somebody('grace', { email: 'grace@example.com.evil.example' }), 403, 'forbidden'],
      // U+212A, whose lower case is k; U+0131, whose upper case is I.
      [somebody('grace', { email: 'grace@example.com\u0000' }), 403, 'forbidden'],
      [somebody('grace', { email_verified: 'false' }), 403, 'forbidden'],
      [somebody('grace', { email_verified: '' }), 403, 'forbidden'],
      [somebody('grace', { amr: '[pwd]' }), 403, 'mfa_required'],
      [{ sub: 'no-email', amr: '[mfa]' }, 403, 'forbidden'],
    ];
    for (const [claims, status, code] of refused) {
      const answer = await accept(token, claims);
      expect([claims.email, answer.status, answer.body.error.code]).toEqual([claims.email, status, code]);
    }
    expect(await members()).toEqual([]);
    const kelvin = await invite('kelvin@example.com', 'admin');
    expect((await accept(kelvin, somebody('k', { email: '\u212aelvin@example.com' }))).status).toBe(403);
    expect((await accept(token, somebody('grace'))).status).toBe(200);
  });

  test('is good once: a second person, a second time, and after the member was removed it is not there', async () => {
    const token = await invite('grace@example.com', 'developer');
    const grace = somebody('grace');
    const first = await accept(token, grace);
    const twin = somebody('grace', { sub: 'sub-twin' });
    expect((await accept(token, twin)).status).toBe(404);
    // The answer may have been lost: the same person finds it done.
    expect(await accept(token, grace)).toMatchObject({ status: 200, body: first.body });
    expect(await members()).toHaveLength(1);
    await remove(grace);
    expect((await accept(token, grace)).status).toBe(404);
    expect(await members()).toEqual([]);
  });

  test('accepted by two at the same moment makes one member', async () => {
    for (let i = 0; i < 5; i += 1) {
      const token = await invite(`both${i}@example.com`, 'developer');
      const both = [0, 1].map((n) => somebody(`both${i}`, { sub: `sub-both-${i}-${n}-${count}` }));
      const answers = await Promise.all(both.map((claims) => accept(token, claims)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
    }
    expect(await members()).toHaveLength(5);
  });

  test('lapses after seven days, and then makes room', async () => {
    const token = await invite('grace@example.com', 'developer');
    management.clock = new Date(management.clock.getTime() + 7 * 86_400_000);
    expect(await accept(token, somebody('grace'))).toMatchObject({
      status: 409,
      body: { error: { code: 'invalid_state' } },
    });
    expect((await management.call(`GET ${TENANT}/invitations`)).body.items).toEqual([]);
    const again = await invite('grace@example.com', 'developer');
    expect((await accept(again, somebody('grace'))).status).toBe(200);
  });

  test('that was taken back is worth nothing', async () => {
    const token = await invite('grace@example.com', 'developer');
    const [{ invitationId }] = (await management.call(`GET ${TENANT}/invitations`)).body.items;
    const path = `DELETE ${TENANT}/invitations/${invitationId}`;
    expect((await management.call(path)).status).toBe(204);
    expect((await management.call(path)).status).toBe(404);
    expect((await accept(token, somebody('grace'))).status).toBe(404);
  });

  test('of another token, tenant or form is not there, and nothing is searched for', async () => {
    const token = await invite('grace@example.com', 'developer');
    const [, id = '', secret = ''] = token.split('.');
    const other = 'x'.repeat(43);
    for (const text of [
      `${tenantId}.${id}.${other}`,
      `tenant_missing.${id}.${secret}`,
      `tenant_team_1.inv_000000000000.${secret}`,
      '__proto__.constructor.toString',
      `${token}x`,
      ` ${token}`,
      'x',
    ])
      expect([text, (await accept(text, somebody('grace'))).status].at(1)).toBe(404);
  });

  test('is refused for who is invited or a member, and for what is no address', async () => {
    await invite('grace@example.com', 'developer');
    await member('ada', 'auditor');
    for (const email of ['GRACE@example.com', 'ada@example.com']) {
      const answer = await management.call(`POST ${TENANT}/invitations`, { body: { email, role: 'admin' } });
      expect([answer.status, answer.body.error.code]).toEqual([409, 'already_exists']);
    }
    for (const email of [
      '',
      'grace',
      'a@b@c',
      '\u212a@example.com',
      'a b@example.com',
      `${'a'.repeat(250)}@b.c`,
    ]) {
      const answer = await management.call(`POST ${TENANT}/invitations`, { body: { email, role: 'admin' } });
      expect([email, answer.status]).toEqual([email, 400]);
    }
    for (const role of ['owner', 'constructor', '__proto__', ''])
      expect(
        (await management.call(`POST ${TENANT}/invitations`, { body: { email: 'x@example.com', role } }))
          .status,
      ).toBe(400);
  });

  test('goes to many at once, with a result for each', async () => {
    await invite('grace@example.com', 'developer');
    const rows = [
      { email: 'ada@example.com', role: 'developer', note: 'Team lead' },
      { email: 'grace@example.com', role: 'auditor' },
      { email: 'no address', role: 'auditor' },
      { email: 'Ada@example.com', role: 'admin' },
      5,
      { email: 'alan@example.com', role: 'admin' },
    ];
    const { status, body } = await management.call(`POST ${TENANT}/invitations/import`, { body: { rows } });
    expect(status).toBe(200);
    expect(body.results.map(({ result }: { result: string }) => result)).toEqual([
      'invited',
      'exists',
      'invalid',
      'exists',
      'invalid',
      'invited',
    ]);
    expect((await accept(body.results[5].token, somebody('alan'))).status).toBe(200);
    expect((await management.call(`GET ${TENANT}/invitations`)).body.items).toHaveLength(2);
  });
});

describe('a member', () => {
  test('who was removed is refused by the next request, though the token lives on', async () => {
    const admin = await member('ada', 'admin');
    const grace = await member('grace', 'admin');
    const calls = ['GET /v1/subscriptions', `GET ${TENANT}/keys`, 'GET /v1/usage', 'GET /v1/audit'];
    for (const call of calls) expect((await management.call(call, { claims: grace })).status).not.toBe(403);
    expect((await remove(grace, admin)).status).toBe(204);
    for (const call of calls) expect((await management.call(call, { claims: grace })).status).toBe(403);
    expect((await management.call('GET /v1/me', { claims: grace })).body.tenants).toEqual([]);
    expect((await remove(grace, admin)).status).toBe(404);
  });

  test('is in each tenant what that tenant says, and nothing in others', async () => {
    const ours = TENANT;
    const admin = await member('ada', 'admin');
    const other = `${tenantId}_b`;
    await management.call('POST /v1/tenants', { body: { tenantId: other, name: 'Other' } });
    const there = `/v1/tenants/${other}`;
    const key = { name: 'K', type: 'secret', environment: 'live', role: 'reader' };
    const make = (path: string, claims = admin) =>
      management.call(`POST ${path}/keys`, { claims, body: key });
    expect((await make(ours)).status).toBe(201);
    const [foreign, missing] = [await make(there), await make('/v1/tenants/tenant_missing')];
    expect([foreign.status, foreign.body.error.message]).toEqual([404, missing.body.error.message]);
    expect(missing.status).toBe(404);
    const auditor = await accept(await invite('ada@example.com', 'auditor', there), admin);
    expect(auditor.status).toBe(200);
    expect((await make(there)).status).toBe(403);
    expect((await management.call(`GET ${there}/keys`, { claims: admin })).status).toBe(200);
    const { body } = await management.call('GET /v1/me', { claims: admin });
    expect(body.tenants.map((each: { role: string }) => each.role).sort()).toEqual(['admin', 'auditor']);
    const asked = async (id: string) =>
      (await management.call('GET /v1/me', { claims: admin, query: { tenantId: id } })).body.can;
    expect(await asked(tenantId)).toContain('createKey');
    expect(await asked(other)).not.toContain('createKey');
    for (const everyTenant of ['POST /v1/tenants', 'POST /v1/apis', 'POST /v1/products'])
      expect((await management.call(everyTenant, { claims: admin, body: {} })).status).toBe(403);
  });

  test('has that beside what the token says, and loses only that', async () => {
    const claims = somebody('grace', {
      'keywright:role': 'developer',
      'keywright:tenants': '[tenant_team_1]',
    });
    await accept(await invite('grace@example.com', 'admin'), claims);
    const create = () => management.call(`POST ${TENANT}/keys`, { claims, body: {} });
    const theirs = () => management.call('POST /v1/tenants/tenant_team_1/keys', { claims, body: {} });
    const read = () => management.call('GET /v1/tenants/tenant_team_1/keys', { claims });
    expect([(await create()).status, (await theirs()).status, (await read()).status]).toEqual([
      400, 403, 200,
    ]);
    await member('ada', 'admin');
    await remove(claims);
    expect([(await create()).status, (await theirs()).status, (await read()).status]).toEqual([
      403, 403, 200,
    ]);
  });

  test('acts in events as what the person is there, under the e-mail address', async () => {
    const ada = await member('ada', 'admin');
    await update(await member('grace', 'developer'), 'auditor', ada);
    const events = (await dynamodb.emitted()).filter((event) => event.tenantId === tenantId);
    expect(events.map(({ type, actor }) => [type, actor.type, actor.name])).toEqual([
      ['tenant.created', 'admin', ADMIN.email],
      ['member.invited', 'admin', ADMIN.email],
      ['member.joined', 'admin', ada.email],
      ['member.invited', 'admin', ADMIN.email],
      ['member.joined', 'developer', 'grace@example.com'],
      ['member.roleChanged', 'admin', ada.email],
    ]);
    expect(events.slice(1).map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5]);
  });

  test('may have a sub that JavaScript knows', async () => {
    for (const sub of ['__proto__', 'constructor', 'toString']) {
      const claims = somebody(sub.replaceAll('_', ''), { sub });
      expect((await management.call(`GET ${TENANT}/keys`, { claims })).status).toBe(403);
      const token = await invite(`${sub.replaceAll('_', '')}@example.com`, 'developer');
      expect((await accept(token, claims)).status).toBe(200);
      expect((await management.call(`GET ${TENANT}/keys`, { claims })).status).toBe(200);
    }
  });
});

describe('the last admin', () => {
  test('can neither leave nor be less, until there is another', async () => {
    const ada = await member('ada', 'admin');
    await member('grace', 'developer');
    for (const answer of [await remove(ada, ada), await update(ada, 'developer', ada)])
      expect([answer.status, answer.body.error.code]).toEqual([409, 'invalid_state']);
    const alan = await member('alan', 'admin');
    expect((await remove(ada, alan)).status).toBe(204);
    expect((await remove(alan, alan)).status).toBe(409);
  });

  test('is removed by an admin by token, who is one still: a stolen account is shut at once', async () => {
    const ada = await member('ada', 'admin');
    expect((await management.call(`GET ${TENANT}/keys`, { claims: ada })).status).toBe(200);
    expect((await remove(ada)).status).toBe(204);
    expect((await management.call(`GET ${TENANT}/keys`, { claims: ada })).status).not.toBe(200);
    const alan = await member('alan', 'admin');
    expect((await update(alan, 'auditor')).status).toBe(200);
  });

  test('is left by two who remove each other, or both themselves, at the same moment', async () => {
    for (let i = 0; i < 4; i += 1) {
      const [ada, alan] = [await member(`ada${i}`, 'admin'), await member(`alan${i}`, 'admin')];
      for (const { sub } of await members())
        if (sub !== ada.sub && sub !== alan.sub) await management.call(`DELETE ${TENANT}/members/${sub}`);
      const both =
        i % 2 === 0
          ? [remove(ada, alan), remove(alan, ada)]
          : [remove(ada, ada), update(alan, 'developer', alan)];
      const answers = (await Promise.all(both)).map(({ status }) => status);
      expect(answers.filter((status) => status < 300)).toHaveLength(1);
      const admins = (await members()).filter(({ role }: { role: string }) => role === 'admin');
      expect(admins).toHaveLength(1);
    }
  });
});

describe('where a second admin is asked', () => {
  async function requireApproval() {
    await management.call(`PATCH ${TENANT}`, { body: { settings: { requireApproval: true } } });
  }
  const decide = (id: string, verb: string, claims: TestClaims) =>
    management.call(`POST /v1/approvals/${id}/${verb}`, { claims });

  test('nobody makes an admin alone: neither by inviting one, nor by promoting a member, nor many at once', async () => {
    const grace = await member('grace', 'developer');
    await requireApproval();
    const body = { email: 'accomplice@example.com', role: 'admin' };
    const asked = await management.call(`POST ${TENANT}/invitations`, { body });
    expect(asked.status).toBe(202);
    expect((await update(grace, 'admin')).status).toBe(202);
    const many = await management.call(`POST ${TENANT}/invitations/import`, { body: { rows: [body] } });
    expect(many.body.results).toMatchObject([{ result: 'waiting', approvalId: expect.any(String) }]);
    expect((await management.call(`GET ${TENANT}/invitations`)).body.items).toEqual([]);
    const { approvalId } = asked.body.approval;
    expect((await decide(approvalId, 'approve', ADMIN)).status).toBe(403);
    expect((await decide(approvalId, 'claim', ADMIN)).status).toBe(409);
    const approved = await decide(approvalId, 'approve', SECOND_ADMIN);
    expect([approved.status, approved.text.includes('token')]).toEqual([200, false]);
    expect((await decide(approvalId, 'claim', SECOND_ADMIN)).status).toBe(403);
    const claimed = await decide(approvalId, 'claim', ADMIN);
    expect(claimed.status).toBe(200);
    expect((await decide(approvalId, 'claim', ADMIN)).status).toBe(409);
    expect((await accept(claimed.body.token, somebody('accomplice'))).status).toBe(200);
  });

  test('a promotion that was approved is carried out once, and a member by invitation may be the second', async () => {
    const [ada, grace] = [await member('ada', 'admin'), await member('grace', 'developer')];
    await requireApproval();
    const { approvalId } = (await update(grace, 'admin')).body.approval;
    expect((await decide(approvalId, 'approve', grace)).status).toBe(403);
    expect((await decide(approvalId, 'approve', ada)).status).toBe(200);
    expect((await members()).map(({ role }: { role: string }) => role)).toEqual(['admin', 'admin']);
    expect((await decide(approvalId, 'approve', ada)).status).toBe(409);
  });

  test('developers are invited, and people removed or made less, by one: access is taken away at once', async () => {
    const [ada, grace] = [await member('ada', 'admin'), await member('grace', 'admin')];
    await requireApproval();
    await invite('dev@example.com', 'developer');
    expect((await update(grace, 'developer', ada)).status).toBe(200);
    expect((await remove(grace, ada)).status).toBe(204);
  });
});
