import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Operation, ROUTES } from '../../core/contract/routes.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { findingOf, raiseAlert } from '../support/finding.ts';
import { ADMIN, SECOND_ADMIN, type TestClaims, TestManagement } from '../support/management.ts';

const TENANT = '/v1/tenants/tenant_acted';
const FOUR_EYES = '/v1/tenants/tenant_eyes';
const API = '/v1/apis/api_ActedSandbox';
let dynamodb: TestDynamoDb;
let management: TestManagement;
let made = 0;

interface Case {
  /** Makes an item to which this can be done, and gives its path. */
  readonly make: () => Promise<string>;
  readonly body?: object;
  readonly claims?: TestClaims;
}

async function post(path: string, body: object = {}, claims = ADMIN) {
  const answer = await management.call(`POST ${path}`, { body, claims });
  expect([path, answer.status < 300]).toEqual([path, true]);
  return answer.body;
}

async function key(): Promise<string> {
  const { key: created } = await post(`${TENANT}/keys`, {
    name: 'Key',
    type: 'secret',
    environment: 'live',
    role: 'writer',
  });
  return `${TENANT}/keys/${created.keyId}`;
}

async function keyAfter(action: string): Promise<string> {
  const path = await key();
  await post(`${path}/${action}`);
  return path;
}

async function subscriptionAfter(...actions: readonly string[]): Promise<string> {
  const product = { name: 'Shop', apiIds: ['api_ActedSandbox'] };
  const { productId } = await post('/v1/products', product);
  const body = { tenantId: 'tenant_acted', productId, name: 'Shop' };
  const { subscriptionId } = await post('/v1/subscriptions', body);
  const path = `/v1/subscriptions/${subscriptionId}`;
  for (const action of actions) await post(`${path}/${action}`);
  return path;
}

/** Of an operation that shows a secret, so that it is left to be claimed. */
async function approval(): Promise<string> {
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  const { approval: waiting } = await post(`${FOUR_EYES}/keys`, body);
  return `/v1/approvals/${waiting.approvalId}`;
}

async function approved(): Promise<string> {
  const path = await approval();
  await post(`${path}/approve`, {}, SECOND_ADMIN);
  return path;
}

/** Of a change of another item, which an approval carries out at once. */
async function roleChange(): Promise<string> {
  made += 1;
  const role = `PUT ${FOUR_EYES}/roles/role${made}`;
  const { body } = await management.call(role, { body: { permissions: ['orders:read'] } });
  return `/v1/approvals/${body.approval.approvalId}`;
}

async function alert(): Promise<string> {
  made += 1;
  const subject = { type: 'apiKey', id: `key_0000000acted${made}` } as const;
  const what = findingOf({ kind: 'requestSpike', tenantId: 'tenant_acted', subject });
  return `/v1/alerts/${(await raiseAlert(dynamodb.main, what, management.clock)).alertId}`;
}

const api = async () => API;
const pending = () => subscriptionAfter();
const active = () => subscriptionAfter('approve');

/** For every route that acts on the item its path names: a new one belongs here too. */
const CASES: Readonly<Partial<Record<Operation, Case>>> = {
  rotateKey: { make: key },
  endOverlap: { make: () => keyAfter('rotate') },
  disableKey: { make: key },
  enableKey: { make: () => keyAfter('disable') },
  revokeKey: { make: key },
  revealClientKey: { make: api },
  regenerateClientKey: { make: api },
  publishClientKey: { make: api },
  unpublishClientKey: { make: api },
  approveSubscription: { make: pending },
  rejectSubscription: { make: pending, body: { reason: 'No' } },
  withdrawSubscription: { make: pending },
  suspendSubscription: { make: active },
  resumeSubscription: { make: () => subscriptionAfter('approve', 'suspend') },
  cancelSubscription: { make: active },
  revealSubscriptionKeys: { make: active },
  regenerateSubscriptionKey: { make: active },
  approveApproval: { make: roleChange, claims: SECOND_ADMIN },
  rejectApproval: { make: approval, claims: SECOND_ADMIN, body: { reason: 'No' } },
  withdrawApproval: { make: approval },
  claimApproval: { make: approved },
  acknowledgeAlert: { make: alert },
  assignAlert: { make: alert, body: { assignedTo: 'person-second' } },
  snoozeAlert: { make: alert, body: { until: '2026-11-25T12:00:00.000Z' } },
};
const ACTING = ROUTES.filter(({ acts }) => acts);

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  await post('/v1/tenants', { tenantId: 'tenant_acted', name: 'Acted' });
  await post('/v1/tenants', { tenantId: 'tenant_eyes', name: 'Eyes' });
  const eyes = { body: { settings: { requireApproval: true } } };
  expect((await management.call(`PATCH ${FOUR_EYES}`, eyes)).status).toBe(200);
  const acted = { apiId: 'api_ActedSandbox', name: 'acted', environment: 'sandbox', scheme: 'subscription' };
  await post('/v1/apis', acted);
});
afterAll(() => dynamodb.close());

test('every POST below an item acts on it, makes something of its own, or only tries', () => {
  expect(ACTING.map(({ operation }) => operation).sort()).toEqual(Object.keys(CASES).sort());
  const others = ROUTES.filter((route) => /^POST .*\}\//.test(route.key) && !route.acts);
  expect(others.map(({ operation }) => operation).sort()).toEqual([
    'approveSignUp',
    'createInvitation',
    'createKey',
    'importInvitations',
    'importKeys',
    'importSubscriptions',
    'rejectSignUp',
    'tryApi',
    'tryKey',
    'tryRole',
  ]);
});

test.each(ACTING.map(({ key: route, operation }) => [route, CASES[operation] as Case] as const))(
  '%s is done to what the If-Match expects, and to nothing else',
  async (route, each) => {
    const path = await each.make();
    const read = async () => String((await management.call(`GET ${path}`)).headers.etag);
    const rest = route.replace(/^.*\{(?:keyId|apiId|subscriptionId|approvalId|alertId)\}/, '');
    const act = (tag: string) =>
      management.call(`POST ${path}${rest.replace('{slot}', 'secondary')}`, {
        claims: each.claims ?? ADMIN,
        body: each.body ?? {},
        headers: { 'if-match': tag },
      });
    const tag = await read();
    const late = await act('"stale"');
    expect([late.status, late.body.error.code, late.body.error.param]).toEqual([
      412,
      'precondition_failed',
      'If-Match',
    ]);
    expect(await read()).toBe(tag);
    expect((await act(tag)).status).toBe(200);
  },
);

test('who disables a key as it was read does nothing to one that was renamed since', async () => {
  const path = await key();
  const { headers } = await management.call(`GET ${path}`);
  await management.call(`PATCH ${path}`, { claims: SECOND_ADMIN, body: { name: 'Another' } });
  const late = await management.call(`POST ${path}/disable`, {
    body: {},
    headers: { 'if-match': String(headers.etag) },
  });
  expect([late.status, late.body.error.details[0].param]).toEqual([412, 'name']);
  expect((await management.call(`GET ${path}`)).body).toMatchObject({ name: 'Another', status: 'active' });
});
