import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Pepper } from '../../../core/domain/keys/pepper.ts';
import { usageIdentifierKeyOf } from '../../../core/domain/keys/usage-plan.ts';

const pepper = Pepper.parse(JSON.stringify({ current: 'v1', v1: 'p'.repeat(64), v2: 'q'.repeat(64) }));

test('a credential’s value is 64 hex digits, the same at a second attempt, and another for every other', () => {
  const id = fc.string({ unit: fc.constantFrom(...'09AZaz'), minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(id, id, (one, other) => {
      const value = usageIdentifierKeyOf(`key_${one}`, pepper);
      expect(value).toMatch(/^[0-9a-f]{64}$/);
      expect(usageIdentifierKeyOf(`key_${one}`, pepper)).toBe(value);
      expect(usageIdentifierKeyOf(`key_${other}`, pepper) === value).toBe(one === other);
      expect(usageIdentifierKeyOf(`sub_${one}`, pepper)).not.toBe(value);
    }),
  );
});

test('it is no digest of the id itself, and can’t be told without the pepper', () => {
  const value = usageIdentifierKeyOf('key_yAlP9B8aUrgK', pepper);
  const ofId = Buffer.from(pepper.digest('key_yAlP9B8aUrgK').hmac, 'base64url').toString('hex');
  const other = Pepper.parse(JSON.stringify({ current: 'v1', v1: 'r'.repeat(64) }));
  expect(value).not.toBe(ofId);
  expect(usageIdentifierKeyOf('key_yAlP9B8aUrgK', other)).not.toBe(value);
});
