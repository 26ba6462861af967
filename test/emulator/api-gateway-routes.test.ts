import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findRoute } from '../../emulator/api-gateway/http/http-api.ts';
import { byPrecedence, type HttpRoute } from '../../emulator/api-gateway/http/http-definition.ts';
import {
  bySpecificity,
  matchPattern,
  parsePattern,
  splitPath,
} from '../../emulator/api-gateway/path-pattern.ts';

const segment = fc.constantFrom('a', 'b', 'c');
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
const patternText = fc
  .tuple(fc.array(fc.oneof(segment, fc.constant('{x}')), { maxLength: 3 }), fc.boolean())
  .map(([segments, greedy]) => `/${[...segments, ...(greedy ? ['{rest+}'] : [])].join('/')}`);
const distinct = { maxLength: 8, selector: (item: string) => item };

/** A pattern as a regular expression, to compare with. */
function expressionOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('{x}', '[^/]+').replaceAll('{rest+}', '.+')}$`);
}

test('a pattern matches what its regular expression matches', () => {
  fc.assert(
    fc.property(patternText, path, (pattern, subject) => {
      const matched = matchPattern(parsePattern(pattern), splitPath(subject)) !== null;
      expect(matched).toBe(expressionOf(pattern).test(subject));
    }),
    { numRuns: 1000 },
  );
});

describe('a REST API', () => {
  /** The resource tree, walked: at each level the literal child first, then {x}, then {rest+}. */
  function walk(patterns: readonly string[], taken: string, segments: readonly string[]): string | null {
    const [head, ...tail] = segments;
    if (head === undefined) return patterns.includes(taken || '/') ? taken || '/' : null;
    return (
      walk(patterns, `${taken}/${head}`, tail) ??
      walk(patterns, `${taken}/{x}`, tail) ??
      (patterns.includes(`${taken}/{rest+}`) ? `${taken}/{rest+}` : null)
    );
  }

  test('finds the resource that a walk down its tree finds', () => {
    fc.assert(
      fc.property(fc.uniqueArray(patternText, distinct), path, (patterns, subject) => {
        const sorted = patterns.map(parsePattern).toSorted(bySpecificity);
        const found = sorted.find((pattern) => matchPattern(pattern, splitPath(subject)) !== null);
        expect(found?.text ?? null).toBe(walk(patterns, '', splitPath(subject)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an HTTP API', () => {
  const route = (key: string): HttpRoute => {
    const [method = '', text] = key.split(' ');
    return {
      key,
      method: text === undefined ? 'ANY' : method,
      pattern: text === undefined ? null : parsePattern(text),
      authorizer: null,
      scopes: [],
      integration: { uri: '', payloadFormat: '2.0', timeoutMilliseconds: 1 },
    };
  };
  const select = (keys: readonly string[], method: string, subject: string) =>
    findRoute(keys.map(route).toSorted(byPrecedence), method, subject)?.route.key ?? null;

  test("selects as in the developer guide's example", () => {
    const keys = ['$default', 'ANY /{proxy+}', 'GET /pets/{proxy+}', 'GET /pets/dog/{id}', 'GET /pets/dog/1'];
    expect(select(keys, 'GET', '/pets/dog/1')).toBe('GET /pets/dog/1');
    expect(select(keys, 'GET', '/pets/dog/2')).toBe('GET /pets/dog/{id}');
    expect(select(keys, 'GET', '/pets/cat/1')).toBe('GET /pets/{proxy+}');
    expect(select(keys, 'POST', '/test/5')).toBe('ANY /{proxy+}');
    expect(select(keys, 'GET', '/')).toBe('$default');
  });

  test('prefers full matches to greedy ones to $default, and among equals the method to ANY', () => {
    const key = fc.oneof(
      fc
        .tuple(fc.constantFrom('GET', 'POST', 'ANY'), patternText)
        .map(([method, text]) => `${method} ${text}`),
      fc.constant('$default'),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(key, distinct),
        fc.constantFrom('GET', 'POST'),
        path,
        (keys, method, subject) => {
          const candidates = keys.filter((candidate) => {
            const [verb, text] = candidate.split(' ');
            return (
              text === undefined || ((verb === 'ANY' || verb === method) && expressionOf(text).test(subject))
            );
          });
          const chosen = select(keys, method, subject);
          expect(chosen === null).toBe(candidates.length === 0);
          if (chosen === null) return;
          const rank = (candidate: string) =>
            candidate === '$default' ? 2 : candidate.includes('+}') ? 1 : 0;
          expect(rank(chosen)).toBe(Math.min(...candidates.map(rank)));
          const [verb, text] = chosen.split(' ');
          if (verb === 'ANY') expect(candidates).not.toContain(`${method} ${text}`);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
