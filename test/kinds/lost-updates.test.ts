import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Operation, ROUTES } from '../../core/contract/routes.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, SECOND_ADMIN, type TestAnswer, TestManagement } from '../support/management.ts';
import { overtaken } from '../support/race.ts';

const TENANT = '/v1/tenants/tenant_edited';
const API_ID = 'api_OrdersLive00';
let dynamodb: TestDynamoDb;
let management: TestManagement;

interface Case {
  /** Makes what is edited, and gives its path. */
  readonly make: () => Promise<string>;
  readonly first: object;
  readonly second: object;
  /** Names of the fields that the first edit changes. */
  readonly fields: readonly string[];
}

const RENAMED = { first: { name: 'First' }, second: { name: 'Second' }, fields: ['name'] };
const ROLE = {
  make: async () => {
    const body = { permissions: ['orders:read'], description: 'Made' };
    await management.call(`PUT ${TENANT}/roles/editor`, { body: { ...body, wakesKeys: true } });
    return `${TENANT}/roles/editor`;
  },
  first: { permissions: ['orders:read'], description: 'First' },
  fields: ['permissions', 'description'],
};

function described(title: string) {
  return { openapi: '3.1.1', info: { title, version: '1' }, paths: {} };
}

/** What there is one of, as if it were new. */
async function renamed(path: string): Promise<string> {
  await management.call(`PATCH ${path}`, { body: { name: 'Made' } });
  return path;
}

const ROLE_ARN = 'arn:aws:iam::000000000000:role/';
const BINDING = {
  first: { principalArn: `${ROLE_ARN}First` },
  second: { principalArn: `${ROLE_ARN}Second` },
  fields: ['rotation'],
};

async function boundKey(): Promise<string> {
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  const made = await management.call(`POST ${TENANT}/keys`, { body });
  const path = `${TENANT}/keys/${made.body.key.keyId}/rotation`;
  await management.call(`PUT ${path}`, { body: { principalArn: `${ROLE_ARN}Made` } });
  return path;
}

async function boundSubscription(): Promise<string> {
  const product = { name: 'Shop', apiIds: [API_ID] };
  const { productId } = (await management.call('POST /v1/products', { body: product })).body;
  const body = { tenantId: 'tenant_edited', productId, name: 'Made' };
  const { subscriptionId } = (await management.call('POST /v1/subscriptions', { body })).body;
  const path = `/v1/subscriptions/${subscriptionId}/rotation`;
  await management.call(`PUT ${path}`, { body: { principalArn: `${ROLE_ARN}Made` } });
  return path;
}

/** For every route that changes what its path names: a new one belongs here too. */
const CASES: Readonly<Partial<Record<Operation, Case>>> = {
  updateTenant: { make: () => renamed(TENANT), ...RENAMED },
  putRole: { ...ROLE, second: { permissions: ['orders:write'], description: 'Second' } },
  deleteRole: { ...ROLE, second: {} },
  updateKey: {
    make: async () => {
      const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
      const made = await management.call(`POST ${TENANT}/keys`, { body });
      return `${TENANT}/keys/${made.body.key.keyId}`;
    },
    ...RENAMED,
  },
  putKeyRotation: { make: boundKey, ...BINDING },
  deleteKeyRotation: { make: boundKey, ...BINDING, second: {} },
  putSubscriptionRotation: { make: boundSubscription, ...BINDING },
  deleteSubscriptionRotation: { make: boundSubscription, ...BINDING, second: {} },
  updateApi: { make: () => renamed(`/v1/apis/${API_ID}`), ...RENAMED },
  putApiOpenApi: {
    make: async () => {
      await management.call(`PUT /v1/apis/${API_ID}/openapi`, { body: described('Made') });
      return `/v1/apis/${API_ID}/openapi`;
    },
    first: described('First'),
    second: described('Second'),
    fields: ['openapi'],
  },
  updateProduct: {
    make: async () => {
      const body = { name: 'Shop', apiIds: [API_ID] };
      return `/v1/products/${(await management.call('POST /v1/products', { body })).body.productId}`;
    },
    ...RENAMED,
  },
  updateSubscription: {
    make: async () => {
      const product = { name: 'Shop', apiIds: [API_ID] };
      const { productId } = (await management.call('POST /v1/products', { body: product })).body;
      const body = { tenantId: 'tenant_edited', productId, name: 'Made' };
      const { subscriptionId } = (await management.call('POST /v1/subscriptions', { body })).body;
      return `/v1/subscriptions/${subscriptionId}`;
    },
    ...RENAMED,
  },
};

/** A team's members and invitations are one item, whose tag the lists have. */
const OF_TEAM: readonly Operation[] = ['updateMember', 'removeMember', 'deleteInvitation'];

/** One's own, which nobody else can edit: of two of one's own sessions test/functions/notifications.test.ts asks. */
const OF_ONESELF: readonly Operation[] = ['putNotifications', 'leaveTenant'];

const CHANGING = ROUTES.filter(({ key }) => /^(?:PUT|PATCH|DELETE) /.test(key));
/** A session is never edited: it ends, and whoever was first, it has ended. */
const OF_SESSIONS: readonly Operation[] = ['endMySession', 'endMemberSession'];
const EDITS = CHANGING.filter(
  ({ operation }) => ![...OF_TEAM, ...OF_ONESELF, ...OF_SESSIONS].includes(operation),
);

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_edited', name: 'Edited' } });
  const body = { apiId: API_ID, name: 'orders', environment: 'live', scheme: 'tenant' };
  await management.call('POST /v1/apis', { body });
});
afterAll(() => dynamodb.close());

test('every route that changes what its path names is tried', () => {
  const tried = [...Object.keys(CASES), ...OF_TEAM, ...OF_ONESELF, ...OF_SESSIONS].sort();
  expect(tried).toEqual(CHANGING.map(({ operation }) => operation).sort());
});

describe.each(EDITS.map(({ key, operation }) => [key, CASES[operation] as Case] as const))(
  '%s',
  (key, each) => {
    const method = key.slice(0, key.indexOf(' '));
    const edit = (path: string, body: object, tag?: string, claims = SECOND_ADMIN) => {
      const sent = method === 'DELETE' ? {} : { body };
      return management.call(`${method} ${path}`, {
        claims,
        ...sent,
        headers: tag ? { 'if-match': tag } : {},
      });
    };
    /** Another's edit, of the same thing. */
    const first = (path: string, tag?: string) => {
      const by = method === 'DELETE' ? 'PUT' : method;
      const headers: Record<string, string> = tag ? { 'if-match': tag } : {};
      return management.call(`${by} ${path}`, { claims: ADMIN, body: each.first, headers });
    };
    const read = async (path: string) => {
      const answer = await management.call(`GET ${path}`);
      return { tag: String(answer.headers.etag), body: answer.body };
    };
    const expectStale = (answer: TestAnswer) => {
      expect(answer.status).toBe(412);
      expect(answer.body.error).toMatchObject({ code: 'precondition_failed', param: 'If-Match' });
      expect(answer.headers.etag).toBeUndefined();
    };

    test('an edit of what was read since changes nothing, and is told what was changed, by whom and when', async () => {
      const path = await each.make();
      const { tag } = await read(path);
      expect(tag).toMatch(/^"[!#-~]+"$/);
      const done = await first(path, tag);
      expect(done.status).toBe(200);
      const between = await read(path);
      expect([done.headers.etag, between.tag === tag]).toEqual([between.tag, false]);
      const late = await edit(path, each.second, tag);
      expectStale(late);
      const told = late.body.error.details.filter(({ param }: { param?: string }) => param !== undefined);
      expect(told.map(({ param }: { param: string }) => param).sort()).toEqual([...each.fields].sort());
      for (const { changedBy, changedAt } of told)
        expect([changedBy, changedAt]).toEqual([ADMIN.sub, management.clock.toISOString()]);
      expect(await read(path)).toEqual(between);
      expect((await edit(path, each.second, between.tag)).status).toBeLessThan(300);
    });

    test('an edit that another overtakes between reading and writing is not repeated upon it', async () => {
      const path = await each.make();
      const { tag } = await read(path);
      const late = () => edit(path, each.second, tag).then(answer);
      let stale: TestAnswer | undefined;
      const answer = (given: TestAnswer) => {
        stale = given;
        return given.status;
      };
      expect(await overtaken(dynamodb.main, 1, () => first(path), late)).toBe(412);
      if (stale) expectStale(stale);
      expect((await read(path)).body).toMatchObject(each.first);
    });

    test('takes *, any of several tags, and no weak one', async () => {
      for (const [given, isTaken] of [
        ['*', true],
        ['"another", TAG', true],
        ['TAG ,"another"', true],
        ['"another"', false],
        ['W/TAG', false],
        ['W/"another", TAG', true],
      ] as const) {
        const path = await each.make();
        const { tag } = await read(path);
        const { status } = await edit(path, each.second, given.replace('TAG', tag));
        expect([given, status]).toEqual([given, isTaken ? (method === 'DELETE' ? 204 : 200) : 412]);
      }
    });

    test('says what an If-Match is, where it is none', async () => {
      const path = await each.make();
      for (const bad of ['', ',', 'r1', '"r1', '*, "r1"', '"a" "b"', 'w/"a"']) {
        const { status, body } = await management.call(`${method} ${path}`, {
          ...(method !== 'DELETE' && { body: each.second }),
          headers: { 'if-match': bad },
        });
        expect([bad, status, body.error.param]).toEqual([bad, 400, 'If-Match']);
      }
    });
  },
);

test('a team is changed as it was listed, or not at all', async () => {
  const invite = async (name: string) => {
    const body = { email: `${name}@example.com`, role: 'developer' };
    return (await management.call(`POST ${TENANT}/invitations`, { body })).body;
  };
  const { token } = await invite('grace');
  const claims = { sub: 'sub-grace', email: 'grace@example.com', email_verified: 'true', amr: '[mfa]' };
  await management.call('POST /v1/invitations/accept', { claims, body: { token } });
  const edits = {
    updateMember: [`PATCH ${TENANT}/members/sub-grace`, { role: 'auditor' }],
    removeMember: [`DELETE ${TENANT}/members/sub-grace`, undefined],
    deleteInvitation: [
      `DELETE ${TENANT}/invitations/${(await invite('ada')).invitation.invitationId}`,
      undefined,
    ],
  } as const;
  for (const operation of OF_TEAM) {
    const [route, body] = edits[operation as keyof typeof edits];
    const list = `GET ${TENANT}/${operation === 'deleteInvitation' ? 'invitations' : 'members'}`;
    const edit = (tag: string) =>
      management.call(route, { ...(body && { body }), headers: { 'if-match': tag } });
    const before = await management.call(list);
    await invite(operation.toLowerCase());
    const between = await management.call(list);
    expect([operation, (await edit(String(before.headers.etag))).status]).toEqual([operation, 412]);
    expect((await management.call(list)).headers.etag).toBe(between.headers.etag);
    expect((await edit(String(between.headers.etag))).status).toBeLessThan(300);
    expect((await management.call(list)).headers.etag).not.toBe(between.headers.etag);
  }
});

test('roles are edited beside one another, and a role that is not there fits no If-Match', async () => {
  const path = await ROLE.make();
  const tag = String((await management.call(`GET ${path}`)).headers.etag);
  const other = { permissions: ['orders:read'], description: 'Other' };
  await management.call(`PUT ${TENANT}/roles/reader`, { body: other });
  const headers = { 'if-match': tag };
  expect((await management.call(`PUT ${path}`, { body: ROLE.first, headers })).status).toBe(200);
  const absent = `${TENANT}/roles/absent`;
  const any = { 'if-match': '*' };
  expect((await management.call(`PUT ${absent}`, { body: ROLE.first, headers: any })).status).toBe(412);
  expect((await management.call(`DELETE ${absent}`, { headers: any })).status).toBe(404);
  expect((await management.call(`GET ${absent}`)).status).toBe(404);
});

test('an edit that waits for a second admin expects what is there as it is asked for, and not as it is approved', async () => {
  const path = await (CASES.updateKey as Case).make();
  const get = async () => management.call(`GET ${path}`);
  const tag = String((await get()).headers.etag);
  await management.call(`PATCH ${TENANT}`, { body: { settings: { requireApproval: true } } });
  const ask = (given: string) =>
    management.call(`PATCH ${path}`, { body: { role: 'reader' }, headers: { 'if-match': given } });
  expect((await ask('"stale"')).status).toBe(412);
  const waiting = await ask(tag);
  expect([waiting.status, waiting.headers.etag]).toEqual([202, undefined]);
  await management.call(`PATCH ${path}`, { body: { metadata: { team: 'a' } } });
  const { approvalId } = waiting.body.approval;
  const approve = `POST /v1/approvals/${approvalId}/approve`;
  expect((await management.call(approve, { claims: SECOND_ADMIN })).status).toBe(200);
  expect((await get()).body).toMatchObject({ role: 'reader', metadata: { team: 'a' } });
});
