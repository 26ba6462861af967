import { expect, test } from '@jest/globals';
import { AllowedNetworks, networkOf } from '../../../core/domain/keys/network.ts';

test.each([
  ['203.0.113.9', '203.0.113.0/24'],
  ['::ffff:203.0.113.9', '203.0.113.0/24'],
  ['2001:db8:1:2::3', '2001:db8:1::/48'],
  ['2001:DB8:0001:ffff::', '2001:db8:1::/48'],
  ['::1', '::/48'],
  ['fe80::1%eth0', 'fe80::/48'],
  ['not an address', undefined],
  ['203.0.113', undefined],
  ['203.0.113.09', undefined],
  ['0xcb007109', undefined],
  ['2001:db8::1::2', undefined],
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
