import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readIfMatch, requireMatch, tagOf, tagOfContent } from '../../../core/domain/ground/entity-tag.ts';

const opaque = fc
  .array(fc.integer({ min: 0x21, max: 0x7e }).filter((code) => code !== 0x22))
  .map((codes) => `"${String.fromCharCode(...codes)}"`);
const between = fc.constantFrom(',', ', ', ' ,', '\t,\t', ',,', ', ,');

test('of a list of tags exactly the strong ones can match, whatever stands in and between them', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(opaque, fc.boolean(), between), { minLength: 1 }), (list) => {
      const text = list.map(([tag, isWeak, comma]) => `${isWeak ? 'W/' : ''}${tag}${comma}`).join('');
      expect(readIfMatch(text)).toEqual(list.filter(([, isWeak]) => !isWeak).map(([tag]) => tag));
    }),
  );
});

test('any other text is refused, in time that grows with it', () => {
  for (const bad of [
    '',
    ' ',
    ',',
    'r1',
    '"',
    '"a',
    'a"',
    '"a" "b"',
    '"a""b"',
    '*,',
    '*, "a"',
    '"a b"',
    'w/"a"',
  ])
    expect(() => readIfMatch(bad)).toThrow('If-Match');
  for (const long of [
    `${'"a",'.repeat(50_000)}x`,
    ' ,'.repeat(50_000),
    '"'.repeat(99_999),
    '\t'.repeat(99_999),
  ])
    expect(() => readIfMatch(long)).toThrow('If-Match');
});

test('tags differ by revision and by content, and by nothing else', () => {
  expect(tagOf({ revision: 35 })).not.toBe(tagOf({ revision: 36 }));
  expect(tagOfContent({ a: 1, b: [2] })).toBe(tagOfContent({ b: [2], a: 1 }));
  expect(tagOfContent({ a: 1 })).not.toBe(tagOfContent({ a: 2 }));
});

test('without an If-Match nothing is expected', () => {
  expect(() => requireMatch(undefined, undefined, undefined)).not.toThrow();
  expect(() => requireMatch('*', undefined, undefined)).toThrow('not there');
});

test('where more than one change came in between, that is said', () => {
  const last = { by: 'person-1', at: '2026-11-28T00:00:00.000Z', what: 'apiKey.disabled', fields: [] };
  const detailsOf = (read: number) => {
    try {
      requireMatch([tagOf({ revision: read })], tagOf({ revision: 9 }), { ...last, revision: 9 });
    } catch (error) {
      return (error as { details?: readonly { message: string }[] }).details?.map(({ message }) => message);
    }
    return [];
  };
  expect(detailsOf(8)).toEqual(['apiKey.disabled came in between']);
  expect(detailsOf(7)).toHaveLength(2);
});
