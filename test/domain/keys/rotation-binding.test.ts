import { describe, expect, test } from '@jest/globals';
import { requireBound, usedLately } from '../../../core/domain/keys/rotation-binding.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000).toISOString();
const secret = { id: 'a', hint: 'x7Qp', createdAt: hoursAgo(100) };
const used = (hours: number) => ({ at: hoursAgo(hours), bySecret: { a: hoursAgo(hours) } });

describe('whether a secret is in use', () => {
  test.each([
    ['used an hour ago', secret, undefined, used(1), hoursAgo(1)],
    ['used just within a day', secret, undefined, used(23.9), hoursAgo(23.9)],
    ['silent for a day', secret, undefined, used(24), undefined],
    ['never used', secret, { createdAt: hoursAgo(200) }, undefined, undefined],
    ['used before it came to be', { ...secret, createdAt: hoursAgo(2) }, undefined, used(3), undefined],
    ['made by hand an hour ago', { ...secret, createdAt: hoursAgo(1) }, secret, undefined, hoursAgo(1)],
    ['made by hand long ago', secret, { createdAt: hoursAgo(200) }, undefined, undefined],
    [
      'registered, tried and never handed out',
      { ...secret, createdAt: hoursAgo(2), registered: true as const },
      secret,
      used(1),
      undefined,
    ],
    [
      'registered, and older than what is handed out',
      { ...secret, registered: true as const },
      { createdAt: hoursAgo(2) },
      used(1),
      hoursAgo(1),
    ],
  ])('%s', (_, ended, kept, lastUse, lastUsedAt) => {
    expect(usedLately(ended, kept, lastUse, NOW)?.lastUsedAt).toBe(lastUsedAt);
  });
});

test('a credential exists for the principal that it is bound to, and for no other', () => {
  const principalArn = 'arn:aws:iam::111122223333:role/Rotate';
  expect(() => requireBound({ principalArn }, principalArn)).not.toThrow();
  for (const rotation of [undefined, { principalArn: `${principalArn}r` }, { principalArn: '' }])
    expect(() => requireBound(rotation, principalArn)).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
});
