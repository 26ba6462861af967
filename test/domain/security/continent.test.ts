import { expect, test } from '@jest/globals';
import { countries } from 'countries-list';
import fc from 'fast-check';
import { farApart } from '../../../core/domain/security/continent.ts';

test('far apart are countries that share no continent, counting edges, and both ways alike', () => {
  const pairs: [string, string, boolean][] = [
    ['DE', 'US', true],
    ['DE', 'CN', true],
    ['DE', 'ZA', true],
    ['US', 'BR', true],
    ['AU', 'GB', true],
    ['DE', 'PT', false],
    ['GR', 'TR', false],
    ['RU', 'KZ', false],
    ['EG', 'IL', false],
    ['IT', 'TN', false],
    ['PA', 'CO', false],
    ['IS', 'GL', false],
    ['AU', 'ID', false],
    ['DE', '-', false],
  ];
  for (const [one, other, far] of pairs) {
    expect([one, other, farApart(one, other), farApart(other, one)]).toEqual([one, other, far, far]);
  }
});

test('who stands still has not gone far, and nobody goes further in one direction than back', () => {
  const code = fc.constantFrom(...Object.keys(countries), '-', 'XX', '');
  fc.assert(
    fc.property(code, code, (one, other) => {
      expect(farApart(one, one)).toBe(false);
      expect(farApart(one, other)).toBe(farApart(other, one));
    }),
  );
});

test.each([
  ...['SA KE', 'YE KE', 'CY SY', 'MA ES', 'DZ FR', 'TN IT', 'LY GR', 'IS US', 'ID AU', 'PH PG', 'TL AU'],
  ...['PA CO', 'TT VE', 'GD VE', 'AW VE', 'CW VE', 'BQ VE'],
])('%s are two countries over an edge of a continent, and not far', (pair) => {
  const [edge = '', beyond = ''] = pair.split(' ');
  expect(farApart(edge, beyond)).toBe(false);
});
