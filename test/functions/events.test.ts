import { randomBytes } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exampleOf, problemsOf } from '../../core/contract/event-schemas/event-schemas.ts';
import { EVENT_TYPES, type EventType } from '../../core/contract/events.ts';
import type { Finding, FindingKind } from '../../core/domain/security/finding.ts';
import { toAttributes } from '../../core/store/attribute-value.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { DueStore } from '../../core/store/due-store.ts';
import { RevisionStore } from '../../core/store/revision-store.ts';
import { findGaps } from '../../functions/audit-gaps/find-gaps.ts';
import { arrivalsOf, isDelivery } from '../../functions/publisher/stream-record.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { findingOf, raiseAlert } from '../support/finding.ts';
import { FourEyes, NEW_KEY } from '../support/four-eyes.ts';
import { keyHeaders, restEvent } from '../support/gateway-events.ts';
import { issuedText } from '../support/imports.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { recordOf } from '../support/publisher.ts';
import { startRequestPlane } from '../support/request-plane.ts';
import { signIn } from '../support/sessions.ts';
import { neverAsked } from '../support/silence.ts';
import { createProducts, DEVELOPER, TENANT_ID } from '../support/subscriptions.ts';

const DAY_MILLISECONDS = 86_400_000;
const TENANT = `/v1/tenants/${TENANT_ID}`;

let dynamodb: TestDynamoDb;
let management: TestManagement;
let eyes: FourEyes;
let products: { approved: string; immediate: string };
const emitted = new Set<EventType>();

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  products = await createProducts(management);
  eyes = await FourEyes.start(dynamodb);
  await eyes.requireApproval();
  for (const type of EVENT_TYPES) await EMITTERS[type]();
  for (const { type } of await dynamodb.emitted()) emitted.add(type);
});
afterAll(() => dynamodb.close());

test.each(EVENT_TYPES)('%s is emitted, as its schema says', (type) => {
  expect([...emitted]).toContain(type);
});

test('an event with a field more than its schema has fails the test file that wrote it', async () => {
  const watched = await startDynamoDb();
  const odd = { ...exampleOf('apiKey.disabled'), data: { secret: 'x' } };
  const Item = { pk: 'CRED#1', sk: 'CRED', lastEvent: odd };
  await watched.main.client.send(new PutCommand({ TableName: watched.main.name, Item }));
  await expect(watched.close()).rejects.toThrow(/apiKey.disabled.*data: Unrecognized key: "secret"/s);
});

async function inviteTo(path: string, email: string) {
  return call(`POST ${path}/invitations`, { email, role: 'developer' });
}

async function signUp(sub: string): Promise<string> {
  const claims = { sub, email: `${sub}@example.com`, email_verified: 'true', amr: '[mfa]' };
  const asking = new TestManagement(dynamodb, { signUpRule: { mode: 'request', domains: {} } });
  const body = { company: 'Acme', use: 'Pay' };
  return (await asking.call('POST /v1/sign-ups', { claims, body })).body.signUpId;
}

async function joinTo(path: string, sub: string): Promise<string> {
  const email = `${sub}@example.com`;
  const { token } = await inviteTo(path, email);
  await call('POST /v1/invitations/accept', { token }, {
    sub,
    email,
    email_verified: 'true',
    amr: '[mfa]',
  } as never);
  return sub;
}

/** What brings about an event of each type. That all are as their schemas say is checked by `close`. */
const EMITTERS: Readonly<Record<EventType, () => Promise<unknown>>> = {
  'apiKey.created': () => createKey(),
  'apiKey.updated': () => changeKey('PATCH', '', { name: 'New', role: 'reader', metadata: { team: 'a' } }),
  'apiKey.rotated': () => changeKey('POST', '/rotate', { overlapSeconds: 60 }, ['/rotate']),
  'apiKey.overlapEnded': () => changeKey('POST', '/end-overlap', {}, ['/rotate']),
  'apiKey.disabled': () => changeKey('POST', '/disable'),
  'apiKey.enabled': () => changeKey('POST', '/enable', {}, ['/disable']),
  'apiKey.revoked': () => changeKey('POST', '/revoke', { reason: 'unused' }),
  'apiKey.expiring': () => sweepKey(20, 6),
  'apiKey.expired': () => sweepKey(20, 21),
  'apiKey.unused': () => sweepKey(undefined, 91),
  'apiKey.usedFromNewIp': useFromNewNetworks,
  'apiKey.leaked': leak,
  'apiKey.released': release,
  'apiKey.digestsChanged': changePastKeywright,
  'subscription.requested': () => subscribe(),
  'subscription.approved': () => changeSubscription('approve', products.approved),
  'subscription.rejected': () => changeSubscription('reject', products.approved),
  'subscription.suspended': () => changeSubscription('suspend'),
  'subscription.resumed': () => changeSubscription('suspend', undefined, 'resume'),
  'subscription.cancelled': () => changeSubscription('cancel'),
  'subscription.updated': async () => {
    const path = await subscribe();
    const quota = { limit: 500_000, period: 'month' };
    await call(`PATCH ${path}`, { name: 'Till', limits: { quota }, reason: 'The sale' });
    await call(`PATCH ${path}`, { limits: null, reason: 'Over' });
  },
  'subscription.keyRegenerated': () => changeSubscription('keys/primary/regenerate'),
  'subscription.keysRevealed': () => changeSubscription('keys/reveal'),
  'role.changed': putRoles,
  'role.deleted': async () => {
    await putRoles();
    await call(`DELETE ${TENANT}/roles/clerk`);
  },
  'tenant.created': () => call('POST /v1/tenants', { tenantId: 'tenant_one_more', name: 'One more' }),
  'tenant.updated': () => call(`PATCH ${TENANT}`, { name: 'Acme Ltd', settings: { leakResponse: 'notify' } }),
  'tenant.suspended': () => call('PATCH /v1/tenants/tenant_one_more', { status: 'suspended' }),
  'tenant.resumed': () => call('PATCH /v1/tenants/tenant_one_more', { status: 'active' }),
  'api.created': () => createApi(),
  'api.updated': async () => call(`PATCH /v1/apis/${await createApi()}`, { oauth: null, routes: [] }),
  'clientKey.revealed': async () => call(`POST /v1/apis/${await createApi()}/client-key/reveal`, {}),
  'clientKey.regenerated': async () => call(`POST /v1/apis/${await createApi()}/client-key/regenerate`, {}),
  'product.created': () => createProduct(),
  'product.updated': async () =>
    call(`PATCH /v1/products/${await createProduct()}`, { plan: { rateLimits: [] }, description: 'All' }),
  'member.invited': () => inviteTo(TENANT, 'invited@example.com'),
  'member.invitationRevoked': async () => {
    const { invitation } = await inviteTo(TENANT, 'revoked@example.com');
    await call(`DELETE ${TENANT}/invitations/${invitation.invitationId}`);
  },
  'member.joined': () => joinTo(TENANT, 'joined'),
  'member.roleChanged': async () => {
    await call(`PATCH ${TENANT}/members/${await joinTo(TENANT, 'promoted')}`, { role: 'auditor' });
    const member = await joinTo(eyes.path(), 'waits');
    await eyes.decide(await eyes.request('PATCH', `/members/${member}`, { role: 'admin' }), 'approve');
  },
  'member.removed': async () => call(`DELETE ${TENANT}/members/${await joinTo(TENANT, 'removed')}`),
  'session.started': () => signIn(management.sessions, ADMIN, management.clock),
  'session.ended': async () => {
    const { session } = await signIn(management.sessions, ADMIN, management.clock);
    await call(`DELETE /v1/me/sessions/${session.sessionId}`);
  },
  'signUp.requested': () => signUp('asks'),
  'signUp.approved': async () =>
    call(`POST /v1/sign-ups/${await signUp('let-in')}/approve`, { tenantId: TENANT_ID }),
  'signUp.rejected': async () =>
    call(`POST /v1/sign-ups/${await signUp('refused')}/reject`, { reason: 'Who?' }),
  'person.notificationsChanged': async () => {
    const mailing = new TestManagement(dynamodb, { mailsInvitations: true });
    const body = { approvals: 'off', decisions: 'off', expiring: 'off', leaked: 'off', newNetwork: 'off' };
    expect((await mailing.call('PUT /v1/me/notifications', { body })).status).toBe(200);
  },
  'approval.requested': () => ask(),
  'approval.approved': async () => eyes.decide(await eyes.request('PATCH', '', STRICTER), 'approve'),
  'approval.claimed': async () => {
    const approvalId = await ask();
    await eyes.decide(approvalId, 'approve');
    await eyes.decide(approvalId, 'claim', ADMIN);
  },
  'approval.failed': async () => {
    const approvalId = await eyes.request('PUT', '/roles/cut-off', { permissions: ['orders:read'] });
    const { tenants } = eyes.management;
    const update = tenants.update.bind(tenants);
    tenants.update = () => Promise.reject(new Error('cut off'));
    await eyes.decide(approvalId, 'approve');
    tenants.update = update;
    await eyes.management.finishApprovals(25);
  },
  'approval.rejected': async () => eyes.decide(await ask(), 'reject'),
  'approval.withdrawn': async () => eyes.decide(await ask(), 'withdraw', ADMIN),
  'approval.lapsed': async () => {
    await ask();
    await sweepIn(2);
  },
  'auth.failureBurst': async () => {
    await find('networkAuthFailures', { type: 'network', id: '203.0.113.0/24' });
    await find('keyAuthFailures', { type: 'apiKey', id: 'key_000000000001' });
  },
  'auth.geoAnomaly': async () => {
    await find('newCountry', { type: 'subscription', id: 'sub_000000000001' });
    await find('impossibleTravel', { type: 'apiKey', id: 'key_000000000001' });
  },
  'rateLimit.exceeded': () => find('rateLimitExceeded', { type: 'apiKey', id: 'key_000000000001' }),
  'usage.clientErrors': () => find('clientErrors', { type: 'apiKey', id: 'key_000000000001' }),
  'rotation.oldSecretInUse': () => find('oldSecretInUse', { type: 'apiKey', id: 'key_000000000001' }),
  'usage.spike': () => find('requestSpike', { type: 'apiKey', id: 'key_000000000001' }),
  'alert.acknowledged': async () => {
    const alertId = await find('requestSpike', { type: 'apiKey', id: 'key_000000000002' });
    await call(`POST /v1/alerts/${alertId}/acknowledge`, { note: 'Expected' });
  },
  'alert.assigned': async () => {
    const alertId = await find('requestSpike', { type: 'apiKey', id: 'key_000000000003' });
    await call(`POST /v1/alerts/${alertId}/assign`, { assignedTo: 'jane@example.com' });
  },
  'alert.snoozed': async () => {
    const alertId = await find('requestSpike', { type: 'apiKey', id: 'key_000000000004' });
    const until = new Date(management.clock.getTime() + DAY_MILLISECONDS).toISOString();
    await call(`POST /v1/alerts/${alertId}/snooze`, { until });
  },
  'audit.gap': missAnEvent,
};

const STRICTER = { settings: { leakResponse: 'notify' } };

async function call(methodAndPath: string, body?: unknown, claims = ADMIN) {
  const answer = await management.call(methodAndPath, { claims, ...(body !== undefined && { body }) });
  if (answer.status >= 300) throw new Error(`${methodAndPath} answered ${answer.status}: ${answer.text}`);
  return answer.body;
}

async function createKey(body: object = {}): Promise<{ path: string; secret: string }> {
  const { key, secret } = await call(`POST ${TENANT}/keys`, { ...NEW_KEY, ...body });
  return { path: `${TENANT}/keys/${key.keyId}`, secret };
}

async function changeKey(method: string, rest: string, body: object = {}, first: string[] = []) {
  const { path } = await createKey();
  for (const step of first) await call(`POST ${path}${step}`, {});
  await call(`${method} ${path}${rest}`, body);
}

async function sweepKey(expiresInDays: number | undefined, inDays: number): Promise<void> {
  const now = management.clock.getTime();
  const end = expiresInDays === undefined ? null : new Date(now + expiresInDays * DAY_MILLISECONDS);
  await createKey({ expiresAt: end?.toISOString() ?? null });
  await sweepIn(inDays);
}

async function sweepIn(days: number): Promise<void> {
  const { keys, approvals, lastUses, clock } = management;
  const now = () => new Date(clock.getTime() + days * DAY_MILLISECONDS);
  dynamodb.settle();
  const due = new DueStore(dynamodb.main);
  const credentials = new CredentialStore(dynamodb.main);
  await sweep(
    { due, credentials, keys, approvals, lastUses, silenceOf: neverAsked, now, randomBytes },
    {
      requestId: 'sweep-1',
      hasTime: () => true,
      onFailure: (what, cause) => {
        throw new Error(what, { cause });
      },
    },
  );
}

/** The event is the publisher's, and in no item: it stands in the stream's record of the change. */
async function changePastKeywright(): Promise<void> {
  const image = (hmac: string) => ({
    tenantId: TENANT_ID,
    keyId: 'key_000000000001',
    digests: { s1: { pepper: 'v1', hmac } },
  });
  const record = recordOf('CRED#000000000001', undefined);
  const dynamodb = {
    ...record.dynamodb,
    OldImage: toAttributes(image('a')) as never,
    NewImage: toAttributes(image('b')) as never,
  };
  for (const { event } of arrivalsOf({ ...record, eventID: 'record-1', dynamodb }).filter(isDelivery)) {
    expect(problemsOf(event)).toEqual([]);
    emitted.add(event.type);
  }
}

/** A key's event never reaches the log. */
async function missAnEvent(): Promise<void> {
  await createKey();
  const now = () => new Date(management.clock.getTime() + 2 * DAY_MILLISECONDS);
  const revisions = new RevisionStore(dynamodb.main, dynamodb.audit);
  const run = { requestId: 'search-1', hasTime: () => true, onFailure: () => undefined };
  await findGaps({ revisions, now, randomBytes }, run);
}

async function useFromNewNetworks(): Promise<void> {
  const plane = await startRequestPlane();
  const handle = plane.handler(plane.authorizer());
  await handle(restEvent({ headers: keyHeaders(await plane.putKey()) }));
  const clientKey = await plane.putSubscriptionApi('api_PaymentsSbox');
  await plane.putProduct('prod_Payments0000', ['api_PaymentsSbox']);
  const { primary } = await plane.putSubscription();
  const headers = { 'Ocp-Apim-Subscription-Key': primary, 'Client-Key': clientKey };
  await plane.handler(plane.authorizer({ apiId: 'api_PaymentsSbox' }))(restEvent({ headers }));
  const events = await plane.emitted();
  expect(events.map(({ subject }) => subject.type)).toEqual(['apiKey', 'subscription']);
  for (const { type } of events) emitted.add(type);
  await plane.close();
}

/** An imported text of a key and one of a subscription, both ended. */
async function release(): Promise<void> {
  const rows = {
    keys: { ...NEW_KEY, key: issuedText() },
    subscriptions: { productId: products.immediate, name: 'Brought', primary: { key: issuedText() } },
  };
  await bring('keys', rows.keys, (id) => `${TENANT}/keys/${id}/revoke`, rows.keys.key);
  const ending = (id: string) => `/v1/subscriptions/${id}/cancel`;
  await bring('subscriptions', rows.subscriptions, ending, rows.subscriptions.primary.key);
}

async function bring(kind: string, row: object, ending: (id: string) => string, key: string): Promise<void> {
  const { results } = await call(`POST ${TENANT}/${kind}/import`, { rows: [row] });
  await call(`POST ${ending(results[0].id)}`, {});
  await call('POST /v1/imports/release', { key });
}

/** A secret, one of a subscription's two keys, and a client key. */
async function leak(): Promise<void> {
  const { secret } = await createKey();
  const shown = await call(`POST ${await subscribe()}/keys/reveal`, {});
  const client = await call(`POST /v1/apis/${await createApi()}/client-key/reveal`, {});
  const keys = [secret, shown.primaryKey, client.clientKey];
  expect((await call('POST /v1/leaks', { keys }, {} as typeof ADMIN)).outcomes).toEqual([
    'ended',
    'ended',
    'reported',
  ]);
}

async function subscribe(productId = products.immediate): Promise<string> {
  const body = { tenantId: TENANT_ID, productId, name: 'Checkout', oauthClientIds: ['shop'] };
  return `/v1/subscriptions/${(await call('POST /v1/subscriptions', body, DEVELOPER)).subscriptionId}`;
}

async function changeSubscription(action: string, productId?: string, then?: string): Promise<void> {
  const path = await subscribe(productId);
  for (const step of then === undefined ? [action] : [action, then]) await call(`POST ${path}/${step}`, {});
}

async function putRoles(): Promise<void> {
  await call(`PUT ${TENANT}/roles/clerk`, { permissions: ['orders:read'], description: 'Looks up' });
  await call(`PUT ${TENANT}/roles/clerk`, { permissions: ['orders:*'], description: 'Changes' });
}

async function createApi(): Promise<string> {
  const body = {
    name: 'Payments',
    environment: 'live',
    scheme: 'subscription',
    routes: [{ method: 'GET', path: '/v1/prices', permission: 'prices:read', public: false }],
    clientKeyRequired: true,
    oauth: {
      issuer: 'https://id.example.com',
      audience: 'payments',
      requiredScopes: ['pay'],
      requiredRoles: [],
    },
  };
  return (await call('POST /v1/apis', body)).apiId;
}

async function createProduct(): Promise<string> {
  const plan = {
    rateLimits: [{ limit: 10, windowSeconds: 1 }],
    quota: { limit: 1000, period: 'month' },
  };
  const body = { name: 'Payments', apiIds: [await createApi()], requiresApproval: true, plan };
  return (await call('POST /v1/products', body)).productId;
}

/** The id of an approval that somebody asked for, on a tenant where nobody acts alone. */
const ask = () => eyes.request('POST', '/keys', NEW_KEY);

async function find(kind: FindingKind, subject: Finding['subject']): Promise<string> {
  const tenantId = subject.type === 'network' ? null : TENANT_ID;
  const finding = findingOf({ kind, tenantId, subject });
  return (await raiseAlert(dynamodb.main, finding, management.clock)).alertId;
}
