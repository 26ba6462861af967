/** Characters of a public id. */
export const ID_LENGTH = 12;

/** Digits in ASCII order, so that text of equal length sorts as the numbers do. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Gives `count` bytes from a cryptographically secure source. */
export type RandomBytes = (count: number) => Uint8Array;

/** The largest multiple of 62 that a byte can exceed; bytes from here on are drawn again. */
const FIRST_BIASED_BYTE = 248;

/** `length` base62 characters, each equally likely: bytes that would favour the first digits are dropped. */
export function randomBase62(length: number, randomBytes: RandomBytes): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length + 8)) {
      if (byte < FIRST_BIASED_BYTE && text.length < length) text += BASE62[byte % 62];
    }
  }
  return text;
}

/** A whole number as base62, most significant digit first, left-padded with `0` to `width`. */
export function toBase62(value: number, width: number): string {
  let text = '';
  for (let rest = value; text.length < width; rest = Math.floor(rest / 62)) text = BASE62[rest % 62] + text;
  return text;
}
