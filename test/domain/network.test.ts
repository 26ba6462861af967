import { expect, test } from '@jest/globals';
import { AllowedNetworks, networkOf } from '../../core/domain/network.ts';
import { originAllowed } from '../../core/domain/origin.ts';

test.each([
  ['203.0.113.9', '203.0.113.0/24'],
  ['::ffff:203.0.113.9', '203.0.113.0/24'],
  ['2001:db8:1:2::3', '2001:db8:1::/48'],
  ['2001:DB8:0001:ffff::', '2001:db8:1::/48'],
  ['::1', '::/48'],
  ['not an address', undefined],
  ['', undefined],
])('%s counts as network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('an address is allowed in its network, as IPv4-mapped too, and nowhere else', () => {
  const networks = new AllowedNetworks(['203.0.113.0/28', '2001:db8::/32']);
  for (const inside of ['203.0.113.15', '::ffff:203.0.113.1', '2001:db8:ffff::1']) {
    expect(networks.include(inside)).toBe(true);
  }
  for (const outside of ['203.0.113.16', '2001:db9::1', 'x', '', undefined]) {
    expect(networks.include(outside)).toBe(false);
  }
});

test('no list allows any address, a damaged one is an error and never any address', () => {
  expect(new AllowedNetworks([]).include(undefined)).toBe(true);
  expect(() => new AllowedNetworks(['203.0.113.0/33'])).toThrow();
});

test('an origin is allowed to the letter, a wildcard allows labels below and not the domain itself', () => {
  const allowed = ['https://shop.example', 'https://*.example.com', 'http://localhost:3000'];
  for (const origin of [
    'https://shop.example',
    'HTTPS://Shop.Example',
    'https://a.example.com',
    'https://a.b.example.com',
    'http://localhost:3000',
  ]) {
    expect(originAllowed(allowed, origin)).toBe(true);
  }
  for (const origin of [
    'http://shop.example',
    'https://shop.example:8443',
    'https://example.com',
    'https://evil.com/.example.com',
    'https://a@.example.com',
    'https://notexample.com',
    'http://localhost:30001',
    'null',
    undefined,
  ]) {
    expect(originAllowed(allowed, origin)).toBe(false);
  }
  expect(originAllowed([], undefined)).toBe(true);
});
