import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, SECOND_ADMIN, TestManagement } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
beforeEach(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
});
afterEach(() => dynamodb.close());

const headers = { 'idempotency-key': 'once' };
const API = { name: 'Made', environment: 'live' };

/** What may be made under an id of one's own: where, with which bodies, and the places where each would be. */
const KINDS = {
  'a tenant': {
    path: '/v1/tenants',
    id: 'tenantId',
    bodies: [
      { name: 'Made' },
      { name: 'Made', tenantId: 'tenant_one' },
      { name: 'Made', tenantId: 'tenant_two' },
    ],
  },
  'an API': {
    path: '/v1/apis',
    id: 'apiId',
    bodies: [
      { ...API, scheme: 'tenant' },
      { ...API, scheme: 'subscription', apiId: 'api_MadeOne00000' },
      { ...API, scheme: 'subscription', apiId: 'api_MadeTwo00000' },
    ],
  },
} as const;

const CASES = Object.entries(KINDS).flatMap(([what, kind]) =>
  kind.bodies.flatMap((first) =>
    kind.bodies.filter((second) => second !== first).map((second) => ({ what, ...kind, first, second })),
  ),
);
const made = async (path: string) => (await management.call(`GET ${path}`)).body.items;

describe.each(CASES)('$what asked for as $first and then as $second', ({ path, first, second }) => {
  const ask = (body: object, claims = ADMIN) => management.call(`POST ${path}`, { headers, body, claims });

  test('under one Idempotency-Key is one, and a conflict', async () => {
    const { status, body } = await ask(first);
    expect(status).toBe(201);
    const conflict = {
      status: 409,
      body: { error: { code: 'idempotency_mismatch', param: 'Idempotency-Key' } },
    };
    expect(await ask(second)).toMatchObject(conflict);
    expect(await ask(first)).toMatchObject({ status: 200, body });
    expect(await made(path)).toHaveLength(1);
  });

  test('at one moment is one, whoever is first', async () => {
    const answers = await Promise.all([ask(first), ask(second)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await made(path)).toHaveLength(1);
  });

  test('by two people, or under two keys, is two', async () => {
    await ask(first);
    expect((await ask(second, SECOND_ADMIN)).status).toBe(201);
    expect(await made(path)).toHaveLength(2);
  });
});

test('whoever is cut off before the tenant is made goes on with the same body, and with no other', async () => {
  const create = management.tenants.create;
  const cutOff = () => Promise.reject(new Error('cut off'));
  Object.assign(management.tenants, { create: cutOff });
  const ask = (tenantId: string) =>
    management.call('POST /v1/tenants', { headers, body: { name: 'A', tenantId } });
  expect((await ask('tenant_one')).status).toBe(500);
  Object.assign(management.tenants, { create });
  expect((await ask('tenant_two')).status).toBe(409);
  expect((await ask('tenant_one')).status).toBe(201);
});

test('one body ten times at once is one tenant', async () => {
  const body = { name: 'A', tenantId: 'tenant_one' };
  const ask = () => management.call('POST /v1/tenants', { headers, body });
  const answers = await Promise.all(Array.from({ length: 10 }, ask));
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201]);
});
