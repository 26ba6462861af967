import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { itemKey } from '../../core/store/item-keys.ts';
import { MailStore } from '../../core/store/mail-store.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, type TestClaims, TestManagement } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
let grace: TestClaims;
let count = 0;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb, { mailsInvitations: true });
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  count += 1;
  grace = { sub: `grace-${count}`, email: `Grace${count}@example.com`, email_verified: 'true', amr: '[mfa]' };
});

const all = (choice: 'mail' | 'off') => ({
  ...{ approvals: choice, decisions: choice, expiring: choice },
  ...{ leaked: choice, newNetwork: choice },
});
const read = (claims = grace) => management.call('GET /v1/me/notifications', { claims });
const put = (body: object, headers: Record<string, string> = {}, claims = grace) =>
  management.call('PUT /v1/me/notifications', { claims, body, headers });

test('who never chose is told everything; what is chosen holds, and nobody else’s changes', async () => {
  expect((await read()).body).toEqual({
    ...all('mail'),
    ...{ available: true, address: `grace${count}@example.com`, stopped: null },
  });
  const chosen = { ...all('mail'), newNetwork: 'off' };
  expect(await put(chosen)).toMatchObject({ status: 200, body: chosen });
  expect((await read()).body).toMatchObject(chosen);
  expect((await read(ADMIN)).body).toMatchObject(all('mail'));
  const events = async () => (await dynamodb.emitted()).filter(({ subject }) => subject.id === grace.sub);
  expect(await events()).toMatchObject([
    { type: 'person.notificationsChanged', revision: 1, tenantId: null },
  ]);
  await put(chosen);
  expect(await events()).toHaveLength(1);
});

test('an address that the issuer did not verify gets nothing, and the answer says so', async () => {
  const unverified = { ...grace, email_verified: 'false' };
  expect((await read(unverified)).body).toMatchObject({ available: true, address: null });
});

test('what is missing, unknown or no choice is refused, and a sign-in without a second factor', async () => {
  for (const body of [
    {},
    { ...all('mail'), leaked: undefined },
    { ...all('mail'), more: 'mail' },
    all('sms' as never),
  ])
    expect((await put(body)).status).toBe(400);
  expect((await put(all('off'), {}, { ...grace, amr: '[pwd]' })).body.error.code).toBe('mfa_required');
  expect((await read()).body).toMatchObject(all('mail'));
});

test('of two sessions that choose at once the second is told', async () => {
  const tag = String((await read()).headers.etag);
  expect((await put(all('off'), { 'if-match': tag })).status).toBe(200);
  expect((await put(all('mail'), { 'if-match': tag })).body.error.code).toBe('precondition_failed');
  const now = await read();
  expect(now.body).toMatchObject(all('off'));
  expect((await put(all('mail'), { 'if-match': String(now.headers.etag) })).status).toBe(200);
});

test('mails that had stopped begin again when one chooses anew, also the same', async () => {
  const mails = new MailStore(dynamodb.main);
  await mails.suppress(`grace${count}@example.com`, 'bounce', management.clock);
  expect((await read()).body.stopped).toEqual({ reason: 'bounce', at: management.clock.toISOString() });
  management.clock = new Date(management.clock.getTime() + 1000);
  expect((await put(all('mail'))).body.stopped).toBeNull();
  expect((await read()).body.stopped).toBeNull();
});

test('where nobody is mailed everything is off, and choosing is refused', async () => {
  const silent = new TestManagement(dynamodb);
  const answer = await silent.call('GET /v1/me/notifications', { claims: grace });
  expect(answer.body).toMatchObject({ ...all('off'), available: false });
  const refused = await silent.call('PUT /v1/me/notifications', { claims: grace, body: all('mail') });
  expect(refused.body.error.code).toBe('invalid_state');
  await silent.call('GET /v1/me', { claims: grace });
  expect(await dynamodb.item(itemKey.addressee(String(grace.sub)))).toBeUndefined();
});

test('who asks who they are is noted with what the token says, once a day', async () => {
  const operator = { ...ADMIN, sub: `operator-${count}`, email_verified: 'true' };
  const noted = async () => dynamodb.item(itemKey.addressee(operator.sub));
  await management.call('GET /v1/me', { claims: operator });
  const first = await noted();
  expect(first).toMatchObject({
    email: 'admin@keywright.test',
    role: 'admin',
    tenants: '*',
    listPk: 'ADDRESSEES',
  });
  management.clock = new Date(management.clock.getTime() + 60_000);
  await management.call('GET /v1/me', { claims: operator });
  expect(await noted()).toEqual(first);
  const { 'keywright:role': _, ...former } = operator as Record<string, string>;
  await management.call('GET /v1/me', { claims: former as TestClaims });
  const after = await noted();
  expect([after?.role, after?.listPk]).toEqual([null, undefined]);
});
