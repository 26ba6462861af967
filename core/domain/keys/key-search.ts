import { BODY_LENGTH, type KeyFormat, type KeyKind, type PresentedKey } from './key-format.ts';

/** Why a text is not a key, in words for the person who typed it. Never repeats the text. */
export interface Malformation {
  readonly reason: 'prefix' | 'length' | 'alphabet' | 'checksum';
  readonly message: string;
}

const BASE62_ONLY = /^[0-9A-Za-z]*$/;

/** What is wrong with a text that `format.parse` refuses; undefined for a well-formed key. */
export function malformationOf(text: string, format: KeyFormat): Malformation | undefined {
  const prefix = format.prefixes.find((each) => text.startsWith(each.text));
  if (prefix === undefined) {
    const shown = vendorPrefix(format);
    return {
      reason: 'prefix',
      message: `a key starts with ${shown}pk_, ${shown}sk_, ${shown}sub_ or ${shown}ck_, then dev_ or live_`,
    };
  }
  const length = prefix.text.length + BODY_LENGTH;
  if (text.length !== length) {
    return {
      reason: 'length',
      message: `a ${prefix.text}… key has ${length} characters, this has ${text.length}`,
    };
  }
  if (!BASE62_ONLY.test(text.slice(prefix.text.length))) {
    return { reason: 'alphabet', message: `after ${prefix.text} a key holds only 0-9, A-Z and a-z` };
  }
  if (format.parse(text) === undefined) {
    return {
      reason: 'checksum',
      message: 'the checksum does not match: a character was changed, lost or swapped',
    };
  }
  return undefined;
}

/**
 * A regular expression that finds keys of one operator as words of a text. It knows nothing of checksums:
 * confirm a find with `format.parse`.
 */
export function keyPattern(format: KeyFormat): RegExp {
  return new RegExp(`(?<![0-9A-Za-z])${formOf(format)}(?![0-9A-Za-z])`, 'g');
}

/** The keys of one operator in what must hold none, in their order, whatever touches or reaches into them. */
export function keysIn(text: string, format: KeyFormat): PresentedKey[] {
  // Looking ahead takes nothing of the text: what only looks like a key hides none that begins inside of it.
  const pattern = new RegExp(`(?=(${formOf(format)}))`, 'g');
  return [...text.matchAll(pattern)].flatMap(([, found = '']) => format.parse(found) ?? []);
}

function formOf({ prefixes }: KeyFormat): string {
  return `(?:${prefixes.map((prefix) => prefix.text).join('|')})[0-9A-Za-z]{${BODY_LENGTH}}`;
}

/**
 * The pattern of one type of key to register with scanners of secrets: RE2, so without look-around; the key
 * is its first group. A key may follow a character that a URL or a string has escaped. Without a vendor's
 * prefix none may follow `_`, since it would be another vendor's.
 */
export function scannerPattern(kind: KeyKind, format: KeyFormat): string {
  const before = format.vendor === '' ? '' : '|_';
  const escapes = '%[0-9A-Fa-f]{2}|\\\\u[0-9A-Fa-f]{4}|\\\\[bfnrt]';
  const body = `[0-9A-Za-z]{${BODY_LENGTH}}`;
  return `(?:\\b|${escapes}${before})(${vendorPrefix(format)}${kind}_(?:dev|live)_${body})(?:\\b|_)`;
}

function vendorPrefix({ vendor }: KeyFormat): string {
  return vendor === '' ? '' : `${vendor}_`;
}
