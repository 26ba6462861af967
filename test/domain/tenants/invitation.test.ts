import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  EMAIL,
  type Invitation,
  isOpen,
  isToken,
  namedBy,
  newToken,
  openInvitation,
  requireInvited,
} from '../../../core/domain/tenants/invitation.ts';
import { context as changeContextOf } from '../context.ts';

const context = changeContextOf();

const named = { tenantId: 'tenant_acme', invitationId: 'inv_yAlP9B8aUrgK' };
const bytes = (fill: number) => (count: number) => Buffer.alloc(count, fill);
const input = { email: 'ada@acme.example', role: 'developer', ...named, tokenHash: 'x' } as const;
const invitation: Invitation = openInvitation(input, context);
const verified = { email: 'ada@acme.example', emailVerified: true };
const refusedFor = (who: Parameters<typeof requireInvited>[1], now = context.now) => {
  try {
    requireInvited(invitation, who, now);
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a token', () => {
  const { token, tokenHash } = newToken(named, bytes(7));

  test('says where its invitation is, and is known by its hash alone', () => {
    expect(namedBy(token)).toEqual(named);
    expect(tokenHash).toMatch(/^[0-9a-f]{64}$/);
    expect([isToken(token, tokenHash), isToken(newToken(named, bytes(8)).token, tokenHash)]).toEqual([
      true,
      false,
    ]);
    expect(isToken(token, '')).toBe(false);
  });

  test('has 256 random bits', () => {
    let asked = 0;
    newToken(named, (count) => {
      asked += count;
      return Buffer.alloc(count);
    });
    expect(asked * 8).toBe(256);
  });

  test.each([`${token}A`, token.slice(0, -1), token.replace('.', ' '), ` ${token}`, `${token}\n`, ''])(
    'that is %j names nothing',
    (text) => expect(namedBy(text)).toBeUndefined(),
  );
});

test('an invitation is open for seven days, to the millisecond', () => {
  const end = context.now.getTime() + 7 * 86_400_000;
  expect(Date.parse(invitation.expiresAt)).toBe(end);
  expect([isOpen(invitation, new Date(end - 1)), isOpen(invitation, new Date(end))]).toEqual([true, false]);
  expect(invitation.note).toBeNull();
});

test('an invitation has the name of who made it, where that was known', () => {
  const named = openInvitation(input, { ...context, actor: { ...context.actor, name: 'boss@acme.example' } });
  expect([named.createdByName, 'createdByName' in invitation]).toEqual(['boss@acme.example', false]);
});

describe('an invitation is accepted', () => {
  test('by whoever has its e-mail address, in any case', () => {
    expect(refusedFor(verified)).toBeUndefined();
    expect(refusedFor({ ...verified, email: 'ADA@acme.Example' })).toBeUndefined();
  });

  test('by nobody else, nor by who did not verify it, nor once it has lapsed', () => {
    expect(refusedFor({ ...verified, email: 'eve@acme.example' })).toBe('forbidden');
    expect(refusedFor({ ...verified, email: undefined })).toBe('forbidden');
    expect(refusedFor({ ...verified, emailVerified: false })).toBe('forbidden');
    expect(refusedFor(verified, new Date(invitation.expiresAt))).toBe('invalid_state');
  });

  test('by no address whose letters only turn into these', () => {
    const kelvin = openInvitation({ ...input, email: 'kay@acme.example' }, context);
    expect(() =>
      requireInvited(kelvin, { ...verified, email: '\u212Aay@acme.example' }, context.now),
    ).toThrow();
  });
});

test('an e-mail address is of visible ASCII, in bounded parts', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (email) => {
      expect(EMAIL.test(email)).toBe(true);
    }),
    { numRuns: 50 },
  );
  for (const text of [
    '',
    'a',
    '@b',
    'a@',
    'a b@c',
    'a@b@c',
    'a\n@b.example',
    '.a@b.example',
    'ä@b.example',
  ]) {
    expect([text, EMAIL.test(text)]).toEqual([text, false]);
  }
  expect([EMAIL.test(`${'a'.repeat(64)}@b.example`), EMAIL.test(`${'a'.repeat(65)}@b.example`)]).toEqual([
    true,
    false,
  ]);
});
