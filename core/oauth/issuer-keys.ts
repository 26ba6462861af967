import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { assertIsJwk, type Jwk, type Jwks } from 'aws-jwt-verify/jwk';
import { KeptReading } from '../access/kept-reading.ts';

/** Gets a JSON document; rejects when it can't be had in time. */
export type FetchJson = (url: string) => Promise<unknown>;

/** Told of what went wrong and was worked around. */
export type OnWarning = (message: string, cause: unknown) => void;

/** How long keys are used before they are read again in passing. */
const REFRESH_MILLISECONDS = 60 * 60_000;
/** A key that isn't among them, or an issuer that doesn't answer, makes at most one reading per this time. */
const RETRY_MILLISECONDS = 10_000;
/** The same as long as there are no keys at all, without which nobody is admitted. */
const FIRST_RETRY_MILLISECONDS = 1000;

/** The signing keys of one OpenID Connect issuer. */
export class IssuerKeys {
  readonly #issuer: string;
  readonly #fetchJson: FetchJson;
  readonly #onWarning: OnWarning;
  readonly #keys: KeptReading<Jwks>;

  /**
   * @param now a `Clock`, or a wall clock alone
   * @param onWarning told of entries that were passed over
   */
  constructor(
    issuer: string,
    fetchJson: FetchJson,
    now: () => number,
    onWarning: OnWarning = () => undefined,
  ) {
    this.#issuer = issuer;
    this.#fetchJson = fetchJson;
    this.#onWarning = onWarning;
    this.#keys = new KeptReading({
      now,
      refreshMilliseconds: REFRESH_MILLISECONDS,
      pauseMilliseconds: RETRY_MILLISECONDS,
      firstPauseMilliseconds: FIRST_RETRY_MILLISECONDS,
      read: (last) => this.#read(last),
    });
  }

  /**
   * The keys as last read; while the issuer can't be reached, the last ones serve.
   * @throws Error when none were ever read and the issuer doesn't answer
   */
  current(): Promise<Jwks> {
    return this.#keys.current();
  }

  /**
   * The keys, read anew since one is missing; undefined where that was done a moment ago.
   * @param before those that it is missing in
   * @throws Error when the issuer doesn't answer: whether it has such a key can't be told
   */
  async refreshed(before: Jwks): Promise<Jwks | undefined> {
    const keys = await this.#keys.anew();
    if (keys !== before) return keys;
    if (this.#keys.failure === undefined) return undefined;
    throw this.#keys.failure;
  }

  async #read(last: Jwks | undefined): Promise<Jwks> {
    const fetched = this.#fetched(last);
    // Nobody is admitted without keys, and a first connection is the one that fails for a moment's reason.
    return (last === undefined ? fetched.catch(() => this.#fetched(last)) : fetched).catch((cause) => {
      throw new Error(`the keys of ${this.#issuer} can't be read`, { cause });
    });
  }

  async #fetched(last: Jwks | undefined): Promise<Jwks> {
    const discovery = await this.#fetchJson(
      `${this.#issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    );
    const { jwks_uri: url } = discovery as { jwks_uri?: unknown };
    const { keys } = Object(await this.#fetchJson(String(url))) as { keys?: unknown };
    if (!Array.isArray(keys)) throw new Error('not a JWKS');
    return { keys: this.#readable(keys, last) };
  }

  /**
   * The entries that tokens can be verified with. An issuer may publish others, such as keys of algorithms
   * that are newer than this program, and those are no reason to do without the rest.
   * @throws Error when of several none can be used and earlier ones are at hand, which then serve on
   */
  #readable(entries: readonly unknown[], last: Jwks | undefined): Jwk[] {
    const keys = new Map<string | undefined, Jwk>();
    for (const entry of entries) {
      try {
        const key = readKey(entry);
        if (keys.has(key.kid)) throw new Error('an earlier key has the same kid');
        keys.set(key.kid, key);
      } catch (cause) {
        this.#onWarning(`a key of ${this.#issuer} was passed over`, cause);
      }
    }
    if (keys.size === 0 && entries.length > 0 && last !== undefined) {
      throw new Error('none of the keys in the JWKS can be used');
    }
    return [...keys.values()];
  }
}

/** @throws Error for what is no public key with a kid */
function readKey(entry: unknown): Jwk {
  assertIsJwk(entry as Jwk);
  const key = entry as Jwk;
  if (key.kid === undefined || key.kid === '') throw new Error('the key has no kid, by which tokens name it');
  createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
  return key;
}
