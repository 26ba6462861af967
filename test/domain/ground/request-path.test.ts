import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AMBIGUOUS_WILDCARDS, readingsOf } from '../../../core/domain/ground/request-path.ts';

describe('a path that all read alike', () => {
  test.each([
    ['/', ['/']],
    ['/v1/orders', ['/v1/orders']],
    ['/v1/orders/', ['/v1/orders', '/v1/orders/']],
    ['/v1/a%20b', []],
    ['/v1/a%40b', ['/v1/a@b', '/v1/a%40b']],
    ['/v1/a%40b/', ['/v1/a@b', '/v1/a%40b', '/v1/a@b/', '/v1/a%40b/']],
    ['/caf%C3%A9', ['/café', '/caf%C3%A9']],
    ['/v1/a.b', ['/v1/a.b']],
    ["/v1/~!$&'()*+,=:@-_", ["/v1/~!$&'()*+,=:@-_"]],
    ['/größe/東京', ['/größe/東京']],
    ['/привет', ['/привет']],
  ])('%s has the readings %j', (path, readings) => {
    expect(readingsOf(path)).toEqual(readings);
  });
});

describe('a path is ambiguous', () => {
  test.each([
    ['without a slash in front', 'v1'],
    ['empty', ''],
    ['with an empty segment', '/v1//orders'],
    ['with two slashes at its end', '/v1//'],
    ['of nothing but slashes', '//'],
    ['with a dot segment', '/v1/./orders'],
    ['with a double dot', '/v1/../orders'],
    ['with a dot at a segment’s end', '/v1./orders'],
    ['with a dot at its end', '/v1/orders.'],
    ['with a path parameter', '/v1/orders;x=1'],
    ['with a query', '/v1?x'],
    ['with a fragment', '/v1#x'],
    ['with a backslash', '/v1\\orders'],
    ['with a blank', '/v1/a b'],
    ['with a control character', '/v1/\u0001'],
    ['with the last control character', '/v1/\u007f'],
    ['with an encoded slash', '/v1%2Forders'],
    ['with an encoded slash in lower case', '/v1%2forders'],
    ['with an encoded letter', '/v1/%61'],
    ['with an encoded digit', '/v1/%30'],
    ['with an encoded hyphen', '/v1/a%2Db'],
    ['with an encoded dot', '/v1/%2E%2E'],
    ['with an encoded underscore', '/v1/%5F'],
    ['with an encoded tilde', '/v1/%7E'],
    ['encoded twice', '/v1/%2540'],
    ['with half an encoding', '/v1/%4'],
    ['with bytes that are no UTF-8', '/v1/%C3%28'],
    ['with a session of ASP.NET', '/(S(abc))/orders'],
    ['with what looks like another letter', '/v1/оrders'],
    ['with a Greek letter among Latin ones', '/v1/αbc'],
    ['with a mark over a Latin letter', '/v1/e\u0301'],
    ['with a wide letter', '/v1/ａ'],
    ['with a character that is not seen', '/v1/a\u200bb'],
    ['with a soft hyphen', '/v1/a\u00adb'],
  ])('%s', (_, path) => {
    expect(readingsOf(path)).toEqual([]);
  });
});

test('what is read of a path is read of it decoded, and never ends otherwise than the path does', () => {
  const character = fc.constantFrom(...'/aZ09-._~!%24FfSs();@é о', '%40', '%C3%A9', '%2F');
  fc.assert(
    fc.property(fc.array(character, { maxLength: 10 }), (characters) => {
      const path = `/${characters.join('')}`;
      const readings = readingsOf(path);
      expect(new Set(readings).size).toBe(readings.length);
      for (const reading of readings) {
        expect(reading).toMatch(/^\/(?:[^/]+(?:\/[^/]+)*\/?)?$/);
        expect(reading).not.toMatch(/[;?#\\ ]|\/\.{1,2}(?:\/|$)/);
      }
      if (readings.length > 0) expect(readings).toContain(path);
    }),
    { numRuns: 500 },
  );
});

test('IAM’s wildcards for ambiguous paths match no plain path of visible ASCII', () => {
  const asRegExp = (wildcard: string) =>
    new RegExp(
      `^${[...wildcard].map((c) => (c === '*' ? '.*' : c === '?' ? '.' : `\\u{${c.charCodeAt(0).toString(16)}}`)).join('')}$`,
      'u',
    );
  const wildcards = AMBIGUOUS_WILDCARDS.map(asRegExp);
  const segment = fc.string({ unit: fc.constantFrom(...'aZ0-_~!$,=:@.'), minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
      const path = `/${segments.join('/')}`;
      if (readingsOf(path).length === 0) return;
      expect(wildcards.filter((wildcard) => wildcard.test(`GET${path}`))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
