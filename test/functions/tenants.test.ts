import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  management = new TestManagement(dynamodb);
});

let names = 0;
async function create(body: object = {}): Promise<string> {
  names += 1;
  const answer = await management.call('POST /v1/tenants', {
    body: { tenantId: `tenant_number_${names}`, name: 'Acme', ...body },
  });
  expect(answer.status).toBe(201);
  return answer.body.tenantId;
}
const eventOf = (tenantId: string) => dynamodb.lastEvent(itemKey.tenant(tenantId));
const patch = (tenantId: string, body: object) => management.call(`PATCH /v1/tenants/${tenantId}`, { body });

describe('creating', () => {
  test('with an id of one’s own', async () => {
    const body = { tenantId: 'tenant_acme', name: ' Acme ', settings: { leakResponse: 'notify' } };
    const answer = await management.call('POST /v1/tenants', { body });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        tenantId: 'tenant_acme',
        name: 'Acme',
        status: 'active',
        settings: { requireApproval: false, leakResponse: 'notify' },
        createdAt: '2026-11-22T12:00:00.000Z',
      },
    });
    expect((await management.call('GET /v1/tenants/tenant_acme')).body).toEqual(answer.body);
    expect(await eventOf('tenant_acme')).toMatchObject({ type: 'tenant.created', tenantId: 'tenant_acme' });
    const again = await management.call('POST /v1/tenants', { body });
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'already_exists' } } });
  });

  test('with an id of ours, one each time', async () => {
    const first = await create({ tenantId: undefined });
    expect(first).toMatch(/^tenant_[a-z0-9_]{3,40}$/);
    expect(await create({ tenantId: undefined })).not.toBe(first);
  });

  test.each([undefined, 'tenant_retried'])(
    'repeated with an Idempotency-Key (tenantId %s) is done once',
    async (tenantId) => {
      const headers = { 'idempotency-key': `retry ${tenantId}` };
      const body = { tenantId, name: 'Retried' };
      const first = await management.call('POST /v1/tenants', { body, headers });
      expect(first.status).toBe(201);
      const again = await management.call('POST /v1/tenants', { body, headers });
      expect(again).toMatchObject({
        status: 200,
        headers: { 'idempotent-replayed': 'true' },
        body: first.body,
      });
      const other = await management.call('POST /v1/tenants', { body: { ...body, name: 'Other' }, headers });
      expect(other.body.error.code).toBe('idempotency_mismatch');
    },
  );

  test('an id that is taken is not given to another Idempotency-Key', async () => {
    const body = { tenantId: 'tenant_taken', name: 'Taken' };
    const call = (key: string) =>
      management.call('POST /v1/tenants', { body, headers: { 'idempotency-key': key } });
    expect((await call('one')).status).toBe(201);
    expect((await call('two')).body.error.code).toBe('already_exists');
  });

  test.each([
    [{ tenantId: 'acme' }, 'tenantId'],
    [{ tenantId: 'tenant_AB' }, 'tenantId'],
    [{ tenantId: 'tenant_ab' }, 'tenantId'],
    [{ name: ' ' }, 'name'],
    [{ settings: { leakResponse: 'ignore' } }, 'settings.leakResponse'],
    [{ settings: { colour: 'red' } }, 'settings.colour'],
    [{ status: 'active' }, 'status'],
  ])('%j is a 400 that names %s', async (body, param) => {
    const answer = await management.call('POST /v1/tenants', { body: { name: 'Acme', ...body } });
    expect(answer).toMatchObject({ status: 400, body: { error: { param } } });
  });
});

describe('changing', () => {
  test('each kind of change leaves its event', async () => {
    const tenantId = await create();
    expect((await patch(tenantId, { name: 'Renamed' })).body.name).toBe('Renamed');
    expect((await eventOf(tenantId)).type).toBe('tenant.updated');
    expect((await patch(tenantId, { status: 'suspended' })).body.status).toBe('suspended');
    expect((await eventOf(tenantId)).type).toBe('tenant.suspended');
    expect((await patch(tenantId, { status: 'suspended' })).body.error.code).toBe('invalid_state');
    expect((await patch(tenantId, { status: 'active', name: 'Back' })).body.name).toBe('Back');
    expect(await eventOf(tenantId)).toMatchObject({
      type: 'tenant.resumed',
      data: { from: { name: 'Renamed', status: 'suspended' }, to: { name: 'Back', status: 'active' } },
    });
    expect((await patch(tenantId, { settings: { requireApproval: true } })).body.settings).toEqual({
      requireApproval: true,
      leakResponse: 'revoke',
    });
  });

  test('what an operator suspended its own admin neither resumes nor asks a second one to resume', async () => {
    const tenantId = await create();
    const claims = { ...ADMIN, sub: 'person-own', 'keywright:tenants': `[${tenantId}]` };
    const own = (body: object) => management.call(`PATCH /v1/tenants/${tenantId}`, { body, claims });
    expect((await own({ status: 'suspended' })).body).not.toHaveProperty('suspendedByOperator');
    expect((await own({ status: 'active' })).body.status).toBe('active');
    expect((await patch(tenantId, { status: 'suspended' })).body.suspendedByOperator).toBe(true);
    const refused = { status: 403, body: { error: { code: 'forbidden', param: 'status' } } };
    expect(await own({ status: 'active' })).toMatchObject(refused);
    expect((await patch(tenantId, { settings: { requireApproval: true } })).status).toBe(200);
    expect(await own({ status: 'active' })).toMatchObject(refused);
    expect((await management.call(`GET /v1/tenants/${tenantId}`)).body.status).toBe('suspended');
  });

  test('what its admins agreed on before an operator suspended it does not resume it afterwards', async () => {
    const tenantId = await create({ settings: { requireApproval: true } });
    const as = (sub: string) => ({ claims: { ...ADMIN, sub, 'keywright:tenants': `[${tenantId}]` } });
    const path = `PATCH /v1/tenants/${tenantId}`;
    await management.call(path, { body: { status: 'suspended' }, ...as('person-first') });
    const asked = await management.call(path, { body: { status: 'active' }, ...as('person-first') });
    expect(asked.status).toBe(202);
    expect((await patch(tenantId, { status: 'suspended' })).body.suspendedByOperator).toBe(true);
    const approve = `POST /v1/approvals/${asked.body.approval.approvalId}/approve`;
    const approved = await management.call(approve, { body: {}, ...as('person-second') });
    expect(approved).toMatchObject({ status: 409, body: { error: { code: 'invalid_state' } } });
    expect((await management.call(`GET /v1/tenants/${tenantId}`)).body.status).toBe('suspended');
  });

  test.each([{}, { tenantId: 'tenant_x' }, { name: null }, { status: 'deleted' }, { roles: {} }])(
    '%j is a 400',
    async (body) => {
      expect((await patch(await create(), body)).status).toBe(400);
    },
  );
});

describe('roles', () => {
  test('are put, listed, read and deleted', async () => {
    const path = `/v1/tenants/${await create()}/roles`;
    const clerk = {
      role: 'clerk',
      permissions: ['orders:read', 'orders:write'],
      description: 'Takes orders',
    };
    const { role, ...body } = clerk;
    expect(await management.call(`PUT ${path}/clerk`, { body })).toMatchObject({ status: 200, body: clerk });
    expect((await management.call(`GET ${path}/clerk`)).body).toEqual(clerk);
    expect((await management.call(`GET ${path}`)).body).toMatchObject({
      items: [{ role: 'clerk' }, { role: 'reader' }, { role: 'writer' }],
      nextCursor: null,
    });
    expect(await management.call(`DELETE ${path}/clerk`)).toMatchObject({ status: 204, text: '' });
    expect((await management.call(`DELETE ${path}/clerk`)).status).toBe(404);
    expect((await management.call(`GET ${path}/clerk`)).status).toBe(404);
  });

  test('come by name, all together or in pages, and by no other list’s cursor', async () => {
    const [own, other] = [await create(), await create()];
    const list = (query: Record<string, string>, tenantId = own) =>
      management.call(`GET /v1/tenants/${tenantId}/roles`, { query });
    const named = (answer: { body: { items: { role: string }[] } }) =>
      answer.body.items.map(({ role }) => role);
    expect(named(await list({}))).toEqual(['reader', 'writer']);
    const first = await list({ limit: '1' });
    expect(named(first)).toEqual(['reader']);
    const cursor = first.body.nextCursor;
    const second = await list({ limit: '1', cursor });
    expect([named(second), second.body.nextCursor]).toEqual([['writer'], null]);
    expect((await list({ cursor }, other)).status).toBe(400);
    for (const query of [{ limit: '0' }, { limit: '101' }, { foo: '1' }])
      expect((await list(query as never)).status).toBe(400);
  });

  test('each change leaves its event, a put that changes nothing none', async () => {
    const tenantId = await create();
    const path = `/v1/tenants/${tenantId}/roles/clerk`;
    const body = { permissions: ['orders:read'] };
    await management.call(`PUT ${path}`, { body });
    const changed = await eventOf(tenantId);
    expect(changed).toMatchObject({ type: 'role.changed', tenantId, subject: { type: 'role', id: 'clerk' } });
    expect((await management.call(`PUT ${path}`, { body })).status).toBe(200);
    expect(await eventOf(tenantId)).toEqual(changed);
    await management.call(`DELETE ${path}`);
    expect((await eventOf(tenantId)).type).toBe('role.deleted');
  });

  test.each([
    ['clerk', {}, 'permissions'],
    ['clerk', { permissions: ['orders'] }, 'permissions.0'],
    ['clerk', { permissions: Array.from({ length: 51 }, (_, i) => `r${i}:read`) }, 'permissions'],
    ['clerk', { permissions: [], role: 'clerk' }, 'role'],
    ['Clerk', { permissions: [] }, 'role'],
    ['1', { permissions: [] }, 'role'],
  ])('PUT %s %j is a 400 that names %s', async (role, body, param) => {
    const answer = await management.call(`PUT /v1/tenants/${await create()}/roles/${role}`, { body });
    expect(answer).toMatchObject({ status: 400, body: { error: { param } } });
  });

  test('two changes of one tenant at once: what is acknowledged is there', async () => {
    const tenantId = await create();
    const path = `/v1/tenants/${tenantId}/roles`;
    const roles = ['one', 'two', 'three', 'four'];
    const answers = await Promise.all(
      roles.map((role) => management.call(`PUT ${path}/${role}`, { body: { permissions: ['*:read'] } })),
    );
    const { items } = (await management.call(`GET ${path}`)).body;
    const there = new Set(items.map(({ role }: { role: string }) => role));
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    for (const [index, { status, body }] of answers.entries()) {
      expect(there.has(roles[index])).toBe(status === 200);
      if (status !== 200) expect(body.error.code).toBe('conflict');
    }
  });
});

describe('listing', () => {
  test('an admin of all sees all, newest first and in pages; others see theirs', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      management.clock = new Date(Date.parse('2026-12-01T00:00:00Z') + i * 1000);
      ids.unshift(await create());
    }
    const idsOf = ({ body }: { body: { items: { tenantId: string }[] } }) =>
      body.items.map((item) => item.tenantId);
    const first = await management.call('GET /v1/tenants', { query: { limit: '3' } });
    expect(idsOf(first)).toEqual(ids.slice(0, 3));
    const query = { limit: '2', cursor: first.body.nextCursor };
    expect(idsOf(await management.call('GET /v1/tenants', { query }))).toEqual(ids.slice(3));

    const mine = [ids[1], ids[4], 'tenant_missing'];
    const claims = { ...ADMIN, 'keywright:role': 'developer', 'keywright:tenants': `[${mine.join(' ')}]` };
    const page = await management.call('GET /v1/tenants', { claims, query: { limit: '1' } });
    expect(idsOf(page)).toEqual([ids[1]]);
    const rest = await management.call('GET /v1/tenants', {
      claims,
      query: { cursor: page.body.nextCursor },
    });
    expect([idsOf(rest), rest.body.nextCursor]).toEqual([[ids[4]], null]);
    const nobody = await management.call('GET /v1/tenants', {
      claims: { ...claims, 'keywright:tenants': '[]' },
    });
    expect(nobody.body).toEqual({ items: [], nextCursor: null });
  });

  test('of more tenants than one batch reads, all are listed', async () => {
    const ids = await Promise.all(Array.from({ length: 120 }, () => create()));
    const claims = { ...ADMIN, 'keywright:tenants': ids.join(',') };
    const page = await management.call('GET /v1/tenants', { claims, query: { limit: '100' } });
    const rest = await management.call('GET /v1/tenants', {
      claims,
      query: { limit: '100', cursor: page.body.nextCursor },
    });
    const listed = [...page.body.items, ...rest.body.items].map(({ tenantId }) => tenantId);
    expect(listed.sort()).toEqual(ids.sort());
  });
});
