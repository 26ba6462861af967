import { expect, test } from '@jest/globals';
import { sha256 } from '../../../core/domain/ground/sha256.ts';

test('it is that of FIPS 180-4, of the text’s UTF-8', async () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  // As browsers make it, also of what is no well-formed text.
  for (const text of ['', 'ü', '\u{1f511}', '\ud800', '{"a":"\u2028"}']) {
    const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    expect(sha256(text)).toBe(Buffer.from(bytes).toString('hex'));
  }
});
