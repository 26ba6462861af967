import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SCHEMAS } from '../../functions/openapi/document.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { SECOND_ADMIN, TestManagement } from '../support/management.ts';

const TENANT = '/v1/tenants/tenant_twice';
const KEY = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
const ROUNDS = Array.from({ length: 8 }, (_, round) => round);

let dynamodb: TestDynamoDb;
let management: TestManagement;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_twice', name: 'Twice' } });
});
afterAll(() => dynamodb.close());

/** The answers to one request that a client sends four times at once, as one that does not wait for an answer may. */
function fourTimes(
  route: string,
  idempotencyKey: string,
  more: Record<string, string> = {},
  body: object = {},
) {
  const headers = { 'idempotency-key': idempotencyKey, ...more };
  const send = () => management.call(`POST ${route}`, { body, headers });
  return Promise.all([send(), send(), send(), send()]);
}

test.each(ROUNDS)('a rotation is done once, and shows its secret once (%i)', async (round) => {
  const { body } = await management.call(`POST ${TENANT}/keys`, { body: KEY });
  const path = `${TENANT}/keys/${body.key.keyId}`;
  const { headers } = await management.call(`GET ${path}`);
  const condition: Record<string, string> = round % 2 === 0 ? {} : { 'if-match': String(headers.etag) };
  const answers = await fourTimes(`${path}/rotate`, `rotate-${round}`, condition);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const shown = answers.flatMap((answer) => answer.body.secret ?? []);
  const { secrets } = (await management.call(`GET ${path}`)).body;
  expect(shown.map((secret) => secret.slice(-4))).toEqual([secrets[0].hint]);
  expect(secrets[1].hint).toBe(body.secret.slice(-4));
});

test.each(ROUNDS)('a claim is made once, and shows its secret once (%i)', async (round) => {
  await management.call(`PATCH ${TENANT}`, { body: { settings: { requireApproval: true } } });
  const { body } = await management.call(`POST ${TENANT}/keys`, { body: KEY });
  const path = `/v1/approvals/${body.approval.approvalId}`;
  expect((await management.call(`POST ${path}/approve`, { body: {}, claims: SECOND_ADMIN })).status).toBe(
    200,
  );
  const answers = await fourTimes(`${path}/claim`, `claim-${round}`);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(answers.filter((answer) => answer.body.secret !== undefined)).toHaveLength(1);
  expect(new Set(answers.map((answer) => answer.body.key.keyId)).size).toBe(1);
});

type Making = readonly [route: string, body: object, id: string];

let apiId: string;
let productId: string;
beforeAll(async () => {
  const api = { name: 'shop', environment: 'sandbox', scheme: 'subscription' };
  apiId = (await management.call('POST /v1/apis', { body: api })).body.apiId;
  const product = { name: 'Shop', apiIds: [apiId], requiresApproval: false };
  productId = (await management.call('POST /v1/products', { body: product })).body.productId;
});

/** What else takes an Idempotency-Key, by its operation, with what shows that it was made once. */
const MADE: Readonly<Record<string, (round: number) => Making>> = {
  createTenant: (round) => ['/v1/tenants', { tenantId: `tenant_once_${round}`, name: 'Once' }, 'tenantId'],
  createKey: () => [`${TENANT}/keys`, { ...KEY, environment: 'sandbox' }, 'key.keyId'],
  createApi: (round) => [
    '/v1/apis',
    { name: `once${round}`, environment: 'live', scheme: 'tenant' },
    'apiId',
  ],
  createProduct: (round) => ['/v1/products', { name: `Once ${round}`, apiIds: [apiId] }, 'productId'],
  createSubscription: (round) => [
    '/v1/subscriptions',
    { tenantId: 'tenant_twice', productId, name: `Once ${round}` },
    'subscriptionId',
  ],
  createInvitation: (round) => [
    `${TENANT}/invitations`,
    { email: `once${round}@example.com`, role: 'auditor' },
    'invitation.invitationId',
  ],
};

test('every operation that takes an Idempotency-Key is tried here', () => {
  const taking = Object.entries(SCHEMAS).flatMap(([name, { idempotent }]) => (idempotent ? [name] : []));
  expect(taking.sort()).toEqual([...Object.keys(MADE), 'claimApproval', 'rotateKey'].sort());
});

describe.each(Object.entries(MADE))('%s', (name, make) => {
  test.each(ROUNDS)('makes one, and every answer names it (%i)', async (round) => {
    const [route, body, id] = make(round);
    const answers = await fourTimes(route, `${name}-${round}`, {}, body);
    // An invitation's repeat is answered as its first request was, without the link.
    const repeat = name === 'createInvitation' ? 201 : 200;
    expect(answers.map(({ status }) => status).sort()).toEqual([repeat, repeat, repeat, 201]);
    const idIn = (answer: object) => id.split('.').reduce((at, part) => Object(at)[part], answer);
    expect(new Set(answers.map((answer) => idIn(answer.body))).size).toBe(1);
    expect(answers.filter((answer) => answer.body.secret ?? answer.body.token).length).toBeLessThanOrEqual(1);
  });
});
