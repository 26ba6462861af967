import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import type { RandomBytes } from '../ground/base62.ts';

/** How a secret is stored: never itself, only this. `hmac` is base64url, `pepper` names the version. */
export interface Digest {
  readonly pepper: string;
  readonly hmac: string;
}

/** A text that only those can read who have the pepper. `sealed` is base64url, `pepper` names the version. */
export interface SealedText {
  readonly pepper: string;
  readonly sealed: string;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What the cipher's key is derived from. With its blanks it is no key's text and no fingerprint. */
const SEALING = 'keywright sealed text';

/** The pepper's versions as Secrets Manager holds them: `{"current":"v2","v1":"…","v2":"…"}`. */
const VERSION = /^v[1-9][0-9]{0,5}$/;
const MINIMUM_LENGTH = 32;

/** Whether a pepper could have a version of this name. */
export function isPepperVersion(version: string): boolean {
  return VERSION.test(version);
}

/** The secret that all stored digests are keyed with, in every version that may still verify. */
export class Pepper {
  readonly current: string;
  readonly #keys: ReadonlyMap<string, KeyObject>;

  private constructor(current: string, keys: ReadonlyMap<string, KeyObject>) {
    this.current = current;
    this.#keys = keys;
  }

  /**
   * Reads the secret's JSON.
   * @throws TypeError that says what is wrong with it, without quoting it
   */
  static parse(json: string): Pepper {
    let fields: unknown;
    try {
      fields = JSON.parse(json);
    } catch {
      throw new TypeError('the pepper secret is not JSON; expected {"current":"v1","v1":"<64 characters>"}');
    }
    const { current, ...versions } = Object(fields) as Record<string, unknown>;
    const keys = new Map<string, KeyObject>();
    for (const [version, text] of Object.entries(versions)) {
      if (!VERSION.test(version) || typeof text !== 'string' || text.length < MINIMUM_LENGTH) {
        throw new TypeError(
          `the pepper secret's versions are v1, v2, … with at least ${MINIMUM_LENGTH} characters each`,
        );
      }
      keys.set(version, createSecretKey(text, 'utf8'));
    }
    if (typeof current !== 'string' || !keys.has(current)) {
      throw new TypeError('the pepper secret must name one of its versions as "current"');
    }
    return new Pepper(current, keys);
  }

  /** The digest to store for a key's text, under the current version. */
  digest(key: string): Digest {
    return { pepper: this.current, hmac: this.#hmac(this.current, key).toString('base64url') };
  }

  /** A text's digests under every version that is kept, the oldest version's first. */
  digests(text: string): readonly Digest[] {
    const versions = [...this.#keys.keys()].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
    return versions.map((pepper) => ({ pepper, hmac: this.#hmac(pepper, text).toString('base64url') }));
  }

  /** Whether digests of this version can be verified. */
  knows(version: string): boolean {
    return this.#keys.has(version);
  }

  /** Whether `key` is what `digest` was made from; compared in constant time. False for unknown versions. */
  verifies(key: string, digest: Digest): boolean {
    if (!this.#keys.has(digest.pepper)) return false;
    const stored = Buffer.from(digest.hmac, 'base64url');
    const presented = this.#hmac(digest.pepper, key);
    return stored.length === presented.length && timingSafeEqual(stored, presented);
  }

  /**
   * Seals a text under the current version, for others who have the pepper.
   * @param about what it belongs to; it can't be opened for anything else
   */
  seal(text: string, about: string, randomBytes: RandomBytes): SealedText {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#hmac(this.current, SEALING), nonce).setAAD(
      Buffer.from(about),
    );
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return {
      pepper: this.current,
      sealed: Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url'),
    };
  }

  /** The text that was sealed; undefined where it was sealed otherwise, or changed since. */
  open({ pepper, sealed }: SealedText, about: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url');
    if (!this.#keys.has(pepper) || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const [nonce, rest] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)];
    const decipher = createDecipheriv(CIPHER, this.#hmac(pepper, SEALING), nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(about)).setAuthTag(rest.subarray(0, TAG_BYTES));
    try {
      return decipher.update(rest.subarray(TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return undefined;
    }
  }

  #hmac(version: string, key: string): Buffer {
    const pepper = this.#keys.get(version);
    if (pepper === undefined) throw new RangeError(`pepper version ${version} is not in the secret`);
    return createHmac('sha256', pepper).update(key).digest();
  }
}
