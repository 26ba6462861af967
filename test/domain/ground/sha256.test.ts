import { expect, test } from '@jest/globals';
import { sha256 } from '../../../core/domain/ground/sha256.ts';

test('the standard’s example, in either writing', () => {
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(sha256('abc')).toBe(abc);
  expect(sha256('abc', 'base64url')).toBe(Buffer.from(abc, 'hex').toString('base64url'));
  expect(sha256('ü')).toBe(sha256(Buffer.from('ü')));
});

test('it is what browsers make, also of what is no well-formed text', async () => {
  for (const text of ['', 'ü', '\u{1f511}', '\ud800', '{"a":"\u2028"}']) {
    const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    expect(sha256(text)).toBe(Buffer.from(bytes).toString('hex'));
  }
});
