import { expect, test } from '@jest/globals';
import { COUNTRY_DATABASE } from '../../core/contract/deployment.ts';
import { openCountryDatabase } from '../../core/geo/country-database.ts';
import { COUNTRY_FILES } from '../../lib/constructs/country-database.ts';

const countryOf = openCountryDatabase(String(COUNTRY_FILES[COUNTRY_DATABASE]));

test.each([
  ['8.8.8.8', 'US'],
  ['::ffff:8.8.8.8', 'US'],
  ['2001:4860:4860::8888', 'US'],
  ['193.0.6.139', 'NL'],
  ['200.160.2.3', 'BR'],
])('%s is in %s', (address, country) => {
  expect(countryOf(address)).toBe(country);
});

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '192.168.0.1',
  '100.64.0.1',
  '169.254.1.1',
  '203.0.113.7',
  '::1',
  'fe80::1',
  'fd00::1',
  '2001:db8::1',
  'unknown',
  '',
])('%s is in no country', (address) => {
  expect(countryOf(address)).toBe('-');
});

test('another kind of file is refused', () => {
  expect(() => openCountryDatabase('package.json')).toThrow();
});
