import { BASE62, ID_LENGTH, type RandomBytes, randomBase62, toBase62 } from '../ground/base62.ts';

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

const SECRET_LENGTH = 32;
const CHECKSUM_LENGTH = 6;
/** What follows a prefix: id, secret and checksum, all base62. */
export const BODY_LENGTH = ID_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH;
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

/** What a key of one kind and environment begins with. */
export interface Prefix {
  readonly text: string;
  /** What its characters make of a checksum that goes on. */
  readonly crc: number;
  readonly kind: KeyKind;
  readonly environment: Environment;
}

/**
 * The key grammar of one operator: `{vendor_}{kind}_{env}_{id}{secret}{checksum}`.
 *
 * Reading costs a prefix look-up, one pass over the characters and one CRC-32; it never allocates for a
 * text of the wrong length, however long, and never touches the network.
 */
export class KeyFormat {
  readonly vendor: string;
  readonly prefixes: readonly Prefix[];

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
    this.prefixes = KINDS.flatMap((kind) =>
      ENVIRONMENTS.map((environment) => {
        const text = this.#prefix(kind, environment);
        return { text, crc: crcOf(text), kind, environment };
      }),
    );
  }

  /** The key that `text` is, or undefined when it is not well-formed to the last character. */
  parse(text: string): PresentedKey | undefined {
    const bodyStart = text.length - BODY_LENGTH;
    const prefix = this.prefixes.find((each) => each.text.length === bodyStart && text.startsWith(each.text));
    if (prefix === undefined) return undefined;
    const checksumStart = text.length - CHECKSUM_LENGTH;
    const crc = bodyCrcOf(text, bodyStart, checksumStart, prefix.crc);
    if (crc === undefined || !endsWithBase62(text, checksumStart, checksumOf(crc))) return undefined;
    return {
      kind: prefix.kind,
      environment: prefix.environment,
      id: text.slice(bodyStart, bodyStart + ID_LENGTH),
      text,
    };
  }

  /** A new key's text for credential `id` (12 base62 characters), its secret drawn from `randomBytes`. */
  mint(kind: KeyKind, environment: Environment, id: string, randomBytes: RandomBytes): string {
    const unsigned = `${this.#prefix(kind, environment)}${id}${randomBase62(SECRET_LENGTH, randomBytes)}`;
    return `${unsigned}${toBase62(checksumOf(crcOf(unsigned)), CHECKSUM_LENGTH)}`;
  }

  #prefix(kind: KeyKind, environment: Environment): string {
    const vendor = this.vendor === '' ? '' : `${this.vendor}_`;
    return `${vendor}${kind}_${WRITTEN_ENVIRONMENT[environment]}_`;
  }
}

/** The last characters of a key, which tell people one secret from another and tell nobody the key. */
export function hintOf(key: string): string {
  return key.slice(-HINT_LENGTH);
}

/** The CRC-32 (ISO/IEC 13239) of one more character. */
function withCharacter(crc: number, code: number): number {
  return (CRC_TABLE[(crc ^ code) & 0xff] as number) ^ (crc >>> 8);
}

function crcOf(text: string): number {
  return Array.from(text, (character) => character.charCodeAt(0)).reduce(withCharacter, -1);
}

/**
 * What `crc` comes to with a part of a text; undefined where that is not all base62. One pass for both takes a
 * third of the time of two with zlib's and the copy that it needs.
 */
function bodyCrcOf(text: string, from: number, end: number, crc: number): number | undefined {
  let sum = crc;
  for (let i = from; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code > 127 || IS_BASE62[code] === 0) return undefined;
    sum = withCharacter(sum, code);
  }
  return sum;
}

function checksumOf(crc: number): number {
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
