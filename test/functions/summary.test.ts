import { randomBytes } from 'node:crypto';
import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { toAttributes } from '../../core/store/attribute-value.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { DueStore } from '../../core/store/due-store.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { rebuildSummaries } from '../../core/store/summary-rebuild.ts';
import { ALL_TENANTS, SummaryStore } from '../../core/store/summary-store.ts';
import { countedIn } from '../../functions/publisher/stream-record.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { findingOf, raiseAlert } from '../support/finding.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { neverAsked } from '../support/silence.ts';

const DAY = 86_400_000;
const NEW_KEY = { name: 'Key', type: 'secret', role: 'reader' };

let dynamodb: TestDynamoDb;
let management: TestManagement;
let summaries: SummaryStore;
let tenantId: string;
let tenants = 0;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  summaries = new SummaryStore(dynamodb.usage, () => management.clock);
});
afterAll(() => dynamodb.close());

async function begin(): Promise<void> {
  management = new TestManagement(dynamodb);
  tenantId = `tenant_summary_${++tenants}`;
  await call('POST /v1/tenants', { tenantId, name: 'Summary' });
}

async function call(methodAndPath: string, body?: object) {
  return (await management.call(methodAndPath, { ...(body && { body }) })).body;
}

async function summaryOf(owner: string) {
  return (await management.call('GET /v1/summary', { query: { tenantId: owner } })).body;
}

/** What the stream would bring of the items as they are. */
async function images(ids: readonly string[]): Promise<DynamoDBRecord[]> {
  const items = await Promise.all(ids.map((id) => dynamodb.item(itemKey.credential(id.slice(-12)))));
  return items.flatMap((item) => (item === undefined ? [] : [recordOf(item)]));
}

function recordOf(item: Record<string, unknown>, name: 'NewImage' | 'OldImage' = 'NewImage'): DynamoDBRecord {
  const Keys = { pk: { S: String(item.pk) }, sk: { S: String(item.sk) } };
  return { dynamodb: { Keys, [name]: toAttributes(item) as never } };
}

async function deliver(records: readonly DynamoDBRecord[]): Promise<void> {
  for (const record of records) for (const counted of countedIn([record])) await summaries.note(counted);
}

async function sweepNow(): Promise<void> {
  const { keys, approvals, lastUses } = management;
  dynamodb.settle();
  const [due, credentials] = [new DueStore(dynamodb.main), new CredentialStore(dynamodb.main)];
  const now = () => management.clock;
  for (let run = 0; run < 3; run++) {
    await sweep(
      { due, credentials, keys, approvals, lastUses, now, randomBytes, silenceOf: neverAsked },
      {
        ...{ requestId: 'sweep-1', hasTime: () => true },
        onFailure: (what, cause) => {
          throw new Error(what, { cause });
        },
      },
    );
    dynamodb.settle();
  }
}

/** What the list of keys comes to. */
async function countOfList() {
  dynamodb.settle();
  const query = { limit: '100' };
  const { items } = (await management.call(`GET /v1/tenants/${tenantId}/keys`, { query })).body;
  const now = management.clock.getTime();
  type Listed = (typeof items)[number];
  const count = (matches: (key: Listed) => boolean) => items.filter(matches).length;
  const ofStatus = (status: string) => ({
    sandbox: count((key) => key.status === status && key.environment === 'sandbox'),
    live: count((key) => key.status === status && key.environment === 'live'),
  });
  const lives = ({ status }: Listed) => status === 'active' || status === 'disabled';
  return {
    active: ofStatus('active'),
    disabled: ofStatus('disabled'),
    revoked: ofStatus('revoked'),
    expired: ofStatus('expired'),
    expiring: count((key) => lives(key) && key.expiresAt && Date.parse(key.expiresAt) - now <= 14 * DAY),
    inOverlap: count(
      (key) =>
        lives(key) &&
        key.secrets.some((secret: { expiresAt: string | null }) => Date.parse(secret.expiresAt ?? '') > now),
    ),
  };
}

const step = fc.oneof(
  fc.record({
    create: fc.constantFrom('live', 'sandbox'),
    days: fc.option(fc.integer({ min: 1, max: 40 }), { nil: null }),
  }),
  fc.record({
    verb: fc.constantFrom('rotate', 'disable', 'enable', 'revoke', 'end-overlap'),
    which: fc.nat(9),
  }),
  fc.record({ wait: fc.integer({ min: 1, max: 20 }) }),
);

test('keys are counted as their list has them, whatever was done, as time goes by, however often it is told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), fc.nat(1000), async (steps, seed) => {
      await begin();
      const path = `/v1/tenants/${tenantId}/keys`;
      const ids: string[] = [];
      const told: DynamoDBRecord[] = [];
      for (const each of steps) {
        if ('create' in each) {
          const expiresAt =
            each.days === null ? null : new Date(management.clock.getTime() + each.days * DAY).toISOString();
          const { key } = await call(`POST ${path}`, { ...NEW_KEY, environment: each.create, expiresAt });
          ids.push(key.keyId);
        } else if ('wait' in each) {
          management.clock = new Date(management.clock.getTime() + each.wait * DAY);
          await sweepNow();
        } else if (ids.length > 0) {
          await call(`POST ${path}/${ids[each.which % ids.length]}/${each.verb}`, {});
        }
        told.push(...(await images(ids)));
      }
      // In order for each key, each more than once, and an early one again at the end.
      await deliver(told);
      await deliver(told.slice(seed % (told.length + 1)));
      await deliver(told.filter((_, i) => i % 7 === seed % 7).concat(await images(ids)));
      const { keys } = await summaryOf(tenantId);
      expect(keys).toMatchObject(await countOfList());
    }),
    { numRuns: 8 },
  );
});

test('keys that nobody uses, subscriptions, approvals and alerts are counted, until they are no more', async () => {
  await begin();
  const other = tenantId;
  await begin();
  const { key } = await call(`POST /v1/tenants/${tenantId}/keys`, { ...NEW_KEY, environment: 'live' });
  management.clock = new Date(management.clock.getTime() + 91 * DAY);
  await sweepNow();
  await deliver(await images([key.keyId]));
  const read = (owner = tenantId) => summaryOf(owner);
  expect((await read()).keys).toMatchObject({ active: { live: 1, sandbox: 0 }, unused: 1 });
  await management.lastUses.note({
    keyId: key.keyId,
    secretId: 'x',
    at: management.clock.getTime() + 60_000,
  });
  management.clock = new Date(management.clock.getTime() + 7 * DAY);
  await sweepNow();
  await deliver(await images([key.keyId]));
  expect((await read()).keys).toMatchObject({ active: { live: 1 }, unused: 0 });

  const finding = findingOf({ tenantId, subject: { type: 'apiKey', id: key.keyId } });
  const { alertId } = await raiseAlert(dynamodb.main, finding, management.clock);
  const alert = (await dynamodb.item(itemKey.alert(alertId))) ?? {};
  const approval = {
    pk: 'APPROVAL#apr_1',
    sk: 'APPROVAL',
    approvalId: `apr_${tenantId}`,
    tenantId,
    revision: 1,
  };
  const subscription = { pk: 'CRED#1', sk: 'CRED', subscriptionId: `sub_${tenantId}`, tenantId, revision: 1 };
  const pending = [approval, subscription].map((item) => ({ ...item, state: 'pending' }));
  await deliver([alert, ...pending].map((item) => recordOf(item)));
  const counts = { alerts: { open: 1 }, approvals: { pending: 1 }, subscriptions: { pending: 1 } };
  expect(await read()).toMatchObject(counts);
  expect(await read(other)).toMatchObject({ alerts: { open: 0 }, keys: { active: { live: 0 } } });
  const claims = { ...ADMIN, 'keywright:role': 'developer', 'keywright:tenants': `[${tenantId}]` };
  const own = await management.call('GET /v1/summary', { claims, query: { tenantId } });
  expect(own.body).toMatchObject({ ...counts, alerts: null, approvals: null });
  const all = await call('GET /v1/summary');
  expect(all).toMatchObject({ tenantId: null, requests: null, alerts: { open: expect.any(Number) } });
  expect((await management.call('GET /v1/summary', { claims })).body).toEqual(own.body);
  const several = { ...claims, 'keywright:tenants': `[${tenantId} ${other}]` };
  expect((await management.call('GET /v1/summary', { claims: several })).status).toBe(400);
  const foreign = await management.call('GET /v1/summary', { claims, query: { tenantId: other } });
  expect(foreign.status).toBe(404);

  const after = [
    { ...approval, state: 'withdrawn' },
    { ...subscription, state: 'active' },
  ];
  await deliver(after.map((item) => recordOf({ ...item, revision: 2 })));
  await deliver([recordOf(alert, 'OldImage'), ...pending.map((item) => recordOf(item))]);
  expect(await read()).toMatchObject({
    alerts: { open: 0 },
    approvals: { pending: 0 },
    subscriptions: { pending: 0 },
  });
});

test('sign-ups that wait are counted for who acts for all tenants, and for nobody else', async () => {
  await begin();
  const waiting = async () => (await call('GET /v1/summary')).signUps.pending;
  const before = await waiting();
  const id = `signup_${tenantId}`;
  const signUp = { ...itemKey.signUp(id), signUpId: id, state: 'pending', revision: 1 };
  await deliver([recordOf(signUp)]);
  expect(await waiting()).toBe(before + 1);
  expect((await summaryOf(tenantId)).signUps).toBeNull();
  const claims = { ...ADMIN, 'keywright:role': 'developer', 'keywright:tenants': '[*]' };
  expect((await management.call('GET /v1/summary', { claims })).body.signUps).toBeNull();
  const noted = async () => {
    const Key = { ...itemKey.counted(ALL_TENANTS, id) };
    return (await dynamodb.usage.client.send(new GetCommand({ TableName: dynamodb.usage.name, Key }))).Item;
  };
  expect(await noted()).not.toHaveProperty('ttl');
  await deliver([recordOf({ ...signUp, state: 'approved', tenantId, revision: 2 })]);
  expect(await waiting()).toBe(before);
  // What counts for nothing is forgotten once no earlier state of it can come again.
  expect((await noted())?.ttl).toBe(Math.floor(management.clock.getTime() / 1000) + 30 * 86_400);
});

test('what was lost is counted anew, by a command that may run again and while others count', async () => {
  await begin();
  const path = `/v1/tenants/${tenantId}/keys`;
  const made = await Promise.all(
    ['live', 'live', 'sandbox'].map(
      async (environment) => (await call(`POST ${path}`, { ...NEW_KEY, environment })).key,
    ),
  );
  await deliver((await images(made.map(({ keyId }) => keyId))).slice(0, 1));
  const { client, name } = dynamodb.usage;
  await client.send(new DeleteCommand({ TableName: name, Key: { ...itemKey.summary(tenantId) } }));
  const gone = { pk: 'CRED#gone00000000', sk: 'CRED', keyId: 'key_gone00000000', tenantId, revision: 1 };
  await deliver([recordOf({ ...gone, status: 'active', environment: 'live', secrets: [] })]);
  dynamodb.settle();
  for (let run = 0; run < 2; run++) {
    await rebuildSummaries(dynamodb.main, summaries);
    const { keys } = await summaryOf(tenantId);
    expect(keys.active).toEqual({ live: 2, sandbox: 1 });
  }
});
