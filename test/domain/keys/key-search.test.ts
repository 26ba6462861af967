import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KeyFormat, type KeyKind } from '../../../core/domain/keys/key-format.ts';
import { keyPattern, keysIn, malformationOf, scannerPattern } from '../../../core/domain/keys/key-search.ts';

const KINDS: readonly KeyKind[] = ['sk', 'sub', 'ck'];
const bytes = fc.infiniteStream(fc.integer({ min: 0, max: 247 }));
const vendors = fc.constantFrom('', 'acme', 'a1');

/** Any key that could be minted, and what it was minted by. */
const minted = fc
  .record({
    vendor: vendors,
    kind: fc.constantFrom(...KINDS),
    environment: fc.constantFrom('sandbox' as const, 'live' as const),
    stream: bytes,
  })
  .map(({ vendor, kind, environment, stream }) => {
    const format = new KeyFormat(vendor);
    const randomBytes = (count: number) => Uint8Array.from(stream.take(count));
    return { format, kind, key: format.mint(kind, environment, '0123456789AB', randomBytes) };
  });

const found = (format: KeyFormat, kind: KeyKind, text: string) =>
  [...text.matchAll(new RegExp(scannerPattern(kind, format), 'g'))].map(([, key]) => key);

/** Shannon's entropy of a text's characters, in bits each, as scanners measure it. */
function entropyOf(text: string): number {
  const counts = [...Map.groupBy(text, (character) => character).values()].map(({ length }) => length);
  return counts.reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

/** What can stand right before a key: the end of a line or word, or an escaped character. */
const before = fc.oneof(
  fc.constantFrom('', ' ', '\n', '"', "'", '`', '=', ':', ',', '(', '[', '{', '>', '/', '-', '.', '@', 'é'),
  fc.constantFrom('%3D', '%22', '%2f', '\\n', '\\t', '\\u003d', '\\u0022', '\\"'),
);
const after = fc.constantFrom(
  '',
  ' ',
  '\n',
  '"',
  "'",
  '`',
  ';',
  ',',
  ')',
  ']',
  '}',
  '<',
  '&',
  '%26',
  '\\n',
  '.',
  '_',
);
const anything = fc.string({ unit: 'grapheme', maxLength: 40 });

test('every key is found whole in whatever surroundings', () => {
  fc.assert(
    fc.property(
      minted,
      anything,
      before,
      after,
      anything,
      ({ format, kind, key }, head, left, right, tail) => {
        // A character that continues a word is no surrounding but another text.
        const start = left === '' ? '' : head;
        const end = right === '' ? '' : tail;
        expect(found(format, kind, `${start}${left}${key}${right}${end}`)).toContain(key);
      },
    ),
  );
});

test.each(['', 'acme'])('keys of vendor %j are found in what people commit', (vendor) => {
  const format = new KeyFormat(vendor);
  const random = (count: number) => Uint8Array.from({ length: count }, (_, i) => (i * 37 + count) % 248);
  const [one, two] = [
    format.mint('sk', 'live', 'yAlP9B8aUrgK', random),
    format.mint('sk', 'sandbox', 'B8aUrgKyAlP9', random),
  ];
  const texts = [
    `const client = new Client("${one}", '${two}');`,
    `KEYWRIGHT_KEY=${one}\nOTHER=${two}\n`,
    `https://api.example.com/?key=${one}&next=https%3A%2F%2Fx%3Fkey%3D${two}%26a=1`,
    `{"live":"${one}","message":"line\\n${two}"}`,
    `live: ${one}\ntest: ${two} # rotate`,
    `!function(){a="${one}",b="${two}"}();`,
    `curl -H 'x-api-key: ${one}' -H 'Authorization: Bearer ${two}'`,
    `${one},${two}`,
  ];
  for (const text of texts) expect([text, found(format, 'sk', text)]).toEqual([text, [one, two]]);
});

describe('nothing else is found', () => {
  const own = new KeyFormat('acme');
  const key = own.mint('sk', 'live', 'yAlP9B8aUrgK', (count) => new Uint8Array(count).fill(7));
  const bare = key.slice('acme_'.length);

  test.each([
    ['another vendor’s key of the same form', `other_${bare}`],
    ['a vendor whose name ends alike', `b${key}`],
    ['a key without the prefix', bare],
    ['a longer text', `${key}0`],
    ['a shorter text', key.slice(0, -1)],
    ['another environment', key.replace('live', 'test')],
    ['another type', key.replace('_sk_', '_pk_')],
    ['letters that no key has', key.replace(/.{5}$/, 'äöüßé')],
    ['an id', 'key_yAlP9B8aUrgK'],
  ])('%s', (_, text) => {
    for (const kind of KINDS) expect(found(own, kind, `"${text}"`)).toEqual([]);
  });

  test('by the pattern without a vendor, in a vendor’s key', () => {
    for (const kind of KINDS) expect(found(new KeyFormat(), kind, key)).toEqual([]);
  });
});

test('the patterns are RE2: neither look-around nor references back, nor what grows without bound', () => {
  fc.assert(
    fc.property(vendors, fc.constantFrom(...KINDS), (vendor, kind) => {
      const pattern = scannerPattern(kind, new KeyFormat(vendor));
      expect(pattern).not.toMatch(/\(\?[=!<]|\\[1-9]|\(\?>|[*+]/);
      // One group, which is the key, as scanners of secrets want it.
      expect(pattern.match(/(?<!\\)\((?!\?)/g)).toHaveLength(1);
    }),
  );
});

test('a scanner that looks for keywords first and for entropy last finds every key', () => {
  fc.assert(
    fc.property(minted, ({ format, kind, key }) => {
      const text = `token = "${key}"`;
      const vendor = format.vendor === '' ? '' : `${format.vendor}_`;
      expect(text.toLowerCase()).toContain(`${vendor}${kind}_`);
      const [match = ''] = found(format, kind, text);
      // What is drawn uniformly: the edges of the property are not what is minted in practice.
      fc.pre(new Set(key.slice(-50)).size >= 25);
      expect(entropyOf(match)).toBeGreaterThan(3.5);
      // What the find is confirmed by.
      expect(format.parse(match)?.text).toBe(key);
    }),
  );
});

test('an explanation never repeats the text', () => {
  const format = new KeyFormat();
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), (text) => {
      fc.pre(!/^[a-z_0-9 ]+$/.test(text));
      expect(malformationOf(text, format)?.message).not.toContain(text);
    }),
  );
});

describe('why a text is no key is told in the order in which it is read', () => {
  const acme = new KeyFormat('acme');
  const key = acme.mint('sk', 'live', 'yAlP9B8aUrgK', (count) => new Uint8Array(count).fill(7));

  test.each([
    ['', 'prefix', 'a key starts with acme_pk_, acme_sk_, acme_sub_ or acme_ck_, then dev_ or live_'],
    [key.slice('acme_'.length), 'prefix', expect.stringContaining('acme_sk_')],
    [key.slice(0, -1), 'length', 'a acme_sk_live_… key has 63 characters, this has 62'],
    [`${key}0`, 'length', 'a acme_sk_live_… key has 63 characters, this has 64'],
    [`${key.slice(0, -1)}-`, 'alphabet', 'after acme_sk_live_ a key holds only 0-9, A-Z and a-z'],
    [
      key.slice(0, -1) + (key.endsWith('0') ? '1' : '0'),
      'checksum',
      'the checksum does not match: a character was changed, lost or swapped',
    ],
  ])('%j: %s', (text, reason, message) => {
    expect(malformationOf(text, acme)).toEqual({ reason, message });
  });

  test('a key without a vendor is told to start without one', () => {
    expect(malformationOf('x', new KeyFormat())?.message).toBe(
      'a key starts with pk_, sk_, sub_ or ck_, then dev_ or live_',
    );
  });

  test('a key of either environment and of each kind has nothing wrong', () => {
    for (const kind of ['pk', 'sk', 'sub', 'ck'] as const) {
      for (const environment of ['sandbox', 'live'] as const) {
        const text = acme.mint(kind, environment, 'yAlP9B8aUrgK', (count) => new Uint8Array(count));
        expect(malformationOf(text, acme)).toBeUndefined();
      }
    }
  });
});

test('keys are found in a text one by one, and never inside a longer word', () => {
  const format = new KeyFormat('acme');
  const [one, two] = [1, 2].map((seed) =>
    format.mint('ck', 'live', 'yAlP9B8aUrgK', (count) => new Uint8Array(count).fill(seed)),
  );
  expect(`${one},${two} ${one}`.match(keyPattern(format))).toEqual([one, two, one]);
  for (const text of [`x${one}`, `${one}x`, `0${one}`, `${one}0`, `${one}`.slice(0, -1)])
    expect(text.match(keyPattern(format))).toBeNull();
  expect(`-${one}_`.match(keyPattern(format))).toEqual([one]);
});

test('in what must hold no key each is found, whatever touches it', () => {
  const format = new KeyFormat('acme');
  const [one = '', two = ''] = [1, 2].map((seed) =>
    format.mint('ck', 'live', 'yAlP9B8aUrgK', (count) => new Uint8Array(count).fill(seed)),
  );
  const found = (text: string) => keysIn(text, format).map((key) => key.text);
  expect(found(`${one},${two} ${one}`)).toEqual([one, two, one]);
  for (const text of [`x${one}`, `${one}x`, `0${one}0`, `-${one}_`]) expect(found(text)).toEqual([one]);
  for (const text of [one.slice(0, -1), one.replace('ck', 'sk'), one.toUpperCase()])
    expect(found(text)).toEqual([]);
});

test('no key is hidden by what looks like one and reaches into it', () => {
  const format = new KeyFormat();
  const key = format.mint('sk', 'live', 'yAlP9B8aUrgK', (count) => new Uint8Array(count));
  for (const prefix of format.prefixes)
    for (let filled = 0; filled <= key.length; filled++)
      expect(keysIn(prefix.text + 'A'.repeat(filled) + key, format)).toContainEqual(format.parse(key));
});
