import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normalizeCidr, normalizeOrigin } from '../../../core/domain/keys/key-restriction.ts';
import { AllowedNetworks } from '../../../core/domain/keys/network.ts';
import { originAllowed } from '../../../core/domain/keys/origin.ts';

test.each([
  ['203.0.113.7', '203.0.113.7/32'],
  ['203.0.113.7/24', '203.0.113.0/24'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['10.255.255.255/9', '10.128.0.0/9'],
  ['2001:DB8::1', '2001:db8::1/128'],
  ['2001:db8:abcd:12ff::/52', '2001:db8:abcd:1000::/52'],
  ['::/0', '::/0'],
  ['::ffff:192.0.2.1', '192.0.2.1/32'],
  ['::ffff:192.0.2.1/120', '192.0.2.0/24'],
])('%s is kept as %s', (text, kept) => {
  expect(normalizeCidr(text)).toBe(kept);
});

test.each([
  '',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '10.0.0.0/08',
  '10.0.0/8',
  '010.0.0.1',
  '0x0a000001',
  '10.0.0.256',
  '2001:db8::/129',
  'fe80::1%eth0',
  '::ffff:192.0.2.1/64',
  'example.com',
  '10.0.0.0 /8',
])('%j is no network', (text) => {
  expect(normalizeCidr(text)).toBeUndefined();
});

test('every address lies in the network that it is written in', () => {
  const ipv4 = fc.ipV4().chain((address) => fc.tuple(fc.constant(address), fc.integer({ min: 0, max: 32 })));
  const ipv6 = fc
    .ipV6()
    .chain((address) => fc.tuple(fc.constant(address), fc.integer({ min: 96, max: 128 })));
  fc.assert(
    fc.property(fc.oneof(ipv4, ipv6), ([address, bits]) => {
      const network = normalizeCidr(`${address}/${bits}`) ?? '';
      expect(normalizeCidr(network)).toBe(network);
      expect(new AllowedNetworks([network]).include(address)).toBe(true);
    }),
  );
});

test.each([
  ['https://shop.example.com', 'https://shop.example.com'],
  ['HTTPS://Shop.Example.COM', 'https://shop.example.com'],
  ['https://example.com:443', 'https://example.com'],
  ['http://example.com:80', 'http://example.com'],
  ['https://example.com:8443', 'https://example.com:8443'],
  ['https://*.example.com', 'https://*.example.com'],
  ['http://localhost:3000', 'http://localhost:3000'],
  ['http://[::1]:3000', 'http://[::1]:3000'],
])('%s is kept as %s', (text, kept) => {
  expect(normalizeOrigin(text)).toBe(kept);
  expect(originAllowed([kept], kept.replace('*', 'a.b'))).toBe(true);
});

test.each([
  '',
  '*',
  'example.com',
  'https://',
  'https://example.com/',
  'https://example.com/path',
  'https://example.com:0',
  'https://example.com:65536',
  'https://*',
  'https://*.com:99999',
  'https://a.*.example.com',
  'https://*example.com',
  'https://*.10.0.0.1',
  'https://user@example.com',
  'ftp://example.com',
  'null',
])('%j is no origin', (text) => {
  expect(normalizeOrigin(text)).toBeUndefined();
});
