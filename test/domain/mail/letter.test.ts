import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAILED_EVENTS } from '../../../core/contract/mail.ts';
import {
  digestLetter,
  digestLine,
  invitationLetter,
  type Letter,
  letterOf,
  named,
} from '../../../core/domain/mail/letter.ts';
import { mailedEvent } from '../../support/mail.ts';

const enclosed = { subject: { name: 'Checkout', environment: 'live' }, tenantName: 'Acme' };
const NOTICES = MAILED_EVENTS.filter(
  (type) => !['member.invited', 'signUp.approved', 'signUp.rejected'].includes(type),
);

const textsOf = ({ subject, paragraphs, facts }: Letter) => [subject, ...paragraphs, ...facts.flat()];

describe('a letter', () => {
  test.each(NOTICES)('of %s says what happened, whose it is, and what to do', (type) => {
    const letter = letterOf(mailedEvent(type), enclosed);
    expect(letter.subject).toMatch(/^\S.*\S$/);
    expect(letter.subject).not.toMatch(/ {2}|undefined|null/);
    for (const text of textsOf(letter)) expect(text).not.toMatch(/undefined|NaN|\[object/);
    expect(letter.action.path).toMatch(/^\/[\w/-]+$/);
    expect(Object.fromEntries(letter.facts)).toMatchObject({ When: '2026-11-22 12:00 UTC' });
  });

  test('of a decision has its reason, and who decided', () => {
    const event = mailedEvent('subscription.rejected');
    const { subject, facts } = letterOf(event, enclosed);
    expect(subject).toBe('Your subscription “Checkout” was rejected');
    expect(Object.fromEntries(facts)).toMatchObject({ Reason: 'Ask for the sandbox product first' });
    expect(Object.fromEntries(facts).By).toBe('ada@\u2060example.\u2060com');
  });

  test('tells who asked for a secret to call for it, and nobody else', () => {
    const of = (operation: string) =>
      letterOf(
        mailedEvent('approval.approved', { data: { ...mailedEvent('approval.approved').data, operation } }),
        enclosed,
      ).paragraphs[0];
    expect(of('rotateKey')).toContain('Call for it');
    expect(of('revokeKey')).toContain('carried out now');
  });

  test('of an invitation has its token in the link and nowhere else', () => {
    const letter = invitationLetter(mailedEvent('member.invited'), enclosed, 'tenant_a.inv_b.SECRET');
    expect(letter.action.path).toBe('/invitations#token=tenant_a.inv_b.SECRET');
    expect(textsOf(letter).join()).not.toContain('SECRET');
    expect(letter.isNotification).toBe(false);
  });
});

describe('what people call things', () => {
  test('is one line, not long, and nothing that a mail program makes a link of', () => {
    expect(named('evil.example/login now')).toBe('evil.\u2060example/\u2060login now');
    expect(named('https://evil.example')).not.toContain('://');
    expect(named('a\r\nBcc: b@c.example')).toBe('a Bcc: b@\u2060c.\u2060example');
    expect(named('\u202egnp.exe')).toBe('gnp.\u2060exe');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (text) => {
        const shown = named(text);
        expect([...shown.replaceAll('\u2060', '')].length).toBeLessThanOrEqual(80);
        expect(shown).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]|:\/\/|\.[a-z]|@[a-z]/u);
      }),
    );
  });

  test('stands quoted in subjects and lines, whoever the letter is of', () => {
    const hostile = { subject: { name: 'Click https://evil.example' }, tenantName: 'www.evil.example' };
    for (const type of NOTICES)
      expect(textsOf(letterOf(mailedEvent(type), hostile)).join()).not.toMatch(/evil\.example|:\/\/evil/);
    const invitation = invitationLetter(mailedEvent('member.invited'), hostile, 't');
    expect(invitation.subject).toBe('You are invited to “www.\u2060evil.\u2060example”');
  });
});

describe('a digest', () => {
  const line = digestLine(mailedEvent('apiKey.usedFromNewIp'), { name: 'Checkout' });

  test('has a line for each thing, by tenant, and says how many more there are', () => {
    expect(line).toMatch(/^“Checkout” \(\w+_\w+\) was used from a new network, 203\.0\.113\.0\/24$/);
    expect(digestLine(mailedEvent('apiKey.expiring'), {})).toMatch(
      /expires in 14 days, on 2026-12-06 12:00 UTC$/,
    );
    const part = (count: number) => ({
      tenantId: 'tenant_acme',
      tenantName: 'Acme',
      lines: Array(count).fill(line),
    });
    expect(digestLetter('2026-11-22', [part(1)])).toMatchObject({
      subject: '1 thing about your keys on 2026-11-22',
      facts: [['“Acme”', line]],
    });
    const many = digestLetter('2026-11-22', [part(60)]);
    expect([many.subject, many.facts.length, many.facts.at(-1)]).toEqual([
      '60 things about your keys on 2026-11-22',
      51,
      ['“Acme”', 'and 10 more'],
    ]);
  });
});
