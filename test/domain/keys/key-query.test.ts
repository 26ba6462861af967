import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nameKeyOf, readKeyQuery, searchedHintOf } from '../../../core/domain/keys/key-query.ts';

const keyId = 'key_8sK2mQ4vXz1b';

test.each([
  ['key_8sK2mQ4vXz1b', { keyId, hint: undefined }],
  ['8sK2mQ4vXz1b', { keyId, hint: undefined }],
  ['28kj', { keyId: undefined, hint: '28kj' }],
  ['Shop', { keyId: undefined, hint: 'Shop' }],
  ['key_8sK2mQ4vXz1', { keyId: undefined, hint: undefined }],
  ['é28k', { keyId: undefined, hint: undefined }],
])('%s is looked for as %j and by name', (text, expected) => {
  expect(readKeyQuery(text)).toEqual({ ...expected, namePrefix: text.toLowerCase() });
});

test('a name is found by what it begins with, in any case and however its accents are written', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(name, fc.nat(60), (text, length) => {
      const beginning = [...text.normalize('NFC')].slice(0, length).join('').normalize('NFD');
      const key = nameKeyOf({ name: text, keyId });
      fc.pre(!/[Σσς]|\p{M}/u.test(text.normalize('NFC')));
      expect(key.startsWith(readKeyQuery(beginning).namePrefix)).toBe(true);
      expect(key.endsWith(`#${keyId}`)).toBe(true);
    }),
  );
});

test('the longest name fits into a sort key, whatever lower case makes of it', () => {
  for (const letter of ['İ', '\u{1f511}', 'a', 'Ⱥ'])
    expect(Buffer.byteLength(nameKeyOf({ name: letter.repeat(200), keyId }))).toBeLessThanOrEqual(1024);
});

test('a key is found by its newest secret’s hint, and by none once it is revoked', () => {
  const secrets = [{ hint: 'aaaa' }, { hint: 'bbbb' }] as never;
  expect(searchedHintOf({ status: 'active', secrets })).toBe('aaaa');
  expect(searchedHintOf({ status: 'revoked', secrets })).toBeUndefined();
  // Of an imported digest nothing is known.
  expect(searchedHintOf({ status: 'active', secrets: [{ hint: '' }] as never })).toBeUndefined();
});
