import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hintOf, KeyFormat } from '../../../core/domain/keys/key-format.ts';
import { keyPattern, malformationOf } from '../../../core/domain/keys/key-search.ts';

type Part = string | { repeat: string; times: number };
interface Vectors {
  valid: { vendor: string; type: string; env: string; id: string; secret: string; checksum: string }[];
  invalid: { parts: Part[]; why: string }[];
}

const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../vectors/key-format.json', import.meta.url), 'utf8'),
);
const textOf = (parts: Part[]) =>
  parts.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.times))).join('');
const kind = fc.constantFrom('pk' as const, 'sk' as const, 'sub' as const, 'ck' as const);
const environment = fc.constantFrom('sandbox' as const, 'live' as const);
const vendor = fc.constantFrom('', 'acme', 'k2');
const id = fc.string({ unit: fc.constantFrom(...'09AZaz'), minLength: 12, maxLength: 12 });

describe('the published vectors', () => {
  test.each(vectors.valid)(
    '$vendor $type $env $id is a key',
    ({ vendor: name, type, env, id: keyId, secret, checksum }) => {
      const text = `${name === '' ? '' : `${name}_`}${type}_${env}_${keyId}${secret}${checksum}`;
      const key = new KeyFormat(name).parse(text);
      expect(key).toEqual({ kind: type, environment: env === 'dev' ? 'sandbox' : 'live', id: keyId, text });
      expect(new KeyFormat(name === '' ? 'other' : '').parse(text)).toBeUndefined();
    },
  );

  test.each(vectors.invalid)('refused: $why', ({ parts }) => {
    for (const name of ['', 'acme']) {
      expect(new KeyFormat(name).parse(textOf(parts))).toBeUndefined();
      expect(malformationOf(textOf(parts), new KeyFormat(name))?.message).toEqual(expect.any(String));
    }
  });
});

test('every minted key parses to what it was minted for, and is found in a text', () => {
  fc.assert(
    fc.property(kind, environment, vendor, id, (keyKind, keyEnvironment, name, keyId) => {
      const format = new KeyFormat(name);
      const text = format.mint(keyKind, keyEnvironment, keyId, randomBytes);
      expect(format.parse(text)).toEqual({ kind: keyKind, environment: keyEnvironment, id: keyId, text });
      expect(malformationOf(text, format)).toBeUndefined();
      expect(`see "${text}".`.match(keyPattern(format))).toEqual([text]);
    }),
  );
});

test('changing any one character of a key makes it no key', () => {
  const format = new KeyFormat();
  fc.assert(
    fc.property(fc.nat(57), fc.constantFrom(...'0Az_ é'), (position, character) => {
      const text = format.mint('sk', 'live', 'yAlP9B8aUrgK', randomBytes);
      const changed = text.slice(0, position) + character + text.slice(position + 1);
      fc.pre(changed !== text);
      expect(format.parse(changed)).toBeUndefined();
    }),
  );
});

test('a vendor that would break the grammar is refused', () => {
  for (const name of ['A', 'a', 'a_b', 'x'.repeat(21), 'é2'])
    expect(() => new KeyFormat(name)).toThrow(RangeError);
});

test('a hint is the last four characters', () => {
  expect(hintOf('sk_live_abcdWXYZ')).toBe('WXYZ');
});
