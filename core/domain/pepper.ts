import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** How a secret is stored: never itself, only this. `hmac` is base64url, `pepper` names the version. */
export interface Digest {
  readonly pepper: string;
  readonly hmac: string;
}

/** The pepper's versions as Secrets Manager holds them: `{"current":"v2","v1":"…","v2":"…"}`. */
const VERSION = /^v[1-9][0-9]{0,5}$/;
const MINIMUM_LENGTH = 32;

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

  #hmac(version: string, key: string): Buffer {
    const pepper = this.#keys.get(version);
    if (pepper === undefined) throw new RangeError(`pepper version ${version} is not in the secret`);
    return createHmac('sha256', pepper).update(key).digest();
  }
}
