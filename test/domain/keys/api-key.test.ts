import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ApiKey, liveSecrets, statusOf } from '../../../core/domain/keys/api-key.ts';
import { later, NOW } from '../context.ts';

const expiresAt = NOW.toISOString();

test('a key expires to the millisecond, whether it is enabled or not', () => {
  for (const status of ['active', 'disabled'] as const) {
    expect(statusOf({ status, expiresAt }, later(-1))).toBe(status);
    expect(statusOf({ status, expiresAt }, NOW)).toBe('expired');
    expect(statusOf({ status }, later(1e12))).toBe(status);
  }
});

test('a key that was revoked stays so, whatever time passes', () => {
  expect(statusOf({ status: 'revoked', expiresAt }, later(1))).toBe('revoked');
});

test('a secret works until its overlap ends, to the millisecond, and one without an end goes on', () => {
  const secret = (id: string, end?: Date) => ({
    ...{ id, createdAt: expiresAt, hint: id },
    ...(end && { expiresAt: end.toISOString() }),
  });
  const key = { secrets: [secret('new'), secret('old', later(5))] };
  const live = (now: Date) => liveSecrets(key, now).map(({ id }) => id);
  expect([live(later(4)), live(later(5)), live(later(1e12))]).toEqual([['new', 'old'], ['new'], ['new']]);
});

test('what has ended does not come back', () => {
  const status = fc.constantFrom<ApiKey['status']>('active', 'disabled', 'revoked');
  fc.assert(
    fc.property(status, fc.nat(), fc.nat(), (given, end, after) => {
      const key = { status: given, expiresAt: later(end).toISOString() };
      const ended = ['revoked', 'expired'];
      if (ended.includes(statusOf(key, later(after))))
        expect(ended).toContain(statusOf(key, later(after + 1)));
      expect(statusOf(key, later(end))).not.toBe('active');
    }),
  );
});
