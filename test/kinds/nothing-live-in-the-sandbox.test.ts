import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { issuedText } from '../support/imports.ts';
import {
  ADMIN,
  SECOND_ADMIN,
  type TestAnswer,
  type TestClaims,
  TestManagement,
} from '../support/management.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
let count = 0;
let tenantId: string;
let grace: TestClaims;
/** Products by environment; the live one asks nobody. */
let products: Record<'sandbox' | 'live', string>;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb, {
    signUpRule: { mode: 'open', domains: {}, perDay: 1000 },
    acceptsImported: true,
  });
  const product = async (environment: 'sandbox' | 'live') => {
    const api = { name: 'payments', environment, scheme: 'subscription' };
    const { apiId } = (await management.call('POST /v1/apis', { body: api })).body;
    const body = { name: 'Payments', apiIds: [apiId], requiresApproval: false };
    return (await management.call('POST /v1/products', { body })).body.productId;
  };
  products = { sandbox: await product('sandbox'), live: await product('live') };
});
afterAll(() => dynamodb.close());
/** Somebody has signed up, and so has a tenant for the sandbox alone. */
beforeEach(async () => {
  grace = {
    sub: `grace-${++count}`,
    email: `grace@acme-${count}.example`,
    email_verified: 'true',
    amr: '[mfa]',
  } as TestClaims;
  tenantId = (await management.call('POST /v1/sign-ups', { claims: grace, body: {} })).body.tenantId;
});

const tenant = (body: object, claims: TestClaims = ADMIN) =>
  management.call(`PATCH /v1/tenants/${tenantId}`, { claims, body });
const key = (environment: 'sandbox' | 'live') => ({
  name: 'Key',
  type: 'secret',
  environment,
  role: 'reader',
});

/** Every way to a live credential; each with the same for the sandbox. */
const WAYS: Record<string, (environment: 'sandbox' | 'live', claims: TestClaims) => Promise<TestAnswer>> = {
  'creating a key': (environment) =>
    management.call(`POST /v1/tenants/${tenantId}/keys`, { body: key(environment) }),
  'importing keys': (environment) =>
    management.call(`POST /v1/tenants/${tenantId}/keys/import`, {
      body: { rows: [{ ...key(environment), key: issuedText() }] },
    }),
  subscribing: (environment, claims) =>
    management.call('POST /v1/subscriptions', {
      claims,
      body: { tenantId, productId: products[environment], name: 'Mine' },
    }),
  'importing subscriptions': (environment) =>
    management.call(`POST /v1/tenants/${tenantId}/subscriptions/import`, {
      body: {
        rows: [{ productId: products[environment], name: 'Brought', primary: { key: issuedText() } }],
      },
    }),
};

const refusal = /is for the sandbox alone.* ask whoever runs this/;

describe.each(Object.entries(WAYS))('%s', (name, way) => {
  const imports = name.startsWith('importing');
  const outcome = ({ status, body }: TestAnswer) => (imports ? body.results?.[0] : { status, ...body.error });

  test('gives a tenant for the sandbox nothing live, whoever asks, and everything once an operator lets it', async () => {
    const people = name === 'subscribing' ? [grace, ADMIN] : [ADMIN];
    for (const claims of people) {
      expect(outcome(await way('live', claims))).toMatchObject(
        imports
          ? { result: 'invalid', message: expect.stringMatching(refusal) }
          : { status: 403, code: 'forbidden', message: expect.stringMatching(refusal) },
      );
    }
    const made = imports ? { result: 'created' } : { status: 201 };
    expect(outcome(await way('sandbox', ADMIN))).toMatchObject(made);
    expect((await tenant({ sandboxOnly: false })).body).toMatchObject({ sandboxOnly: false });
    expect(outcome(await way('live', ADMIN))).toMatchObject(made);
  });
});

test('an operator alone lets it go live, for good, and the log says who and when', async () => {
  const invitation = { email: 'root@acme.example', role: 'admin' };
  const { token } = (await management.call(`POST /v1/tenants/${tenantId}/invitations`, { body: invitation }))
    .body;
  const own = { ...grace, sub: `root-${count}`, email: invitation.email } as TestClaims;
  await management.call('POST /v1/invitations/accept', { claims: own, body: { token } });
  expect((await tenant({ name: 'Renamed' }, own)).status).toBe(200);
  for (const claims of [
    own,
    { ...ADMIN, sub: 'elsewhere', 'keywright:tenants': `[${tenantId}]` } as TestClaims,
  ])
    expect((await tenant({ sandboxOnly: false, name: 'Live' }, claims)).body.error).toMatchObject({
      code: 'forbidden',
      param: 'sandboxOnly',
    });
  expect((await tenant({ sandboxOnly: false }, grace)).status).toBe(403);
  expect((await tenant({ sandboxOnly: true })).status).toBe(400);
  expect((await management.call(`GET /v1/tenants/${tenantId}`)).body).toMatchObject({
    name: 'Renamed',
    sandboxOnly: true,
  });
  const before = await tenant({ sandboxOnly: false });
  expect(before.status).toBe(200);
  expect((await tenant({ sandboxOnly: false })).body).toEqual(before.body);
  const changes = (await dynamodb.emitted()).filter(
    ({ type, subject }) => type === 'tenant.updated' && subject.id === tenantId,
  );
  expect(changes.map(({ data, actor }) => [actor.id, data])).toContainEqual([
    ADMIN.sub,
    { from: { sandboxOnly: true }, to: { sandboxOnly: null } },
  ]);
  expect(changes).toHaveLength(2);
});

test('where a second admin is asked, going live waits for one', async () => {
  await tenant({ settings: { requireApproval: true } });
  const { status, body } = await tenant({ sandboxOnly: false });
  expect(status).toBe(202);
  expect((await WAYS.subscribing?.('live', grace))?.status).toBe(403);
  await management.call(`POST /v1/approvals/${body.approval.approvalId}/approve`, {
    claims: SECOND_ADMIN,
    body: {},
  });
  expect((await WAYS.subscribing?.('live', grace))?.status).not.toBe(403);
});
