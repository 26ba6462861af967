import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signedClient } from '../../core/aws/signed-client.ts';
import { LARGEST_EVENT_BYTES, PLATFORM_LIMITS } from '../../core/contract/platform-limits.ts';
import { carryOut, MOST_APPROVALS_USED } from '../../core/domain/approvals/approvable.ts';
import type { Change } from '../../core/domain/audit/audit-event.ts';
import { windowAt } from '../../core/domain/decision/limit.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { rotateKey } from '../../core/domain/keys/api-key-lifecycle.ts';
import { withNewcomer } from '../../core/domain/people/own-tenant.ts';
import { MOST_OPEN } from '../../core/domain/products/open-request.ts';
import { alertIdOf, FINDING_KINDS } from '../../core/domain/security/finding.ts';
import { closeDay, newProfile, withVisits } from '../../core/domain/security/key-profile.ts';
import {
  invite,
  join,
  MOST_INVITATIONS,
  MOST_MEMBERS,
  newTeam,
  type Team,
} from '../../core/domain/tenants/team.ts';
import type { Tenant } from '../../core/domain/tenants/tenant.ts';
import { BOUNDED, emptyCount, type UsageSubject } from '../../core/domain/usage/usage-tally.ts';
import { DocumentStore } from '../../core/store/document-store.ts';
import { shardOf } from '../../core/store/fresh-counts.ts';
import { FreshStore } from '../../core/store/fresh-store.ts';
import { type ItemKey, itemKey } from '../../core/store/item-keys.ts';
import { LastUseStore, MOST_SECRETS } from '../../core/store/last-use-store.ts';
import { limitStore } from '../../core/store/limit-store.ts';
import { MailStore, MOST_NETWORKS } from '../../core/store/mail-store.ts';
import { MemberStore, MOST_TENANTS } from '../../core/store/member-store.ts';
import { ProfileStore } from '../../core/store/profile-store.ts';
import { MOST_RECENT_USES, recentUsesOf } from '../../core/store/recent-uses.ts';
import { MOST_AN_HOUR, RefusalStore } from '../../core/store/refusal-store.ts';
import { RevisionStore } from '../../core/store/revision-store.ts';
import { SignUpStore } from '../../core/store/sign-up-store.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { auditLog } from '../support/audit.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { findingOf, raiseAlert } from '../support/finding.ts';
import {
  ids,
  largestApi,
  largestKey,
  numbered,
  permissions,
  rateLimits,
  times,
  widest,
} from '../support/largest.ts';
import { SECOND_ADMIN, TestManagement } from '../support/management.ts';
import { eventFor } from '../support/publisher.ts';
import { signIn } from '../support/sessions.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  await call('POST /v1/tenants', { tenantId: TENANT, name: widest(100) });
});
afterAll(() => dynamodb.close());

const TENANT = 'tenant_bounds';
const KEYS = `/v1/tenants/${TENANT}/keys`;
const NOON = Date.parse('2026-11-22T12:00:00.000Z');
const DAY = 86_400_000;
/** Other text of the same size, so that an event holds both. */
const other = (length: number) => '\u{1f601}'.repeat(length);

async function call(methodAndPath: string, body?: object, headers: Record<string, string> = {}) {
  const answer = await management.call(methodAndPath, { ...(body && { body }), headers });
  if (answer.status >= 300)
    throw new Error(`${methodAndPath}: ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer.body;
}

/** As DynamoDB counts it, or a little more. */
async function sizeOf(key: ItemKey): Promise<number> {
  return Buffer.byteLength(JSON.stringify(await dynamodb.item(key)));
}

/** As many approvals as an item remembers, all of which last. */
async function fillApprovals(key: ItemKey): Promise<void> {
  const end = new Date(management.clock.getTime() + DAY / 2).toISOString();
  const used = Object.fromEntries(
    times(MOST_APPROVALS_USED, (i) => [`apr_${numbered(i).padStart(12, '0')}`, end]),
  );
  await dynamodb.main.client.send(
    new UpdateCommand({
      TableName: dynamodb.main.name,
      Key: key,
      UpdateExpression: 'SET approvalsUsed = :used',
      ExpressionAttributeValues: { ':used': used },
    }),
  );
}

async function credential(): Promise<void> {
  const { type, environment, ...widestKey } = largestKey(widest);
  const { keyId } = (await call(`POST ${KEYS}`, { ...widestKey, type, environment })).key;
  const key = itemKey.credential(keyId.slice(-12));
  await fillApprovals(key);
  for (let i = 0; i < 8; i += 1)
    await call(`POST ${KEYS}/${keyId}/rotate`, {}, { 'idempotency-key': `k${i}` });
  const { type: _, environment: __, ...changed } = largestKey(other);
  const origins = changed.allowedOrigins.map((origin) => origin.replace('a.', 'b.'));
  for (const each of [{ ...changed, allowedOrigins: origins }, widestKey]) {
    await call(`PATCH ${KEYS}/${keyId}`, each);
    const size = await sizeOf(key);
    expect(size).toBeGreaterThan(200_000);
    expect(size).toBeLessThan(PLATFORM_LIMITS.itemBytes);
    for (const verb of ['rotate', 'end-overlap', 'disable', 'enable'])
      await call(`POST ${KEYS}/${keyId}/${verb}`, {});
  }
  const grown = await sizeOf(key);
  for (let i = 0; i < 20; i += 1) await call(`POST ${KEYS}/${keyId}/rotate`, { overlapSeconds: i % 2 });
  expect(await sizeOf(key)).toBeLessThanOrEqual(grown + 1000);
  await rotations(keyId);
  await call(`POST ${KEYS}/${keyId}/revoke`, { reason: widest(500) });
  await subscription();
}

/** By the rule alone: a thousand, with every overlap that there is. */
async function rotations(keyId: string): Promise<void> {
  const stored = await management.keys.get(TENANT, keyId);
  const owner = await management.tenants.get(TENANT);
  if (stored === undefined || owner === undefined) throw new Error('no key');
  let key = stored;
  for (let i = 0; i < 1000; i += 1) {
    const digest = { pepper: 'v1', hmac: 'h'.repeat(43) };
    const secret = { id: `secret${i}`, hint: 'abcd', digest };
    const now = new Date(NOON + 400 * DAY + i * 1000);
    key = rotateKey(key, owner, { overlapSeconds: i % 4, secret }, { ...context(), now }).state;
    expect(key.secrets.length).toBeLessThanOrEqual(2);
    expect(Object.keys(key.digests)).toHaveLength(key.secrets.length);
  }
}

async function subscription(): Promise<void> {
  const api = { ...largestApi(widest), environment: 'live', scheme: 'subscription' };
  const { apiId } = await call('POST /v1/apis', api);
  const plan = { rateLimits, quota: { limit: 1e12, period: 'month' } };
  const product = {
    name: widest(100),
    description: widest(1000),
    apiIds: [apiId],
    requiresApproval: true,
    plan,
  };
  const { productId } = await call('POST /v1/products', product);
  const body = {
    ...{ tenantId: TENANT, productId, name: widest(100), use: widest(500) },
    oauthClientIds: ids(widest, 50),
  };
  const { subscriptionId } = await call('POST /v1/subscriptions', body);
  const path = `POST /v1/subscriptions/${subscriptionId}`;
  const key = itemKey.credential(subscriptionId.slice(-12));
  await fillApprovals(key);
  await call(`${path}/approve`, { reason: widest(500) });
  await call(`PATCH /v1/subscriptions/${subscriptionId}`, { limits: plan, reason: widest(500) });
  for (let i = 0; i < 6; i += 1) {
    await call(`${path}/keys/reveal`);
    await call(`${path}/keys/${i % 2 ? 'primary' : 'secondary'}/regenerate`);
  }
  expect(await sizeOf(key)).toBeLessThan(200_000);
  for (const verb of ['suspend', 'resume', 'cancel']) await call(`${path}/${verb}`, {});
}

async function tenant(): Promise<void> {
  const tenantId = 'tenant_widest';
  const path = `/v1/tenants/${tenantId}`;
  await call('POST /v1/tenants', { tenantId, name: widest(100) });
  const names = ['reader', 'writer', ...times(48, (i) => `${'r'.repeat(37)}${numbered(i)}`)];
  const put = (role: string, fill: (length: number) => string) =>
    call(`PUT ${path}/roles/${role}`, { permissions, description: fill(500) });
  for (const role of names) await put(role, widest);
  await fillApprovals(itemKey.tenant(tenantId));
  for (const role of names.slice(0, 3)) await put(role, other);
  expect(await sizeOf(itemKey.tenant(tenantId))).toBeGreaterThan(250_000);
  const beyond = await management.call(`PUT ${path}/roles/beyond`, {
    body: { permissions, description: '' },
  });
  expect(beyond.status).toBe(400);
  await call(`PATCH ${path}`, { name: other(100) });
  for (const status of ['suspended', 'active']) await call(`PATCH ${path}`, { status });
  await call(`PATCH ${path}`, { settings: { requireApproval: true, leakResponse: 'notify' } });
  const deletion = await management.call(`DELETE ${path}/roles/${names[5]}`);
  const { approvalId } = deletion.body.approval;
  const approve = () => management.call(`POST /v1/approvals/${approvalId}/approve`, { claims: SECOND_ADMIN });
  expect(await approve()).toMatchObject({ status: 409, body: { error: { code: 'invalid_state' } } });
  await call(`PATCH ${path}`, { status: 'suspended' });
}

async function api(): Promise<void> {
  const body = { ...largestApi(widest), environment: 'live', scheme: 'subscription' };
  const { apiId } = await call('POST /v1/apis', body);
  const changed = largestApi(other);
  const routes = changed.routes.map((route) => ({ ...route, path: route.path.replace('x', 'y') }));
  for (const each of [{ ...changed, routes }, largestApi(widest)])
    await call(`PATCH /v1/apis/${apiId}`, each);
  for (const verb of ['reveal', 'regenerate']) await call(`POST /v1/apis/${apiId}/client-key/${verb}`);
  expect(await sizeOf(itemKey.api(apiId))).toBeLessThan(PLATFORM_LIMITS.itemBytes);
}

async function product(): Promise<void> {
  const apiIds: string[] = [];
  for (let i = 0; i < 50; i += 1) {
    const body = { name: `Api ${i}`, environment: 'live', scheme: 'tenant', routes: [] };
    apiIds.push((await call('POST /v1/apis', body)).apiId);
  }
  const plan = { rateLimits, quota: { limit: 1e12, period: 'month' } };
  const body = { name: widest(100), description: widest(1000), apiIds, requiresApproval: true, plan };
  const { productId } = await call('POST /v1/products', body);
  const changed = { ...body, name: other(100), description: other(1000), apiIds: apiIds.slice(1) };
  for (const each of [changed, body]) await call(`PATCH /v1/products/${productId}`, each);
  expect(await sizeOf(itemKey.product(productId))).toBeLessThan(100_000);
}

async function approval(): Promise<void> {
  const tenantId = 'tenant_waits';
  await call('POST /v1/tenants', { tenantId, name: 'Waits' });
  await call(`PATCH /v1/tenants/${tenantId}`, { settings: { requireApproval: true } });
  const asked = await call(`POST /v1/tenants/${tenantId}/keys`, largestKey(widest));
  const { approvalId } = asked.approval;
  const approved = await management.call(`POST /v1/approvals/${approvalId}/approve`, {
    claims: SECOND_ADMIN,
  });
  expect(approved.status).toBe(200);
  expect(await sizeOf(itemKey.approval(approvalId))).toBeGreaterThan(100_000);
  const { key } = await call(`POST /v1/approvals/${approvalId}/claim`);
  expect(key.tenantId).toBe(tenantId);
}

async function alert(): Promise<void> {
  const many = times(10, (i) => `${i}${'x'.repeat(200)}`);
  for (const kind of FINDING_KINDS) {
    const finding = findingOf({
      kind,
      tenantId: TENANT,
      evidence: {
        measured: 1e9,
        usual: 1e9,
        counts: Object.fromEntries(times(80, (i) => [`${i}${'x'.repeat(100)}`, 1e9])),
        networks: many,
        countries: many,
        keyIds: many,
        requestIds: many,
      },
    });
    await raiseAlert(dynamodb.main, finding, new Date(NOON));
    const path = `POST /v1/alerts/${alertIdOf(finding)}/acknowledge`;
    await management.call(path, { body: { note: widest(500) } });
    expect(await sizeOf(itemKey.alert(alertIdOf(finding)))).toBeLessThan(100_000);
  }
}

function context() {
  const now = new Date(NOON);
  const actor = { type: 'system', id: 'keywright' } as const;
  return { now, actor, requestId: 'request', eventId: eventId(now, randomBytes) };
}

/** Far more secrets than are remembered of one key. */
const USES = 4 * MOST_SECRETS;

async function lastUse(): Promise<void> {
  const lastUses = new LastUseStore(dynamodb.usage);
  const keyId = 'key_LastUses0000';
  const use = (i: number) =>
    lastUses.note({ keyId, secretId: `secret${i}`, at: NOON + i * 60_000, log: 'l'.repeat(512) });
  for (let i = 0; i < USES; i += 1) await use(i);
  dynamodb.settle();
  const kept = await lastUses.lastUseOf(keyId);
  expect(Object.keys(kept?.bySecret ?? {}).length).toBeLessThan(MOST_SECRETS + 16);
  expect(kept?.at).toBe(new Date(NOON + (USES - 1) * 60_000).toISOString());
  for (let i = USES - 1; i >= USES - MOST_SECRETS; i -= 1) expect(kept?.bySecret[`secret${i}`]).toBeDefined();
  // What an earlier version let grow until it could not be written any more.
  const old = 'key_LastUsesOld0';
  const uses = Object.fromEntries(
    times(7_200, (i) => [`u#${String(i).padStart(26, 's')}`, new Date(NOON + i).toISOString()]),
  );
  const { client, name: TableName } = dynamodb.usage;
  await client.send(
    new PutCommand({
      TableName,
      Item: { ...itemKey.lastUse(old.slice(-12)), ...uses, x: 'x'.repeat(35_160) },
    }),
  );
  await lastUses.note({ keyId: old, secretId: 'newest', at: NOON + DAY });
  dynamodb.settle();
  const mended = await lastUses.lastUseOf(old);
  expect(Object.keys(mended?.bySecret ?? {})).toHaveLength(MOST_SECRETS + 1);
  expect(mended?.bySecret.newest).toBe(new Date(NOON + DAY).toISOString());
}

async function heard(): Promise<void> {
  const lastUses = new LastUseStore(dynamodb.usage);
  for (let i = 0; i < 20; i += 1) await lastUses.noteHeard('/aws/vendedlogs/a', NOON + i);
  await lastUses.noteHeard('/aws/vendedlogs/a', NOON);
  expect(await lastUses.heardUntil('/aws/vendedlogs/a')).toBe(new Date(NOON + 19).toISOString());
  expect(await lastUses.heardUntil('/aws/vendedlogs/b')).toBeUndefined();
}

/** A line of the largest id, and an owner whose hour is full. */
async function refusal(): Promise<void> {
  const store = new RefusalStore(dynamodb.usage);
  const owner = { tenantId: 'tenant_refused', environment: 'live', keyType: 'secret' } as const;
  const line = (i: number) => ({
    ...{ id: String(i).padStart(56, '0'), time: NOON, requestId: 'r'.repeat(128), cause: 'key_disabled' },
    ...{ code: 'authentication_failed' as const, keyId: 'key_Refused00000', owner, sourceIp: '::1' },
  });
  for (let batch = 0; batch < 14; batch += 1) await store.keep(times(60, (i) => line(batch * 100 + i)));
  const { client, name: TableName } = dynamodb.usage;
  const ask = new QueryCommand({
    TableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': itemKey.refusal('r'.repeat(128), '').pk },
    ConsistentRead: true,
  });
  expect((await client.send(ask)).Items).toHaveLength(MOST_AN_HOUR);
  dynamodb.settle();
  expect(await store.of('r'.repeat(128))).toHaveLength(20);
}

async function limits(): Promise<void> {
  const dynamodbCall = signedClient({
    service: 'dynamodb',
    region: 'eu-central-1',
    endpoint: dynamodb.endpoint,
    credentials: () => ({ ...CREDENTIALS, sessionToken: undefined }),
    attemptMilliseconds: 5000,
    deadlineMilliseconds: 10_000,
    now: Date.now,
    random: Math.random,
  });
  const id = 'Limits000000';
  const store = limitStore({
    dynamodb: dynamodbCall,
    table: dynamodb.regional.name,
    region: 'here',
    now: () => NOON,
  });
  const ask = (period: number) => {
    const window = windowAt(id, period, NOON);
    return { policy: { limit: 1_000_000_000, period }, units: 1, window, heldUntil: NOON + 1000 };
  };
  const kept = ask(2_678_400);
  for (let i = 0; i < 300; i += 1)
    expect(await store.lease(id, [kept, ...times(4, (n) => ask(1_000_000 + 4 * i + n))])).toMatchObject({
      granted: true,
    });
  const item = (await dynamodb.item(itemKey.limits(id, 'here'))) ?? {};
  expect(Object.keys(item).length).toBeLessThan(130);
  expect(await store.lease(id, [kept])).toMatchObject({ windows: [{ used: 301 }] });
}

async function usage(): Promise<void> {
  const store = new UsageStore(dynamodb.usage);
  const writing = { retention: { hourDays: 1, dayDays: 1 }, now: () => new Date(NOON), random: () => 0 };
  const subject: UsageSubject = { kind: 'credential', keyId: 'key_Usage0000000' };
  // Those that a credential has: an expression has room for no more.
  const lists = BOUNDED.filter((list) => list !== 'keys' && list !== 'keyIds');
  for (let batch = 0; batch < 30; batch += 1) {
    const names = () => Object.fromEntries(times(40, (i) => [`${batch} ${i} ${widest(100)}`, 1]));
    const latencies = Object.fromEntries(times(80, (i) => [`${i}`, 1]));
    const count = {
      ...emptyCount(),
      requests: 40,
      latencies,
      ...Object.fromEntries(lists.map((list) => [list, names()])),
    };
    expect(await store.add(`batch${batch}`, [{ subject, period: '2026-11-22', count }], writing)).toEqual([]);
  }
  const counted = await store.count(subject, '2026-11-22');
  expect(counted.requests).toBe(1200);
  for (const list of lists) {
    expect(Object.keys(counted[list]).length).toBeLessThanOrEqual(80);
    expect(Object.values(counted[list]).reduce((sum, n) => sum + n, 0)).toBe(1200);
  }
}

/** All counts of a part are owed at once, and then paid. */
async function usageBatch(): Promise<void> {
  const writing = { retention: { hourDays: 1, dayDays: 1 }, now: () => new Date(NOON), random: () => 0 };
  const { client, name: TableName } = dynamodb.usage;
  const tallies = times(99, (i) => {
    const subject = { kind: 'network', network: `2001:db8:ffff:${numbered(i)}::/48` } as const;
    return { subject, period: '2026-11-22T12', count: { ...emptyCount(), requests: 1 } };
  });
  const keys = tallies.map(({ subject, period }) => itemKey.usage(subject, period));
  for (const key of keys) await client.send(new PutCommand({ TableName, Item: { ...key, n: 'none' } }));
  const batch = 'b'.repeat(43);
  expect(await new UsageStore(dynamodb.usage).add(batch, tallies, writing)).toHaveLength(99);
  for (const Key of keys)
    await client.send(new UpdateCommand({ TableName, Key, UpdateExpression: 'REMOVE n' }));
  for (let i = 0; i < 2; i += 1)
    expect(await new UsageStore(dynamodb.usage).add(batch, tallies, writing)).toEqual([]);
  for (const { subject, period } of tallies)
    expect((await new UsageStore(dynamodb.usage).count(subject, period)).requests).toBe(1);
}

/** As many names as there may be of subjects of one list, of texts that hardly pack; settled and all. */
async function fresh(): Promise<void> {
  const retention = { hourDays: 1, dayDays: 1 };
  const writing = { retention, now: () => new Date(NOON), random: () => 0 };
  const subjects = Array.from({ length: 30_000 }, (_, i) => {
    return { kind: 'credential', keyId: `key_Fresh${numbered(i).padStart(7, '0')}` } as const;
  }).filter((subject) => shardOf(subject) === 0);
  const names = () =>
    Object.fromEntries(times(40, () => [`${randomBytes(12).toString('base64url')} GET /orders`, 1]));
  const tallies = subjects.slice(0, 600).map((subject) => ({
    ...{ subject, period: '2026-11-22T12' },
    count: { ...emptyCount(), requests: 40, networks: names(), uses: names() },
  }));
  expect(tallies).toHaveLength(600);
  expect(await new FreshStore(dynamodb.usage).add('f'.repeat(43), tallies, writing)).toEqual([]);
  const { Items = [] } = await dynamodb.usage.client.send(
    new QueryCommand({
      TableName: dynamodb.usage.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': itemKey.freshHead(0).pk },
      ConsistentRead: true,
    }),
  );
  const sizes = Items.flatMap(({ body }) => (body instanceof Uint8Array ? [body.byteLength] : []));
  // Two parts, of which the larger is in several pieces.
  expect(sizes.length).toBeGreaterThan(2);
  for (const size of sizes) expect(size).toBeLessThanOrEqual(300_000);
  expect(Object.keys(Items.find(({ sk }) => sk === 'HEAD') ?? {}).length).toBeLessThan(10);
  const [subject] = subjects;
  if (subject === undefined) throw new Error('there is none');
  expect((await new UsageStore(dynamodb.usage).count(subject, '2026-11-22T12')).requests).toBe(40);
}

/** More than a list has room for, of as long names as there are; then the hour ends. */
async function recentUses(): Promise<void> {
  const lastUses = new LastUseStore(dynamodb.usage);
  const keyIds = Array.from({ length: 100_000 }, (_, i) => `key_Rec${numbered(i).padStart(9, '0')}`).filter(
    (keyId) => recentUsesOf([keyId])[0]?.pk === itemKey.recentUses(0).pk,
  );
  const uses = keyIds.slice(0, MOST_RECENT_USES + 20).map((keyId, i) => ({
    ...{ keyId, secretId: randomBytes(12).toString('base64url'), at: NOON },
    log: `/${i}/`.padEnd(512, 'x'),
  }));
  expect(uses).toHaveLength(MOST_RECENT_USES + 20);
  expect(await lastUses.noteTogether(uses, new Date(NOON))).toEqual([]);
  const bytes = async () => {
    const { client, name: TableName } = dynamodb.usage;
    const get = new GetCommand({ TableName, Key: { ...itemKey.recentUses(0) }, ConsistentRead: true });
    const { Item } = await client.send(get);
    return (Item as { body: Uint8Array }).body.byteLength;
  };
  expect(await bytes()).toBeLessThan(PLATFORM_LIMITS.itemBytes / 4);
  const ends = [uses[0], uses.at(-1)].map((use) => use?.keyId ?? '');
  dynamodb.settle();
  expect((await lastUses.lastUsed(ends)).size).toBe(2);
  const [first] = uses;
  if (first === undefined) throw new Error('there is none');
  for (let hour = 1; hour <= 2; hour += 1)
    expect(await lastUses.noteTogether([first], new Date(NOON + hour * 3_600_000))).toEqual([]);
  expect(await bytes()).toBeLessThan(300);
  dynamodb.settle();
  expect((await lastUses.lastUsed(ends)).size).toBe(2);
}

async function profile(): Promise<void> {
  const profiles = new ProfileStore(dynamodb.usage);
  const keyId = 'key_Profile00000';
  const countries = times(26 * 26, (i) => String.fromCharCode(65 + (i % 26), 65 + Math.floor(i / 26)));
  let before: Parameters<ProfileStore['write']>[0];
  for (let day = 0; day < 40; day += 1) {
    const first = NOON + day * DAY;
    const visits = countries.map((country) => ({
      country,
      first,
      last: first,
      requests: 1,
      networks: [],
      requestIds: [],
    }));
    const closed = closeDay(before ?? newProfile(keyId, first), [{ requests: 1, statuses: {} }], first);
    expect(await profiles.write(before, withVisits(closed, visits))).toBe(true);
    before = (await profiles.read([keyId], [])).profile(keyId);
  }
  expect([before?.days.length, Object.keys(before?.countries ?? {}).length]).toEqual([7, 676]);
  expect(Buffer.byteLength(JSON.stringify(before))).toBeLessThan(100_000);
}

async function audit(): Promise<void> {
  const event = { ...eventFor('tenant_large'), revision: 1 };
  const room = LARGEST_EVENT_BYTES - Buffer.byteLength(JSON.stringify(event));
  const large = times(20, () => ({ ...eventFor('tenant_large', 'x'.repeat(room)), revision: 1 }));
  expect(await auditLog(dynamodb.audit).append('tenant_large', large)).toMatchObject({ head: { seq: 20 } });
}

async function auditGap(): Promise<void> {
  const revisions = new RevisionStore(dynamodb.main, dynamodb.audit);
  const data = { revision: 1, changedBefore: new Date(NOON).toISOString() };
  const actor = { type: 'system', id: 'keywright' } as const;
  const event = { ...eventFor(TENANT), type: 'audit.gap', data, actor } as const;
  const gap = { item: 'key_000000000001', revision: Number.MAX_SAFE_INTEGER };
  expect([await revisions.noteGap(gap, event), await revisions.noteGap(gap, event)]).toEqual([true, false]);
  await revisions.keepSearchPlace({ list: `KEYS#tenant_${'x'.repeat(40)}`, after: 'x'.repeat(1000) });
  dynamodb.settle();
  expect(await revisions.searchPlace()).toMatchObject({ after: 'x'.repeat(1000) });
}

/** As many as one person may have open, the last of which finds room by what has ended. */
async function openRequests(): Promise<void> {
  const key = itemKey.openRequests(TENANT, widest(100));
  const open = (i: number) => ({
    subscriptionId: `sub_${numbered(i).padStart(12, '0')}`,
    productId: `prod_${numbered(i % 20).padStart(12, '0')}`,
    requestedAt: new Date(NOON + i).toISOString(),
  });
  const { subscriptions } = management;
  for (let i = 0; i < MOST_OPEN.inAll; i += 1) await subscriptions.count(TENANT, widest(100), open(i));
  expect(await sizeOf(key)).toBeLessThan(PLATFORM_LIMITS.itemBytes / 10);
  const later = { ...open(MOST_OPEN.inAll), requestedAt: new Date(NOON + 3 * DAY).toISOString() };
  await subscriptions.count(TENANT, widest(100), later);
  expect((await dynamodb.item(key))?.open).toEqual([later]);
}

/** As many members and invitations as there may be, the longest that there are, and then every change. */
async function team(): Promise<void> {
  const tenantId = 'tenant_largest_team';
  await call('POST /v1/tenants', { tenantId, name: 'Largest' });
  const address = (i: number) =>
    `${numbered(i).padStart(64, 'a')}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}`;
  const members = new MemberStore(dynamodb.main);
  const role = 'admin' as const;
  const tokenHash = 'f'.repeat(64);
  let now = newTeam(tenantId);
  let stored = now;
  const fill = async (change: Change<Team>) => {
    await members.write(stored, change);
    now = stored = change.state;
  };
  const actor = { type: 'admin', id: 's'.repeat(255), name: 'n'.repeat(254) } as const;
  const offer = (i: number) => {
    const invitationId = `inv_${numbered(i).padStart(12, '0')}`;
    return invite(
      now,
      { invitationId, email: address(i), role, note: widest(200), tokenHash },
      { ...context(), actor },
    );
  };
  await fill(offer(0));
  const all = times(MOST_MEMBERS, (i) => ({
    ...{ sub: numbered(i).padStart(255, 's'), email: address(1000 + i), role, tokenHash },
    ...{ joinedAt: new Date(NOON).toISOString(), invitedBy: actor.id },
  }));
  const [first, ...others] = all;
  const { event } = offer(1);
  await fill({ state: { ...now, members: others, revision: now.revision + 1 }, event });
  // Each invitation is decided, and the last but one of them written with all before it.
  for (let i = 1; i < MOST_INVITATIONS - 1; i += 1) now = offer(i).state;
  await fill({ state: { ...now, revision: stored.revision + 1 }, event });
  await fill(offer(MOST_INVITATIONS - 1));
  expect(() => offer(MOST_INVITATIONS)).toThrow(/at most 100 open invitations/);
  await fillApprovals(itemKey.team(tenantId));
  now = stored = await members.team(tenantId);
  const [invitation] = now.invitations;
  if (first === undefined || invitation === undefined) throw new Error('nobody');
  await fill(join(now, invitation, { sub: first.sub, token: 'token' }, { ...context(), actor }));
  expect(() => offer(MOST_INVITATIONS)).toThrow(/at most 200 members/);
  const size = await sizeOf(itemKey.team(tenantId));
  expect(size).toBeGreaterThan(200_000);
  expect(size + 4000).toBeLessThan(PLATFORM_LIMITS.itemBytes);
  const path = `/v1/tenants/${tenantId}`;
  for (const list of ['members', 'invitations']) await call(`GET ${path}/${list}`);
  await call(`PATCH ${path}/members/${first.sub}`, { role: 'auditor' });
  await call(`DELETE ${path}/members/${first.sub}`);
}

async function person(): Promise<void> {
  const members = new MemberStore(dynamodb.main);
  const key = itemKey.person('everywhere');
  const tenantId = (i: number) => `tenant_${numbered(i).padStart(40, 't')}`;
  for (let i = 0; i < MOST_TENANTS + 1; i += 1) await members.noteTenant('everywhere', tenantId(i));
  // A member of none of them: what is full of these makes room.
  expect(await sizeOf(key)).toBeLessThan(PLATFORM_LIMITS.itemBytes / 10);
  expect(await members.membershipsOf('everywhere', undefined)).toEqual([]);
}

/** As many as may get a tenant of their own on one day. */
async function newcomers(): Promise<void> {
  const store = new SignUpStore(dynamodb.main);
  const now = new Date(NOON);
  const perDay = 2000;
  const idOf = (i: number) => `signup_${numbered(i).padStart(12, '0')}`;
  const all = times(perDay, (i) => ({ signUpId: idOf(i), network: `2001:db8:${numbered(i)}::/48` }));
  await store.count(now, () => all.slice(1));
  const come = (i: number) =>
    store.count(now, (day) =>
      withNewcomer(day, { signUpId: idOf(i), ip: '2001:db8:ffff::1' }, { mode: 'open', domains: {}, perDay }),
    );
  await come(0);
  await expect(come(perDay)).rejects.toThrow(/As many people as can/);
  const key = itemKey.newcomers(now.toISOString().slice(0, 10));
  expect((await dynamodb.item(key))?.newcomers).toHaveLength(perDay);
  expect(await sizeOf(key)).toBeLessThan(PLATFORM_LIMITS.itemBytes / 2);
}

/** With the longest claims that an authorizer can hand on, and what is written of it as it is used. */
async function session(): Promise<void> {
  const claims = { ...SECOND_ADMIN, 'keywright:tenants': `[${'tenant_x '.repeat(700)}]` };
  const { sessions, clock: now } = management;
  const { session: own } = await signIn(sessions, claims, now, { refreshToken: 'r'.repeat(6000) });
  const later = new Date(now.getTime() + 1_000_000);
  await sessions.noteSeen(own, later);
  expect(await sessions.leaseRenewal(own, later)).toBe(true);
  await sessions.noteRenewal(own, { claims, refreshToken: 'r'.repeat(6000), now: later });
  expect(await sizeOf(itemKey.session(own.sessionId))).toBeLessThan(PLATFORM_LIMITS.itemBytes / 10);
  const tooLong = { ...claims, 'keywright:tenants': `[${'tenant_x '.repeat(800)}]` };
  await expect(signIn(sessions, tooLong, now)).rejects.toThrow(/more of the person than a session can hold/);
}

async function digestEntry(): Promise<void> {
  const mails = new MailStore(dynamodb.main);
  const event = {
    ...eventFor(TENANT),
    type: 'apiKey.usedFromNewIp',
    time: '2026-11-22T12:00:00.000Z',
  } as const;
  for (let i = 0; i < 2 * MOST_NETWORKS; i += 1) await mails.addToDigest(event, `203.0.${i}.0/24`);
  for await (const { networks } of mails.digest('2026-11-22')) expect(networks).toHaveLength(MOST_NETWORKS);
}

/** The largest that is taken, and that no compression makes smaller. */
async function documentPart(): Promise<void> {
  const documents = new DocumentStore(dynamodb.main, randomBytes);
  const text = randomBytes(1024 * 1024).toString('hex');
  const ref = await documents.add('api_LargestDocum', text);
  expect(ref.parts).toBeGreaterThan(2);
  for (let part = 0; part < ref.parts; part++) {
    const { body } =
      (await dynamodb.item(itemKey.documentPart('api_LargestDocum', { id: ref.id, part }))) ?? {};
    expect((body as Uint8Array).byteLength).toBeLessThan(PLATFORM_LIMITS.itemBytes - 1024);
  }
  await documents.release('api_LargestDocum', ref, new Date(NOON));
  expect(await documents.text('api_LargestDocum', ref)).toBe(text);
}

/** Holds one thing of fixed size. */
const oneThing = async () => undefined;

/** How each kind of item is filled, and everything done to it. */
const FILLS: Readonly<Record<keyof typeof itemKey, () => Promise<void>>> = {
  credential,
  tenant,
  api,
  product,
  approval,
  alert,
  lastUse,
  receipt: oneThing,
  ending: oneThing,
  heard,
  refusal,
  refusalCount: refusal,
  limits,
  usage,
  usageBatch,
  fresh,
  freshHead: fresh,
  recentUses,
  profile,
  audit,
  auditGap,
  auditLink: audit,
  recorded: audit,
  auditGapSearch: auditGap,
  alias: oneThing,
  seenNetwork: oneThing,
  nothing: oneThing,
  request: oneThing,
  // Never changed once it is there.
  documentPart,
  counted: oneThing,
  summary: oneThing,
  openRequests,
  team,
  person,
  session,
  addressee: oneThing,
  signUp: oneThing,
  newcomers,
  mailedTokens: oneThing,
  sentMail: oneThing,
  suppressedMail: oneThing,
  digestEntry,
};

test('every kind of item has its row here and in docs/extend/access-patterns.md', () => {
  const page = readFileSync(new URL('../../docs/extend/access-patterns.md', import.meta.url), 'utf8');
  const bounds = page.split('## Bounds')[1]?.split('\n## ')[0] ?? '';
  const rows = [...bounds.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, kind]) => kind),
  );
  expect(rows.sort()).toEqual(Object.keys(itemKey).sort());
  expect(Object.keys(FILLS).sort()).toEqual(Object.keys(itemKey).sort());
  for (const line of bounds.split('\n').filter((each) => each.startsWith('|')))
    expect([line, line.split('|').length]).toEqual([line, 6]);
});

const filled = new Set<() => Promise<void>>();
test.each(Object.entries(FILLS))(
  '%s, filled to its most, takes everything that is done to it',
  async (_, fill) => {
    if (filled.has(fill)) return;
    filled.add(fill);
    await fill();
  },
);

test('an approval is forgotten when its time is over, and not before', () => {
  const now = new Date(NOON);
  const end = (ahead: number) => new Date(NOON + ahead).toISOString();
  const used = (live: number, over: number) =>
    Object.fromEntries(times(live + over, (i) => [`apr_${i}`, end(i < live ? 1 : -1)]));
  const approved = { approvalId: 'apr_new', expiresAt: end(DAY), requestedBy: 'a', decidedBy: 'b' };
  const state = (approvalsUsed: Record<string, string>) =>
    ({ tenantId: TENANT, approvalsUsed }) as unknown as Tenant;
  const carry = (approvalsUsed: Record<string, string>) =>
    carryOut(approved as never, { now } as never, () => ({
      state: state(approvalsUsed),
      event: eventFor(TENANT),
    }));
  expect(() => carry(used(MOST_APPROVALS_USED, 0))).toThrow(/as many as are remembered/);
  const kept = carry(used(MOST_APPROVALS_USED - 1, 3000)).state.approvalsUsed ?? {};
  expect(Object.keys(kept)).toHaveLength(MOST_APPROVALS_USED);
});
