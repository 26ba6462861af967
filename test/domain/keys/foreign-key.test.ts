import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  FOREIGN_TEXT_RULE,
  fingerprintOf,
  foreignKey,
  isFingerprint,
} from '../../../core/domain/keys/foreign-key.ts';
import { KeyFormat } from '../../../core/domain/keys/key-format.ts';

test('a text of 16 to 512 visible characters can be a foreign key, of the scheme that it came in', () => {
  for (const length of [16, 512]) {
    const text = 'x'.repeat(length);
    expect(foreignKey(text, 'tenant')).toEqual({ kind: 'foreign', scheme: 'tenant', text });
    expect(foreignKey(text, 'subscription')?.scheme).toBe('subscription');
  }
  expect(foreignKey(`!~${'x'.repeat(14)}`, 'tenant')).toBeDefined();
  expect(FOREIGN_TEXT_RULE).toContain('16 to 512 visible ASCII');
});

test.each([
  ['too short', 'x'.repeat(15)],
  ['too long', 'x'.repeat(513)],
  ['a blank', `x ${'x'.repeat(20)}`],
  ['a line end behind it', `${'x'.repeat(20)}\n`],
  ['a control character', `\u007f${'x'.repeat(20)}`],
  ['a letter beyond ASCII', `é${'x'.repeat(20)}`],
])('%s: nothing that a key was imported for', (_, text) => {
  expect(foreignKey(text, 'tenant')).toBeUndefined();
});

test('a fingerprint is SHA-256 in lowercase hexadecimal', () => {
  expect(fingerprintOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  const hex = fingerprintOf('abc');
  expect(isFingerprint(hex)).toBe(true);
  for (const text of [hex.slice(1), `${hex}0`, hex.toUpperCase(), `g${hex.slice(1)}`, `${hex}\n`, ''])
    expect(isFingerprint(text)).toBe(false);
});

test('every text has a fingerprint, and no key of an operator’s is one', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('', 'acme', 'a1'), (text, vendor) => {
      expect(isFingerprint(fingerprintOf(text))).toBe(true);
      const key = new KeyFormat(vendor).mint('sk', 'live', '0123456789ab', (count) => new Uint8Array(count));
      expect(isFingerprint(key)).toBe(false);
    }),
  );
});
