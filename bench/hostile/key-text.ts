import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM_DIGITS = 6;

/** A key's text: what comes before the checksum, and the checksum. */
export function signed(unsigned: string): string {
  let rest = crc32(unsigned);
  let digits = '';
  for (let i = 0; i < CHECKSUM_DIGITS; i++) {
    digits = ALPHABET.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return unsigned + digits;
}

/** `pk`, `sk`, `sub` or `ck` where a text is a well-formed key of this vendor, `''` for none; else undefined. */
export function kindOf(text: string, vendor: string): string | undefined {
  const own = vendor === '' ? '' : `${vendor}_`;
  if (!text.startsWith(own)) return undefined;
  const match = /^(pk|sk|sub|ck)_(?:dev|live)_[0-9A-Za-z]{50}$/.exec(text.slice(own.length));
  return match !== null && signed(text.slice(0, -CHECKSUM_DIGITS)) === text ? match[1] : undefined;
}

/** Base62 of a length, from numbers in [0, 1). */
export function base62(length: number, random: () => number): string {
  return Array.from({ length }, () => ALPHABET.charAt(Math.floor(random() * 62))).join('');
}
