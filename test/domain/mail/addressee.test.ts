import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Addressee,
  addressHash,
  isNoted,
  noted,
  recipientsOf,
} from '../../../core/domain/mail/addressee.ts';
import type { Notice } from '../../../core/domain/mail/notice.ts';
import { personOf } from '../../../core/domain/people/person.ts';
import type { Member } from '../../../core/domain/tenants/team.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const ACME = 'tenant_acme';
const notice: Notice = {
  kind: 'leaked',
  when: 'atOnce',
  tenantId: ACME,
  admins: true,
  people: ['dev'],
  except: 'nobody',
};
const member = (sub: string, role: Member['role']): Member => ({
  ...{ sub, role, email: `${sub}@member.example`, tokenHash: '' },
  ...{ joinedAt: NOW.toISOString(), invitedBy: 'x' },
});
const known = (sub: string, change: Partial<Addressee> = {}): Addressee => ({
  ...{ sub, email: `${sub}@token.example`, role: 'admin', tenants: [ACME], revision: 0 },
  seenAt: NOW.toISOString(),
  ...change,
});
const told = (team: readonly Member[], people: readonly Addressee[], change: Partial<Notice> = {}) =>
  recipientsOf({ ...notice, ...change }, { members: team }, people, NOW).map(({ email }) => email);

describe('who is told', () => {
  test('admins of the tenant and whom it concerns, by membership or by token, each once and at the newest address', () => {
    const team = [member('boss', 'admin'), member('dev', 'developer'), member('other', 'developer')];
    expect(told(team, [known('boss', { role: null, tenants: [] }), known('root', { tenants: '*' })])).toEqual(
      ['boss@token.example', 'dev@member.example', 'root@token.example'],
    );
    expect(told(team, [], { except: 'boss' })).toEqual(['dev@member.example']);
    expect(told(team, [], { admins: false, people: [] })).toEqual([]);
  });

  test.each<[string, Partial<Addressee>]>([
    ['acts for another tenant', { tenants: ['tenant_other'] }],
    ['has no role any more', { role: null }],
    ['is an auditor whom it does not concern', { role: 'auditor' }],
    ['was not seen for a month', { seenAt: '2026-10-22T12:00:00.000Z' }],
    ['has no verified address', { email: null }],
    ['wants no such mail', { settings: { ...settings('mail'), leaked: 'off' } }],
  ])('nobody who %s', (_, change) => {
    expect(told([], [known('boss')])).toHaveLength(1);
    expect(told([], [known('boss', change)])).toEqual([]);
  });

  test('who was seen within the month is told', () => {
    expect(told([], [known('boss', { seenAt: '2026-10-24T12:00:00.000Z' })])).toHaveLength(1);
  });

  test('a former member is told nothing, also of what that member asked for', () => {
    expect(told([], [known('dev', { role: null, tenants: [] })], { admins: false })).toEqual([]);
  });

  test('what concerns no one tenant is told to who acts for all', () => {
    const people = [known('boss'), known('root', { tenants: '*' })];
    expect(recipientsOf({ ...notice, tenantId: null }, undefined, people, NOW)).toMatchObject([
      { sub: 'root' },
    ]);
  });

  test('by membership is mailed what was not turned off', () => {
    const quiet = known('boss', { role: null, tenants: [], settings: settings('off') });
    expect(told([member('boss', 'admin')], [quiet])).toEqual([]);
  });
});

describe('who is noted', () => {
  const claims = { sub: 's', email: 'Grace@Example.com', email_verified: 'true', 'keywright:role': 'admin' };

  test('has the address that the issuer verified, and none that it did not', () => {
    expect(noted(personOf(claims), NOW)).toMatchObject({
      email: 'grace@example.com',
      role: 'admin',
      tenants: [],
    });
    for (const change of [
      { email_verified: 'false' },
      { email: 'a@b\r\nbcc: c' },
      { email: '\u212aelvin@example.com' },
    ])
      expect(noted(personOf({ ...claims, ...change }), NOW).email).toBeNull();
  });

  test('is noted again when something changed, or a day later', () => {
    const person = personOf(claims);
    const before = { ...noted(person, NOW), revision: 0 };
    expect(isNoted(person, before, NOW)).toBe(true);
    expect(isNoted(person, undefined, NOW)).toBe(false);
    expect(isNoted(person, before, new Date(NOW.getTime() + 86_400_000))).toBe(false);
    expect(isNoted(person, { ...before, tenants: '*' }, NOW)).toBe(false);
    expect(isNoted(person, { ...before, email: null }, NOW)).toBe(false);
  });
});

test('an address is found in whatever case it is written', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (email) => addressHash(email) === addressHash(email.toUpperCase())),
  );
});

function settings(choice: 'mail' | 'off') {
  return { approvals: choice, decisions: choice, expiring: choice, leaked: choice, newNetwork: choice };
}
