import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { originAllowed } from '../../../core/domain/keys/origin.ts';

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

test('a wildcard is for whole labels of letters, digits and hyphens, and for its own scheme and port', () => {
  const allowed = ['https://*.example.com:8443'];
  expect(originAllowed(allowed, 'https://a-1.example.com:8443')).toBe(true);
  for (const origin of [
    'http://a.example.com:8443',
    'https://a.example.com',
    'https://.example.com:8443',
    'https://a..example.com:8443',
    'https://a_b.example.com:8443',
    'https://.a.example.com:8443',
    'https://example.com:8443',
  ]) {
    expect([origin, originAllowed(allowed, origin)]).toEqual([origin, false]);
  }
});

test('an allowed origin may be written in any case, and no list allows whatever comes', () => {
  expect(originAllowed(['HTTPS://Shop.Example'], 'https://shop.example')).toBe(true);
  fc.assert(
    fc.property(fc.option(fc.webUrl(), { nil: undefined }), (origin) => {
      expect(originAllowed([], origin)).toBe(true);
      expect(originAllowed(['https://never.invalid'], origin)).toBe(false);
    }),
  );
});

test('any number of labels below a domain is allowed by its wildcard, and by no other domain’s', () => {
  const label = fc.string({ unit: fc.constantFrom(...'ab1-'), minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), (labels) => {
      expect(originAllowed(['https://*.example.com'], `https://${labels.join('.')}.example.com`)).toBe(true);
      expect(originAllowed(['https://*.example.com'], `https://${labels.join('.')}.example.org`)).toBe(false);
    }),
  );
});
