import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isProvenOwn, returnPathOf } from '../../../core/domain/people/same-origin.ts';

const OWN = ['https://keys.example.com'];
const marked = { 'x-keywright': '1' };

test.each<[string, string, Record<string, string>, boolean]>([
  ['reading', 'GET', {}, true],
  [
    'a form of another site',
    'POST',
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    false,
  ],
  ['the header alone', 'POST', marked, false],
  ['the header with another value', 'POST', { 'x-keywright': '2', 'sec-fetch-site': 'same-origin' }, false],
  ['a page of ours', 'DELETE', { ...marked, 'sec-fetch-site': 'same-origin' }, true],
  ['a page of ours in an old browser', 'PATCH', { ...marked, origin: 'https://keys.example.com' }, true],
  ['another origin in an old browser', 'PATCH', { ...marked, origin: 'https://evil.example' }, false],
  ['no origin', 'PATCH', { ...marked, origin: 'null' }, false],
  ['a neighbour’s page', 'POST', { ...marked, 'sec-fetch-site': 'same-site', origin: OWN[0] ?? '' }, false],
  ['the address bar', 'POST', { ...marked, 'sec-fetch-site': 'none' }, false],
  ['our page without the header', 'PUT', { 'sec-fetch-site': 'same-origin' }, false],
])('a request by cookie from %s', (_, method, headers, expected) => {
  expect(isProvenOwn(method, headers, OWN)).toBe(expected);
});

describe('where a person goes after signing in', () => {
  test.each([
    ['/keys?a=1#b', '/keys?a=1#b'],
    ['/', '/'],
    ['/admin/a/../b', '/admin/b'],
    ...[
      undefined,
      '',
      'keys',
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      '/.//evil.example',
    ].map((asked) => [asked, '/'] as const),
    ...['https://evil.example', 'javascript:alert(1)', '/auth/logout', '/v1/me', '/a/../auth/login'].map(
      (asked) => [asked, '/'] as const,
    ),
    ['/%2f/evil.example', '/%2f/evil.example'],
    [`/${'x'.repeat(2000)}`, '/'],
    [`/${'"'.repeat(1000)}`, '/'],
  ] as const)('%s leads to %s', (asked, expected) => {
    expect(returnPathOf(asked)).toBe(expected);
  });

  test('is a page of the same origin, whatever is asked for', () => {
    const parts = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '@',
      ':',
      '?',
      '#',
      'evil.example',
      '%2f',
      '\t',
      '\n',
      'http',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), (texts) => {
        const path = returnPathOf(`/${texts.join('')}`);
        const url = new URL(path, 'https://keys.example.com');
        expect(url.origin).toBe('https://keys.example.com');
        // A second reading, as by a browser's address bar, leads to the same place.
        expect(new URL(url.pathname, 'https://keys.example.com').origin).toBe(url.origin);
      }),
      { numRuns: 2000 },
    );
  });
});
