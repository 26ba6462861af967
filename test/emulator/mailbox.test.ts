import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Mailbox } from '../../emulator/aws/mailbox.ts';
import { mailPage } from '../../emulator/mail-pages.ts';

let folder: string;
let mailbox: Mailbox;
let emitted: { 'detail-type': string }[];
const open = () =>
  new Mailbox(join(folder, 'mail.ndjson'), {
    region: 'eu-central-1',
    now: () => new Date('2026-11-22T12:00:00.000Z'),
    bus: { emit: (event) => void emitted.push(event) },
  });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-mail-'));
  emitted = [];
  mailbox = open();
  mailbox.verify('example.com');
  mailbox.createConfigurationSet('set');
  mailbox.tellBus('set', ['bounce']);
});
afterEach(() => {
  mailbox.close();
  rmSync(folder, { recursive: true });
});

const mail = (change: object = {}, simple: object = {}) => ({
  FromEmailAddress: 'Acme <keys@mail.example.com>',
  Destination: { ToAddresses: ['grace@example.org'] },
  Content: {
    Simple: {
      Subject: { Data: 'Hello' },
      Body: { Text: { Data: 'text' }, Html: { Data: '<script>alert(1)</script>' } },
      ...simple,
    },
  },
  ...change,
});
const send = (input: object) =>
  mailbox.handle({
    method: 'POST',
    url: new URL('http://localhost/v2/email/outbound-emails'),
    headers: {},
    input: input as never,
  });

test('keeps what it took, newest first, also when it is opened anew', () => {
  send(mail());
  send(mail({}, { Subject: { Data: 'Second' } }));
  mailbox.close();
  mailbox = open();
  expect(mailbox.mails().map(({ subject, to }) => [subject, to])).toEqual([
    ['Second', ['grace@example.org']],
    ['Hello', ['grace@example.org']],
  ]);
});

test.each<[string, object, RegExp]>([
  ['an identity that nobody verified', mail({ FromEmailAddress: 'keys@notexample.com' }), /not verified/],
  ['a configuration set that there is none of', mail({ ConfigurationSetName: 'other' }), /does not exist/],
  ['a line break in the subject', mail({}, { Subject: { Data: 'a\r\nBcc: b@c.d' } }), /illegal/],
  ['a header of its own', mail({}, { Headers: [{ Name: 'Bcc', Value: 'b@c.d' }] }), /Invalid header/],
  ['a line break in a header', mail({}, { Headers: [{ Name: 'X-A', Value: 'a\nb' }] }), /Invalid header/],
  ['nobody', mail({ Destination: { ToAddresses: [] } }), /Recipient/],
  ['a template, which is not served here', mail({ Content: { Template: {} } }), /Simple/],
])('refuses %s, as SES does', (_, input, message) => {
  expect(() => send(input)).toThrow(message);
  expect(mailbox.mails()).toEqual([]);
});

test('what is sent to the simulator comes back where a configuration set says so', async () => {
  const to = (address: string) => ({ Destination: { ToAddresses: [address] }, ConfigurationSetName: 'set' });
  send(mail(to('bounce+1@simulator.amazonses.com')));
  send(mail(to('complaint@simulator.amazonses.com')));
  send(mail({ ...to('bounce@simulator.amazonses.com'), ConfigurationSetName: undefined }));
  await turn();
  await turn();
  expect(emitted).toMatchObject([
    {
      'detail-type': 'Email Bounced',
      detail: {
        bounce: { bouncedRecipients: [{ emailAddress: 'bounce+1@simulator.amazonses.com' }] },
        mail: { tags: { 'ses:configuration-set': ['set'] } },
      },
    },
  ]);
});

test('is looked into as JSON and as pages, in which no text of a mail is markup', () => {
  send(mail({}, { Subject: { Data: '<img src=x>' } }));
  const look = (path: string, accept?: string) =>
    mailPage(`/keywright-local/mail${path}`, accept, mailbox.mails(), []);
  const [{ id } = { id: '' }] = mailbox.mails();
  expect(JSON.parse(look('?to=grace@example.org')?.body ?? '').items).toHaveLength(1);
  expect(JSON.parse(look('?to=ada@example.org')?.body ?? '').items).toEqual([]);
  for (const path of ['', `/${id}`]) expect(look(path, 'text/html')?.body).not.toMatch(/<img|<script/);
  for (const path of ['', `/${id}`, `/${id}/html`, `/${id}/text`])
    expect(look(path, 'text/html')?.headers['content-security-policy']).toMatch(
      /^default-src 'none'.*sandbox/,
    );
  expect(look('/00000000-0000-4000-8000-000000000000')).toBeNull();
  expect(look('s')).toBeUndefined();
});

test('a path that is none is nobody’s mail, and ends nothing', () => {
  for (const url of ['//', '/\\\\', 'http://', '*']) expect(mailPage(url, undefined, [], [])).toBeUndefined();
});
