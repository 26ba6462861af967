import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ManagementRoute, Role } from '../../core/contract/management-route.ts';
import { type Operation, ROUTES } from '../../core/contract/routes.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { findingOf, raiseAlert } from '../support/finding.ts';
import { type TestClaims, TestManagement } from '../support/management.ts';
import { type Caller, OTHER, OWN, PeoplesApi } from '../support/people-who-call.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

/** Who may do what, in the words of the contract and not by the route table. Everybody else with a role is `ALL`. */
const OPERATORS: readonly Operation[] = [
  ...(['createTenant', 'createApi', 'updateApi', 'putApiOpenApi', 'createProduct', 'updateProduct'] as const),
  ...([
    'revealClientKey',
    'regenerateClientKey',
    'publishClientKey',
    'unpublishClientKey',
    'tryApi',
  ] as const),
  ...(['releaseImport', 'approveSignUp', 'rejectSignUp'] as const),
];
const ADMINS: readonly Operation[] = [
  ...(['updateMember', 'removeMember', 'listMemberSessions', 'endMemberSession'] as const),
  ...(['createInvitation', 'importInvitations', 'deleteInvitation'] as const),
  ...(['updateTenant', 'putRole', 'deleteRole', 'tryRole', 'explainRefusal'] as const),
  ...([
    'createKey',
    'importKeys',
    'updateKey',
    'rotateKey',
    'endOverlap',
    'disableKey',
    'enableKey',
  ] as const),
  ...(['revokeKey', 'tryKey', 'importSubscriptions', 'approveSubscription', 'rejectSubscription'] as const),
  ...(['suspendSubscription', 'resumeSubscription', 'approveApproval', 'rejectApproval'] as const),
  ...(['acknowledgeAlert', 'assignAlert', 'snoozeAlert', 'putKeyRotation', 'deleteKeyRotation'] as const),
];
const SUBSCRIBERS: readonly Operation[] = [
  ...(['createSubscription', 'updateSubscription', 'withdrawSubscription', 'cancelSubscription'] as const),
  ...(['revealSubscriptionKeys', 'regenerateSubscriptionKey', 'withdrawApproval', 'claimApproval'] as const),
  ...(['putSubscriptionRotation', 'deleteSubscriptionRotation'] as const),
];
const READERS: readonly Operation[] = [
  ...(['listInvitations', 'getKeyImport', 'getSubscriptionImport', 'verifyAudit'] as const),
  ...(['getAuditChain'] as const),
  ...(['listAlerts', 'getAlert'] as const),
];
/** Of whoever signed in. */
const ANYONE: readonly Operation[] = [
  ...(['getMe', 'listMySessions', 'endMySession', 'getNotifications', 'putNotifications'] as const),
  ...(['acceptInvitation', 'createSignUp', 'listSignUps'] as const),
];
const NOBODY: readonly Operation[] = [
  ...(['getCatalogue', 'reportLeaks', 'reportLeaksFromGitHub', 'verify', 'discover', 'getOpenApi'] as const),
  // Of a principal of AWS that a person named.
  'registerSecret',
];
/** «Reveal, rotate, revoke, approve want an `auth_time` younger than 15 min» of who comes by a session. */
const RECENT: readonly Operation[] = [
  ...([
    'rotateKey',
    'revokeKey',
    'revealClientKey',
    'regenerateClientKey',
    'publishClientKey',
    'revealSubscriptionKeys',
  ] as const),
  ...(['regenerateSubscriptionKey', 'approveSubscription', 'approveApproval', 'claimApproval'] as const),
  ...(['approveSignUp', 'putKeyRotation', 'putSubscriptionRotation'] as const),
];

interface Standing {
  /** In `tenant_own`, whose everything is that is asked for. */
  readonly own?: Role;
  readonly elsewhere?: Role;
  readonly isOperator?: true;
  /** What is wrong with how that person comes. */
  readonly flaw?: 'expired' | 'csrf' | 'password' | 'stale';
}

const PEOPLE = {
  operator: { own: 'admin', isOperator: true },
  'admin of this tenant': { own: 'admin' },
  'admin of this tenant as its member': { own: 'admin' },
  'admin of another tenant': { elsewhere: 'admin' },
  developer: { own: 'developer' },
  auditor: { own: 'auditor' },
  'who started by signing up': { elsewhere: 'developer' },
  'without a role': {},
  invited: {},
  'removed a second ago': {},
  'without a second factor': { own: 'admin', isOperator: true, flaw: 'password' },
  'by a cookie without proof': { own: 'admin', isOperator: true, flaw: 'csrf' },
  'by a session of twelve hours ago': { own: 'admin', isOperator: true, flaw: 'expired' },
  'signed in half an hour ago': { own: 'admin', isOperator: true, flaw: 'stale' },
} as const satisfies Record<string, Standing>;
type Name = keyof typeof PEOPLE;

/** The answer that the contract asks for: a refusal, or that somebody is let in. */
function expected({ operation, key }: ManagementRoute & { operation: Operation }, who: Standing): string {
  const [method = ''] = key.split(' ');
  if (who.flaw === 'expired') return '401 unauthenticated';
  const changes = method !== 'GET';
  if (who.flaw === 'csrf' && changes) return '403 csrf';
  const roles = [who.own, who.elsewhere].filter((role) => role !== undefined);
  if (!ANYONE.includes(operation)) {
    const fits = (role: Role) => rolesFor(operation).includes(role);
    if (!roles.some(fits) || (OPERATORS.includes(operation) && !who.isOperator)) return '403 forbidden';
  }
  if (who.flaw === 'password' && changes) return '403 mfa_required';
  if (who.flaw === 'stale' && RECENT.includes(operation)) return '403 mfa_required';
  if (isOfOwn(operation, key) && who.own === undefined) return '404 not_found';
  return 'let in';
}

/** Whether a call is about something of `tenant_own`, as the tests below make it. */
function isOfOwn(operation: Operation, key: string): boolean {
  return OF_TENANT.test(key) || BY_QUERY.includes(operation) || operation === 'createSubscription';
}

function rolesFor(operation: Operation): readonly Role[] {
  if (OPERATORS.includes(operation) || ADMINS.includes(operation)) return ['admin'];
  if (SUBSCRIBERS.includes(operation)) return ['admin', 'developer'];
  return READERS.includes(operation) ? ['admin', 'auditor'] : ['admin', 'developer', 'auditor'];
}

const BINDING = { principalArn: 'arn:aws:iam::000000000000:role/rotation' };
/** A body that would do, where an empty one would not. */
const BODIES: Readonly<Partial<Record<Operation, object>>> = {
  updateMember: { role: 'auditor' },
  createInvitation: { email: 'new@keywright.test', role: 'developer' },
  importInvitations: { invitations: [{ email: 'new@keywright.test', role: 'developer' }] },
  acceptInvitation: { token: `inv_000000000000.${OWN}.${'A'.repeat(43)}` },
  createSignUp: { company: 'Acme', use: 'Pay' },
  approveSignUp: { tenantId: OWN },
  rejectSignUp: { reason: 'Who?' },
  createTenant: { tenantId: 'tenant_new', name: 'New' },
  updateTenant: { name: 'Renamed' },
  putRole: { permissions: ['*:*'] },
  tryRole: { permissions: ['*:read'] },
  createKey: { name: 'Key', type: 'secret', environment: 'sandbox', role: 'reader' },
  updateKey: { name: 'Renamed' },
  tryKey: { role: 'reader' },
  tryApi: { routes: [] },
  createApi: { name: 'new', environment: 'live', scheme: 'tenant' },
  updateApi: { name: 'renamed' },
  putApiOpenApi: { openapi: '3.1.1', info: { title: 'New', version: '1' }, paths: {} },
  createProduct: { name: 'New', apiIds: ['api_OrdersLive00'] },
  updateProduct: { name: 'Renamed' },
  updateSubscription: { name: 'Renamed' },
  rejectSubscription: { reason: 'No' },
  rejectApproval: { reason: 'No' },
  assignAlert: { assignedTo: null },
  snoozeAlert: { until: null },
  putKeyRotation: BINDING,
  putSubscriptionRotation: BINDING,
};
/** What is refused for what it says, once the person is let in: so nothing changes, whoever asks. */
const UNACCEPTABLE = { body: { noSuchField: 1 }, headers: { 'if-match': 'no tag' } };
/**
 * What is not there for these: an approval that somebody else asked for, a refusal
 * that nobody was told, a rotation that nobody bound. */
const NOT_THERE: Readonly<Partial<Record<Operation, readonly Role[]>>> = {
  getApproval: ['developer'],
  explainRefusal: ['admin'],
  getKeyRotation: ['admin', 'developer', 'auditor'],
  getSubscriptionRotation: ['admin', 'developer', 'auditor'],
};

let dynamodb: TestDynamoDb;
let issuer: TokenIssuer;
let api: PeoplesApi;
let ids: Readonly<Record<string, string>>;
const callers = new Map<Name, Caller>();

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  issuer = await startTokenIssuer();
  api = new PeoplesApi(new TestManagement(dynamodb, { signUpRule: { mode: 'open', domains: {} } }), issuer);
  ids = await furnish(api.management);
  await gather();
});
afterAll(async () => {
  await issuer.close();
  await dynamodb.close();
});

/** Things of `tenant_own`, one of each kind that a path can name. */
async function furnish(management: TestManagement): Promise<Record<string, string>> {
  const make = async (methodAndPath: string, body: object) => {
    const answer = await management.call(methodAndPath, { body });
    expect([methodAndPath, answer.status < 300]).toEqual([methodAndPath, true]);
    return answer.body;
  };
  const of = (rest = '') => `/v1/tenants/${OWN}${rest}`;
  for (const tenantId of [OWN, OTHER]) await make('POST /v1/tenants', { tenantId, name: tenantId });
  const newKey = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  const { keyId } = (await make(`POST ${of('/keys')}`, newKey)).key;
  const newApi = { name: 'orders', environment: 'live', scheme: 'subscription', clientKeyRequired: true };
  const { apiId } = await make('POST /v1/apis', newApi);
  await make(`PUT /v1/apis/${apiId}/openapi`, BODIES.putApiOpenApi ?? {});
  const newProduct = { name: 'Shop', apiIds: [apiId], requiresApproval: true };
  const { productId } = await make('POST /v1/products', newProduct);
  const wanted = { tenantId: OWN, productId, name: 'Subscription' };
  const { subscriptionId } = await make('POST /v1/subscriptions', wanted);
  return {
    ...{
      tenantId: OWN,
      keyId,
      apiId,
      productId,
      subscriptionId,
      slot: 'primary',
      role: 'reader',
    },
    ...{
      alertId: (
        await raiseAlert(
          dynamodb.main,
          findingOf({ tenantId: OWN, subject: { type: 'apiKey', id: keyId } }),
          management.clock,
        )
      ).alertId,
      requestId: 'JKJaXmPLvHcESHA=',
    },
  };
}

/** Everybody of the matrix, by the way that each comes. */
async function gather(): Promise<void> {
  const { management } = api;
  const person = (sub: string, role?: Role, tenants = ''): TestClaims => ({
    ...{ sub, email: `${sub}@keywright.test`, email_verified: 'true', amr: '[pwd mfa]' },
    ...(role && { 'keywright:role': role }),
    'keywright:tenants': tenants,
  });
  const invite = async (sub: string, role: Role) => {
    const body = { email: `${sub}@keywright.test`, role };
    const answer = await management.call(`POST /v1/tenants/${OWN}/invitations`, { body });
    return answer.body;
  };
  const joined = async (sub: string, role: Role) => {
    const claims = person(sub);
    const { token } = await invite(sub, role);
    const answer = await management.call('POST /v1/invitations/accept', { claims, body: { token } });
    expect(answer.status).toBe(200);
    return api.bySession(claims);
  };
  const operator = person('operator', 'admin', '*');
  callers.set('operator', await api.bySession(operator));
  callers.set('admin of this tenant', await api.byToken(person('own', 'admin', OWN)));
  callers.set('admin of this tenant as its member', await joined('member', 'admin'));
  callers.set('admin of another tenant', await api.byToken(person('other', 'admin', OTHER)));
  callers.set('developer', await joined('developer', 'developer'));
  callers.set('auditor', await api.byToken(person('auditor', 'auditor', OWN)));
  const newcomer = person('newcomer');
  expect((await management.call('POST /v1/sign-ups', { claims: newcomer, body: {} })).status).toBe(201);
  callers.set('who started by signing up', await api.bySession(newcomer));
  callers.set('without a role', await api.bySession(person('nobody', undefined, OWN)));
  const { invitationId } = await invite('invited', 'admin');
  callers.set('invited', await api.bySession(person('invited')));
  callers.set('removed a second ago', await joined('removed', 'admin'));
  callers.set('without a second factor', await api.byToken({ ...operator, amr: '[pwd]' }));
  callers.set('by a cookie without proof', { ...(await api.bySession(operator)), headers: {} });
  callers.set('by a session of twelve hours ago', await api.bySession(operator, 12 * 3600));
  callers.set('signed in half an hour ago', await api.bySession(operator, 1800));
  await management.call(`DELETE /v1/tenants/${OWN}/members/removed`);
  management.clock = new Date(management.clock.getTime() + 1000);
  const sessionId = (await management.sessions.listAlive('developer', management.clock))[0]?.sessionId;
  await management.call(`PATCH /v1/tenants/${OWN}`, { body: { settings: { requireApproval: true } } });
  const waiting = await management.call(`POST /v1/tenants/${OWN}/keys/${ids.keyId}/revoke`, { body: {} });
  const { approvalId } = waiting.body.approval;
  const ofPeople = { sub: 'developer', sessionId: String(sessionId), signUpId: 'signup_000000000000' };
  ids = { ...ids, ...ofPeople, approvalId, invitationId };
}

/** The path as it names things of `tenant_own`, and the query where that is what names it. */
function pathOf({ key }: ManagementRoute): string {
  return key.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(ids[name] ?? `no-${name}`));
}

const BY_QUERY: readonly Operation[] = ['verifyAudit', 'getAuditChain', 'getSummary', 'getUsage'];
const OF_TENANT = /\{(?:tenantId|keyId|subscriptionId|approvalId|alertId|requestId)\}/;
const PEOPLES = ROUTES.filter(({ operation }) => !NOBODY.includes(operation));

test('the words of the contract name every route', () => {
  const named = [OPERATORS, ADMINS, SUBSCRIBERS, READERS, ANYONE, NOBODY].flat();
  expect(new Set(named).size).toBe(named.length);
  expect(ROUTES.map(({ operation }) => operation)).toEqual(expect.arrayContaining(named));
  expect(PEOPLES.length).toBeGreaterThan(85);
});

test.each(Object.keys(PEOPLE) as Name[])(
  '%s: every route is open or shut as the contract says',
  async (name) => {
    const caller = callers.get(name) as Caller;
    const seen: Record<string, string> = {};
    const wanted: Record<string, string> = {};
    const before = (await dynamodb.emitted()).length;
    for (const route of PEOPLES) {
      const { operation, key } = route;
      const [method = ''] = key.split(' ');
      const query = BY_QUERY.includes(operation) ? { query: { tenantId: OWN } } : {};
      const answer = expected(route, PEOPLE[name]);
      const changes = method !== 'GET';
      const isLetIn = answer === 'let in';
      const body =
        operation === 'createSubscription'
          ? { tenantId: OWN, productId: ids.productId, name: 'Wanted' }
          : (BODIES[operation] ?? (method === 'POST' ? {} : undefined));
      const request = changes ? (isLetIn ? UNACCEPTABLE : body === undefined ? {} : { body }) : query;
      const got = await api.call(caller, pathOf(route), request);
      seen[operation] = got.status < 400 ? String(got.status) : `${got.status} ${got.body.error.code}`;
      wanted[operation] = !isLetIn ? answer : changes ? '400 invalid_request' : '200';
      const { own }: Standing = PEOPLE[name];
      if (isLetIn && own !== undefined && NOT_THERE[operation]?.includes(own))
        wanted[operation] = '404 not_found';
    }
    expect(seen).toEqual(wanted);
    expect((await dynamodb.emitted()).slice(before)).toEqual([]);
  },
);
