import { crc32 } from 'node:zlib';
import { BASE62, type RandomBytes, randomBase62, toBase62 } from './base62.ts';

/** What a key is for, as it is written inside the key. */
export type KeyKind = 'pk' | 'sk' | 'sub' | 'ck';

/** The environment that a key works in, by its name outside of keys. */
export type Environment = 'sandbox' | 'live';

/** A well-formed key. `id` is public; `text` is the whole key and must stay secret. */
export interface PresentedKey {
  readonly kind: KeyKind;
  readonly environment: Environment;
  readonly id: string;
  readonly text: string;
}

/** What a key of this operator's is called: its credential's id, in logs and answers. */
export function publicIdOf({ kind, id }: Pick<PresentedKey, 'kind' | 'id'>): string {
  return `${kind === 'sub' ? 'sub' : 'key'}_${id}`;
}

export const ID_LENGTH = 12;
const SECRET_LENGTH = 32;
const CHECKSUM_LENGTH = 6;
const BODY_LENGTH = ID_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH;
/** How many of a key's last characters may be shown to tell one secret from another. */
const HINT_LENGTH = 4;

const WRITTEN_ENVIRONMENT = { sandbox: 'dev', live: 'live' } as const;
const KINDS: readonly KeyKind[] = ['pk', 'sk', 'sub', 'ck'];
const ENVIRONMENTS: readonly Environment[] = ['sandbox', 'live'];
const VENDOR = /^[a-z0-9]{2,20}$/;
const IS_BASE62 = new Uint8Array(128);
for (let i = 0; i < BASE62.length; i++) IS_BASE62[BASE62.charCodeAt(i)] = 1;

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

interface Prefix {
  readonly text: string;
  readonly kind: KeyKind;
  readonly environment: Environment;
}

/** Why a text is not a key, in words for the person who typed it. Never repeats the text. */
export type Malformation =
  | { readonly reason: 'prefix'; readonly message: string }
  | { readonly reason: 'length'; readonly message: string }
  | { readonly reason: 'alphabet'; readonly message: string }
  | { readonly reason: 'checksum'; readonly message: string };

/**
 * The key grammar of one operator: `{vendor_}{kind}_{env}_{id}{secret}{checksum}`.
 *
 * Reading costs a prefix look-up, one pass over the characters and one CRC-32; it never allocates for a
 * text of the wrong length, however long, and never touches the network.
 */
export class KeyFormat {
  readonly vendor: string;
  readonly #prefixes: readonly Prefix[];

  /**
   * @param vendor the operator's own prefix without its underscore, 2 to 20 of a-z 0-9; '' for none
   * @throws RangeError when `vendor` is neither empty nor of that form
   */
  constructor(vendor = '') {
    if (vendor !== '' && !VENDOR.test(vendor)) {
      throw new RangeError(
        `vendor must be empty or 2 to 20 of a-z and 0-9, but is ${JSON.stringify(vendor)}`,
      );
    }
    this.vendor = vendor;
    this.#prefixes = KINDS.flatMap((kind) =>
      ENVIRONMENTS.map((environment) => ({ text: this.#prefix(kind, environment), kind, environment })),
    );
  }

  /** The key that `text` is, or undefined when it is not well-formed to the last character. */
  parse(text: string): PresentedKey | undefined {
    const bodyStart = text.length - BODY_LENGTH;
    const prefix = this.#prefixOf(text, bodyStart);
    if (prefix === undefined) return undefined;
    const checksumStart = text.length - CHECKSUM_LENGTH;
    const checksum = checksumOf(text, bodyStart, checksumStart);
    if (checksum === undefined || !endsWithBase62(text, checksumStart, checksum)) return undefined;
    return {
      kind: prefix.kind,
      environment: prefix.environment,
      id: text.slice(bodyStart, bodyStart + ID_LENGTH),
      text,
    };
  }

  /** What is wrong with a text that `parse` refuses; undefined for a well-formed key. */
  explain(text: string): Malformation | undefined {
    const prefix = this.#prefixOf(text);
    if (prefix === undefined) {
      const shown = this.vendor === '' ? '' : `${this.vendor}_`;
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
    if (!isBase62(text, prefix.text.length)) {
      return { reason: 'alphabet', message: `after ${prefix.text} a key holds only 0-9, A-Z and a-z` };
    }
    if (this.parse(text) === undefined) {
      return {
        reason: 'checksum',
        message: 'the checksum does not match: a character was changed, lost or swapped',
      };
    }
    return undefined;
  }

  /** A new key's text for credential `id` (12 base62 characters), its secret drawn from `randomBytes`. */
  mint(kind: KeyKind, environment: Environment, id: string, randomBytes: RandomBytes): string {
    const unsigned = `${this.#prefix(kind, environment)}${id}${randomBase62(SECRET_LENGTH, randomBytes)}`;
    return `${unsigned}${toBase62(crc32(unsigned), CHECKSUM_LENGTH)}`;
  }

  /**
   * A regular expression that finds keys of this operator inside any text. It knows nothing of checksums:
   * confirm a find with `parse`.
   */
  pattern(): RegExp {
    const alternatives = this.#prefixes.map((prefix) => prefix.text).join('|');
    return new RegExp(`(?<![0-9A-Za-z])(?:${alternatives})[0-9A-Za-z]{${BODY_LENGTH}}(?![0-9A-Za-z])`, 'g');
  }

  /**
   * The pattern of one type of key to register with scanners of secrets: RE2, so without look-around; the key
   * is its first group. A key may follow a character that a URL or a string has escaped. Without a vendor's
   * prefix none may follow `_`, since it would be another vendor's.
   */
  scannerPattern(kind: KeyKind): string {
    const before = this.vendor === '' ? '' : '|_';
    const escapes = '%[0-9A-Fa-f]{2}|\\\\u[0-9A-Fa-f]{4}|\\\\[bfnrt]';
    const vendor = this.vendor === '' ? '' : `${this.vendor}_`;
    const body = `[0-9A-Za-z]{${BODY_LENGTH}}`;
    return `(?:\\b|${escapes}${before})(${vendor}${kind}_(?:dev|live)_${body})(?:\\b|_)`;
  }

  #prefix(kind: KeyKind, environment: Environment): string {
    const vendor = this.vendor === '' ? '' : `${this.vendor}_`;
    return `${vendor}${kind}_${WRITTEN_ENVIRONMENT[environment]}_`;
  }

  /** @param length of the only prefixes that may be meant; by default any */
  #prefixOf(text: string, length?: number): Prefix | undefined {
    for (const prefix of this.#prefixes) {
      if ((length ?? prefix.text.length) === prefix.text.length && text.startsWith(prefix.text))
        return prefix;
    }
    return undefined;
  }
}

/** The last characters of a key, which tell people one secret from another and tell nobody the key. */
export function hintOf(key: string): string {
  return key.slice(-HINT_LENGTH);
}

function isBase62(text: string, from: number): boolean {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127 || IS_BASE62[code] === 0) return false;
  }
  return true;
}

/**
 * The CRC-32 (ISO/IEC 13239) of a text up to `end`, of which all from `bodyStart` on is base62; otherwise
 * undefined. One pass for both takes a third of the time of two with zlib's and the copy that it needs.
 */
function checksumOf(text: string, bodyStart: number, end: number): number | undefined {
  let crc = -1;
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    if (i >= bodyStart && (code > 127 || IS_BASE62[code] === 0)) return undefined;
    crc = (CRC_TABLE[(crc ^ code) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

function endsWithBase62(text: string, from: number, value: number): boolean {
  let rest = value;
  for (let i = text.length - 1; i >= from; i--) {
    if (text.charCodeAt(i) !== BASE62.charCodeAt(rest % 62)) return false;
    rest = Math.floor(rest / 62);
  }
  return true;
}
