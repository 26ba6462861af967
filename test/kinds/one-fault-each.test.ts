import { crc32 } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { toBase62 } from '../../core/domain/ground/base62.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { malformationOf } from '../../core/domain/keys/key-search.ts';

/** What a key consists of, its checksum right whatever else is wrong. */
function keyOf(parts: { prefix?: string; id?: string; secret?: string } = {}): string {
  const { prefix = 'sk_live_', id = '0123456789AB', secret = 'Cdefghijklmnopqrstuvwxyz01234567' } = parts;
  const unsigned = `${prefix}${id}${secret}`;
  return `${unsigned}${toBase62(crc32(unsigned), 6)}`;
}

const format = new KeyFormat();
const verdict = (text: string, of = format) => [of.parse(text)?.id, malformationOf(text, of)?.reason];

describe('a key that is right but for one thing is refused, and told that thing', () => {
  test('as it stands it is good', () => {
    expect(verdict(keyOf())).toEqual(['0123456789AB', undefined]);
  });

  test.each([
    '/',
    ':',
    '@',
    '[',
    '`',
    '{',
    '_',
    '-',
    '.',
    ' ',
    '\t',
    '\0',
    '\x7f',
    'é',
    'ſ',
    'Ａ',
    'İ',
    '٣',
    'ı',
  ])('the character %j, in the id or in the secret, under a checksum that is right', (character) => {
    for (const at of [0, 5, 11]) {
      const id = `${'0123456789AB'.slice(0, at)}${character}${'0123456789AB'.slice(at + 1)}`;
      expect(verdict(keyOf({ id }))).toEqual([undefined, 'alphabet']);
    }
    for (const at of [0, 16, 31]) {
      const secret = `${'s'.repeat(at)}${character}${'s'.repeat(31 - at)}`;
      expect(verdict(keyOf({ secret }))).toEqual([undefined, 'alphabet']);
    }
  });

  test.each([31, 33])('a secret of %i characters, under a checksum that is right', (length) => {
    expect(verdict(keyOf({ secret: 's'.repeat(length) }))).toEqual([undefined, 'length']);
  });

  test.each(['xk_live_', 'sk_prod_', 'SK_live_', 'sk_LIVE_', 'sk-live_', 'acme_sk_live_', ' sk_live_', ''])(
    'the prefix %j, under a checksum that is right',
    (prefix) => {
      expect(verdict(keyOf({ prefix }))).toEqual([undefined, 'prefix']);
    },
  );

  test('another operator’s prefix, for each operator', () => {
    const acme = new KeyFormat('acme');
    const key = keyOf({ prefix: 'acme_sk_live_' });
    expect(verdict(key, acme)).toEqual(['0123456789AB', undefined]);
    expect(verdict(keyOf(), acme)).toEqual([undefined, 'prefix']);
    expect(verdict(key, new KeyFormat('acme2'))).toEqual([undefined, 'prefix']);
  });

  test('one digit of the checksum, whichever', () => {
    for (let back = 1; back <= 6; back++) {
      const key = keyOf();
      const at = key.length - back;
      const other = key[at] === '0' ? '1' : '0';
      expect(verdict(key.slice(0, at) + other + key.slice(at + 1))).toEqual([undefined, 'checksum']);
    }
  });

  test('a checksum in other letters', () => {
    const unsigned = keyOf().slice(0, -6);
    const lower = keyOf().slice(-6).toLowerCase();
    expect(verdict(unsigned + lower)).toEqual([undefined, 'checksum']);
  });

  test.each([
    ['a', false],
    ['ab', true],
    ['a'.repeat(20), true],
    ['a'.repeat(21), false],
    ['aB', false],
    ['a_', false],
  ])('the vendor %j is taken: %p', (vendor, isTaken) => {
    const make = () => new KeyFormat(vendor).vendor;
    if (isTaken) expect(make()).toBe(vendor);
    else expect(make).toThrow(RangeError);
  });
});
