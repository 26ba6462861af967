import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { SesMailer } from '../../core/aws/ses-mailer.ts';
import type { AuditEvent, EventType } from '../../core/contract/events.ts';
import { personOf } from '../../core/domain/people/person.ts';
import { AddresseeStore } from '../../core/store/addressee-store.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { MailStore } from '../../core/store/mail-store.ts';
import { MemberStore } from '../../core/store/member-store.ts';
import { SubjectReader } from '../../core/store/subject-reader.ts';
import type { MailDependencies } from '../../functions/mail/dependencies.ts';
import { mailHandler } from '../../functions/mail/mail-handler.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { mailedEvent } from '../support/mail.ts';
import { type TestClaims, TestManagement } from '../support/management.ts';
import { silentLogger } from '../support/silent-logger.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
let ses: SESv2Client;
let count = 0;
let tenantId = '';
let TENANT = '';
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  dynamodb.aws.createConfigurationSet('keywright');
  ses = new SESv2Client({ endpoint: dynamodb.endpoint, region: 'eu-central-1', credentials: CREDENTIALS });
});
afterAll(async () => {
  ses.destroy();
  await dynamodb.close();
});
beforeEach(async () => {
  management = new TestManagement(dynamodb, { mailsInvitations: true });
  tenantId = `tenant_mail_${++count}`;
  TENANT = `/v1/tenants/${tenantId}`;
  await management.call('POST /v1/tenants', { body: { tenantId, name: 'Acme' } });
});

const person = (name: string, change: Partial<Record<string, string>> = {}): TestClaims =>
  ({
    sub: `sub-${name}-${count}`,
    email: `${name}-${count}@example.com`,
    email_verified: 'true',
    amr: '[mfa]',
    ...change,
  }) as TestClaims;

const dependencies = (change: Partial<MailDependencies> = {}): MailDependencies => ({
  members: new MemberStore(dynamodb.main),
  addressees: new AddresseeStore(dynamodb.main),
  mails: new MailStore(dynamodb.main),
  subjects: new SubjectReader(dynamodb.main),
  mailer: new SesMailer(ses, 'Acme <keys@keywright.test>', 'keywright'),
  sender: { name: 'Acme', portalUrl: 'https://portal.example.com' },
  now: () => management.clock,
  randomBytes,
  logger: silentLogger,
  ...change,
});

/** Hands these to the function as its queue does, and says how many it will be handed again. */
async function handle(events: readonly object[], change: Partial<MailDependencies> = {}): Promise<number> {
  const Records = events.map((event, i) => ({ messageId: String(i), body: JSON.stringify(event) }));
  const answer = await mailHandler(dependencies(change))({ Records } as never);
  return answer?.batchItemFailures.length ?? -1;
}
const told = (...events: readonly AuditEvent[]) => events.map((detail) => ({ source: 'keywright', detail }));

/** The newest event of a type that was written for the tenant. */
async function written(type: EventType): Promise<AuditEvent> {
  const events = (await dynamodb.emitted()).filter(
    (each) => each.type === type && each.tenantId === tenantId,
  );
  const event = events.at(-1);
  if (event === undefined) throw new Error(`no ${type}`);
  return event;
}
const inbox = (claims: TestClaims) =>
  dynamodb.aws.mails().filter(({ to }) => to.includes(String(claims.email)));
const invite = (claims: TestClaims, role: string, headers = {}) =>
  management.call(`POST ${TENANT}/invitations`, { body: { email: claims.email, role }, headers });
const tokenIn = (text: string) => /\/invitations#token=(\S+)/.exec(text)?.[1];
const accept = (token: unknown, claims: TestClaims) =>
  management.call('POST /v1/invitations/accept', { claims, body: { token } });

async function member(name: string, role: string): Promise<TestClaims> {
  const claims = person(name);
  await invite(claims, role);
  await handle(told(await written('member.invited')));
  expect(await accept(tokenIn(inbox(claims)[0]?.text ?? ''), claims)).toMatchObject({ status: 200 });
  return claims;
}
const note = (claims: TestClaims) =>
  new AddresseeStore(dynamodb.main).note(personOf(claims), management.clock);

describe('an invitation', () => {
  test('is mailed with a link that is good once, and is nowhere else', async () => {
    const grace = person('grace');
    const answer = await invite(grace, 'developer');
    expect([answer.status, Object.keys(answer.body)]).toEqual([201, ['invitation']]);
    expect(await handle(told(await written('member.invited')))).toBe(0);
    const [mail] = inbox(grace);
    expect(mail).toMatchObject({ from: 'Acme <keys@keywright.test>', subject: 'You are invited to “Acme”' });
    const token = tokenIn(mail?.text ?? '');
    expect(mail?.html).toContain(`https://portal.example.com/invitations#token=${token}`);
    const stored = JSON.stringify([await dynamodb.everything(), await dynamodb.emitted(), management.logged]);
    expect(stored).not.toContain(String(token).split('.')[2]);
    expect((await accept(token, person('mallory'))).status).toBe(403);
    expect((await accept(`${token}`.replace(/.{4}$/, 'AAAA'), grace)).status).toBe(404);
    expect((await accept(token, grace)).status).toBe(200);
    expect((await accept(token, grace)).status).toBe(200);
    expect((await accept(token, person('grace', { sub: 'twin' }))).status).toBe(404);
  });

  test('told again is mailed once; cut off behind the mail it is mailed again, and both links are good', async () => {
    const grace = person('grace');
    await invite(grace, 'developer');
    const event = await written('member.invited');
    class Dying extends MailStore {
      override noteSent = () => Promise.reject(new Error('killed'));
    }
    const dying = new Dying(dynamodb.main);
    expect(await handle(told(event), { mails: dying })).toBe(1);
    expect(await handle(told(event))).toBe(1);
    management.clock = new Date(management.clock.getTime() + 300_000);
    expect(await handle(told(event, event))).toBe(0);
    expect(await handle(told(event))).toBe(0);
    const tokens = inbox(grace).map(({ text }) => tokenIn(text));
    expect(new Set(tokens).size).toBe(2);
    expect((await accept(tokens[1], grace)).status).toBe(200);
    expect((await accept(tokens[0], grace)).status).toBe(404);
  });

  test('that was taken back, accepted or lapsed is not mailed', async () => {
    const grace = person('grace');
    const { invitationId } = (await invite(grace, 'developer')).body.invitation;
    await management.call(`DELETE ${TENANT}/invitations/${invitationId}`);
    expect(await handle(told(await written('member.invited')))).toBe(0);
    expect(inbox(grace)).toEqual([]);
  });

  test('is made once for an Idempotency-Key, and not again when it is gone', async () => {
    const grace = person('grace');
    const headers = { 'idempotency-key': 'once' };
    const first = await invite(grace, 'developer', headers);
    const again = await invite(grace, 'developer', headers);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect((await invite(grace, 'admin', headers)).body.error.code).toBe('idempotency_mismatch');
    await management.call(`DELETE ${TENANT}/invitations/${first.body.invitation.invitationId}`);
    expect(await invite(grace, 'developer', headers)).toMatchObject({
      status: 409,
      body: { error: { code: 'invalid_state', param: 'Idempotency-Key' } },
    });
  });
});

describe('what concerns people', () => {
  test('is told to admins by membership and by token, not to who did it, nor to strangers', async () => {
    const boss = await member('boss', 'admin');
    const dev = await member('dev', 'developer');
    const root = person('root', { 'keywright:role': 'admin', 'keywright:tenants': '[*]' });
    const other = person('other', { 'keywright:role': 'admin', 'keywright:tenants': '[tenant_other]' });
    const unverified = person('unverified', {
      'keywright:role': 'admin',
      'keywright:tenants': '[*]',
      email_verified: 'false',
    });
    for (const claims of [root, other, unverified]) await note(claims);
    dynamodb.settle();
    const event = mailedEvent('approval.requested', {
      tenantId,
      actor: { type: 'admin', id: String(boss.sub) },
    });
    expect(await handle(told(event))).toBe(0);
    expect([boss, dev, root, other, unverified].map((claims) => inbox(claims).length)).toEqual([
      1, 1, 1, 0, 0,
    ]);
    expect(inbox(root)[0]).toMatchObject({
      subject: 'Waiting for you: a request to revoke an API key',
      headers: { 'List-Unsubscribe': '<https://portal.example.com/profile/notifications>' },
    });
  });

  test('names a key by its name, and reaches who made it', async () => {
    const boss = await member('boss', 'admin');
    const made = await management.call(`POST ${TENANT}/keys`, {
      claims: boss,
      body: { name: 'Nightly <export>', type: 'secret', environment: 'live', role: 'reader' },
    });
    const subject = { type: 'apiKey', id: made.body.key.keyId } as const;
    await handle(told(mailedEvent('apiKey.leaked', { tenantId, subject, id: `leak-${count}` })));
    const [mail] = inbox(boss);
    expect(mail?.subject).toBe('Leaked: an API key “Nightly <export>”');
    expect(mail?.html).toContain('Nightly &#60;export&#62;');
    expect(JSON.stringify(mail)).not.toContain(made.body.secret);
  });

  test('is not told when it is old, and a stranger’s event is kept for the dead letters', async () => {
    const boss = await member('boss', 'admin');
    const event = mailedEvent('apiKey.leaked', {
      tenantId,
      time: '2026-11-18T12:00:00.000Z',
      id: `old-${count}`,
    });
    expect(await handle([...told(event), { source: 'else', detail: {} }])).toBe(1);
    expect(inbox(boss)).toHaveLength(1);
  });

  test('reaches all others when one can’t be mailed, and a repeat reaches that one alone', async () => {
    const people = [await member('a', 'admin'), await member('b', 'admin'), await member('c', 'admin')];
    const before = people.map((claims) => inbox(claims).length);
    const event = mailedEvent('apiKey.leaked', { tenantId, id: `partly-${count}` });
    const real = dependencies().mailer;
    const mailer = {
      send: (to: string, body: Parameters<typeof real.send>[1]) =>
        to === people[1]?.email ? Promise.reject(new Error('refused')) : real.send(to, body),
    };
    expect(await handle(told(event), { mailer })).toBe(1);
    const news = () => people.map((claims, i) => inbox(claims).length - (before[i] ?? 0));
    expect(news()).toEqual([1, 0, 1]);
    const logger = new Logger({ logLevel: 'SILENT' });
    const mailed = jest.spyOn(logger, 'info');
    expect(await handle(told(event), { logger })).toBe(0);
    expect(news()).toEqual([1, 1, 1]);
    expect(mailed).toHaveBeenLastCalledWith('mailed', expect.objectContaining({ sent: 1, failed: 0 }));
  });
});

describe('an address that mails come back from', () => {
  const cameBack = (detail: object) => [{ source: 'aws.ses', detail }];
  const leak = (n: number) => told(mailedEvent('apiKey.leaked', { tenantId, id: `back-${count}-${n}` }));

  test('is mailed no more after a permanent bounce or a complaint; a full mailbox changes nothing', async () => {
    const boss = await member('boss', 'admin');
    const emailAddress = String(boss.email).toUpperCase();
    const bounce = (bounceType: string) => ({
      eventType: 'Bounce',
      bounce: { bounceType, bouncedRecipients: [{ emailAddress }] },
    });
    await handle(cameBack(bounce('Transient')));
    await handle(leak(1));
    expect(inbox(boss)).toHaveLength(2);
    await handle(cameBack(bounce('Permanent')));
    await handle(leak(2));
    expect(inbox(boss)).toHaveLength(2);
    const dev = await member('dev', 'admin');
    await handle(
      cameBack({
        eventType: 'Complaint',
        complaint: { complainedRecipients: [{ emailAddress: dev.email }] },
      }),
    );
    await handle(leak(3));
    expect(inbox(dev)).toHaveLength(1);
  });
});

describe('the digest', () => {
  test('tells each person of a day in one mail, once, from five o’clock on', async () => {
    const boss = await member('boss', 'admin');
    const dev = await member('dev', 'developer');
    const subject = { type: 'apiKey', id: `key_Digest0000${String(count).padStart(2, '0')}` } as const;
    const used = (network: string, i: number) =>
      mailedEvent('apiKey.usedFromNewIp', {
        tenantId,
        subject,
        id: `new-${count}-${i}`,
        data: { network, ip: '192.0.2.1' },
      });
    const expiring = mailedEvent('apiKey.expiring', { tenantId, subject, id: `ends-${count}` });
    await handle(
      told(
        used('203.0.113.0/24', 1),
        used('203.0.113.0/24', 2),
        used('198.51.100.0/24', 3),
        expiring,
        expiring,
      ),
    );
    expect(inbox(boss)).toHaveLength(1);
    const digest = () => mailHandler(dependencies())({});
    for (const time of [
      '2026-11-22T23:00:00.000Z',
      '2026-11-23T04:59:00.000Z',
      '2026-11-23T05:00:00.000Z',
      '2026-11-23T06:00:00.000Z',
    ]) {
      management.clock = new Date(time);
      await digest();
    }
    const [mail, ...others] = inbox(boss);
    expect([mail?.subject, others.length]).toEqual(['3 things about your keys on 2026-11-22', 1]);
    for (const part of ['203.0.113.0/24', '198.51.100.0/24', 'expires in 14 days'])
      expect(mail?.text).toContain(part);
    expect(inbox(dev)).toHaveLength(1);
    expect(
      await dynamodb.item(itemKey.digestEntry('2026-11-22', 'apiKey.expiring', subject.id)),
    ).toBeDefined();
  });
});

test('members may leave, and remove nobody; the last admin can’t', async () => {
  const boss = await member('boss', 'admin');
  const dev = await member('dev', 'developer');
  const leave = (claims: TestClaims) => management.call(`DELETE /v1/me/memberships/${tenantId}`, { claims });
  const removal = await management.call(`DELETE ${TENANT}/members/${boss.sub}`, { claims: dev });
  expect(removal.body.error.code).toBe('forbidden');
  expect((await leave(dev)).status).toBe(204);
  expect((await leave(dev)).status).toBe(403);
  expect((await leave(boss)).body.error.code).toBe('invalid_state');
});
