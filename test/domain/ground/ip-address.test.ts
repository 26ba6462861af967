import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import {
  formatAddress,
  formatNetwork,
  holdAll,
  inNetwork,
  type Network,
  parseAddress,
  parseNetwork,
  unmapped,
} from '../../../core/domain/ground/ip-address.ts';
import { publicAddress } from '../../../core/geo/public-address.ts';

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

test('the example addresses are read and written as their standards have them', () => {
  expect(parseAddress('203.0.113.9')).toEqual([203, 0, 113, 9]);
  expect(parseAddress('::ffff:203.0.113.9')).toEqual([...Array(10).fill(0), 255, 255, 203, 0, 113, 9]);
  expect(parseAddress('fe80::1%eth0')).toEqual(parseAddress('fe80::1'));
  expect(formatAddress([203, 0, 113, 9])).toBe('203.0.113.9');
  for (const text of ['::', '::1', '1::', '2001:db8::1:0:0:1', '1:0:2::', '2001:db8:0:1:1:1:1:1'])
    expect(formatAddress(parseAddress(text) ?? [])).toBe(text);
});

test('an IPv4-mapped address is its IPv4 one, and its neighbours stay what they are', () => {
  expect(unmapped(parseAddress('::ffff:203.0.113.9') ?? [])).toEqual([203, 0, 113, 9]);
  for (const text of ['203.0.113.9', '::fffe:cb00:7109', '::1:ffff:cb00:7109', '::cb00:7109']) {
    expect(unmapped(parseAddress(text) ?? [])).toEqual(parseAddress(text));
  }
});

test.each([
  ['203.0.113.9/0', '0.0.0.0/0'],
  ['203.0.113.9/7', '202.0.0.0/7'],
  ['203.0.113.9/8', '203.0.0.0/8'],
  ['203.0.113.9/31', '203.0.113.8/31'],
  ['203.0.113.9/32', '203.0.113.9/32'],
  ['2001:db8:ffff::1/33', '2001:db8:8000::/33'],
  ['2001:db8::1/128', '2001:db8::1/128'],
])('%s is the network %s', (text, network) => {
  const parsed = parseNetwork(text);
  expect(parsed && formatNetwork(parsed)).toBe(network);
});

test.each([
  '203.0.113.9/33',
  '::/129',
  '203.0.113.9',
  '203.0.113.9/',
  '203.0.113.9/-1',
  '203.0.113.9/08',
  '203.0.113.9/8/8',
  '/8',
  '::/1000',
  'x/8',
])('%s is no network', (text) => {
  expect(parseNetwork(text)).toBeUndefined();
});

test('no address lies in a network of the other version, not even in one that holds everything', () => {
  const [all4, all6] = [parseNetwork('0.0.0.0/0'), parseNetwork('::/0')];
  expect(all6 && inNetwork([203, 0, 113, 9], all6)).toBe(false);
  expect(all4 && inNetwork(Array(16).fill(0), all4)).toBe(false);
});

test('networks hold every address where they leave no gap, whatever their order and overlaps', () => {
  const split = (network: Network): Network[] => {
    const half = network.address.slice();
    half[network.bits >> 3] = (half[network.bits >> 3] ?? 0) | (0x80 >> (network.bits & 7));
    return [
      { address: network.address, bits: network.bits + 1 },
      { address: half, bits: network.bits + 1 },
    ];
  };
  fc.assert(
    fc.property(
      fc.constantFrom(4, 16),
      fc.array(fc.nat(1000), { maxLength: 30 }),
      fc.nat(1000),
      (bytes, cuts, gone) => {
        let parts: Network[] = [{ address: Array(bytes).fill(0), bits: 0 }];
        for (const cut of cuts) {
          const at = cut % parts.length;
          const part = parts[at];
          if (part && part.bits < bytes * 8)
            parts = [...parts.slice(at + 1), ...split(part), ...parts.slice(0, at)];
        }
        expect(holdAll(parts)).toBe(true);
        expect(holdAll([...parts, ...parts])).toBe(true);
        expect(holdAll(parts.toSpliced(gone % parts.length, 1))).toBe(false);
      },
    ),
  );
});
