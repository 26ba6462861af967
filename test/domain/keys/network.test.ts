import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import {
  formatAddress,
  inNetwork,
  parseAddress,
  parseNetwork,
} from '../../../core/domain/ground/ip-address.ts';
import { AllowedNetworks, networkOf } from '../../../core/domain/keys/network.ts';
import { originAllowed } from '../../../core/domain/keys/origin.ts';
import { publicAddress } from '../../../core/geo/public-address.ts';

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

const groups = fc.constantFrom('0', '0', '1', 'ffff', '64', 'ff9b', '2001', '2002', 'db8', 'fe80', '3fff');
/** The other reader takes `::1.2.3.4`, long deprecated, for the mapped address: RFC 4291 has them differ. */
const compatible = /^::[0-9.]+\.[0-9]+$/;
const written = fc
  .oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4().map((address) => `::ffff:${address}`),
    fc.array(groups, { minLength: 8, maxLength: 8 }).map((all) => all.join(':')),
  )
  .filter((text) => !compatible.test(text));

test('bytes, and what is public, are what another reader of addresses finds', () => {
  fc.assert(
    fc.property(written, (text) => {
      expect(parseAddress(text)).toEqual(ipaddr.parse(text).toByteArray());
      const plain = ipaddr.process(text);
      const known = publicAddress(text);
      expect(known !== undefined).toBe(plain.range() === 'unicast');
      if (known !== undefined) expect(ipaddr.parse(known).toByteArray()).toEqual(plain.toByteArray());
    }),
    { numRuns: 300 },
  );
});

test('an IPv6 address is written as the URL standard writes it', () => {
  const address = fc.array(groups, { minLength: 8, maxLength: 8 }).map((all) => all.join(':'));
  fc.assert(
    fc.property(fc.oneof(address, fc.ipV6()), (text) => {
      expect(`[${formatAddress(parseAddress(text) ?? [])}]`).toBe(new URL(`http://[${text}]`).hostname);
    }),
    { numRuns: 300 },
  );
});

test('an address lies in the networks that another reader of CIDR finds it in', () => {
  fc.assert(
    fc.property(written, fc.nat(127), fc.nat(128), (text, flipped, length) => {
      const bytes = ipaddr.parse(text).toByteArray();
      const bits = length % (bytes.length * 8 + 1);
      const at = (flipped >> 3) % bytes.length;
      const other = bytes.with(at, (bytes[at] ?? 0) ^ (1 << (flipped & 7)));
      const network = parseNetwork(`${text}/${bits}`);
      const range = ipaddr.parseCIDR(`${text}/${bits}`);
      expect(network && inNetwork(bytes, network)).toBe(true);
      expect(network && inNetwork(other, network)).toBe(ipaddr.fromByteArray(other).match(range));
    }),
    { numRuns: 300 },
  );
});

test('a text is an address only where another reader finds one, and never in its loose forms of IPv4', () => {
  const damaged = fc
    .tuple(written, fc.nat(40), fc.constantFrom('', ':', '.', 'g', '/', '0', '::', ' '))
    .map(([text, at, part]) => text.slice(0, at) + part + text.slice(at + 1));
  fc.assert(
    fc.property(damaged, (text) => {
      const loose = /(^|[.:])0[0-9]+\.|\.0[0-9]/.test(text);
      const theirs = ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text);
      expect(parseAddress(text) !== undefined).toBe(theirs && !loose);
    }),
    { numRuns: 300 },
  );
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
