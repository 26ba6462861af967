import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../../core/access/clock.ts';
import { KeptReading } from '../../core/access/kept-reading.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import type { FetchJson } from '../../core/oauth/issuer-keys.ts';

/** Where GitHub publishes the keys that it signs its reports with. */
const GITHUB_KEYS_URL = 'https://api.github.com/meta/public_keys/secret_scanning';

/** An unknown key makes at most one reading per this time, whoever names it. */
const RETRY_MILLISECONDS = 60_000;
/** The same as long as none were ever read, without which no report is taken. */
const FIRST_RETRY_MILLISECONDS = 1000;

const published = z.object({ public_keys: z.array(z.unknown()) });
const publishedKey = z.object({ key_identifier: z.string().min(1), key: z.string() });

/** DER of two integers, by its first byte; 8 to 72 bytes long for P-256. */
const DER_SEQUENCE = 0x30;

/**
 * GitHub's public keys (ECDSA on P-256), kept: while GitHub can't be reached the last ones serve. An entry
 * of the list that can't be read or used is passed over; the others are used.
 */
export class GitHubKeys {
  readonly #onWarning: (message: string, cause?: unknown) => void;
  readonly #keys: KeptReading<ReadonlyMap<string, KeyObject>>;

  constructor(
    fetchJson: FetchJson,
    now: Clock | (() => number),
    onWarning: (message: string, cause?: unknown) => void = () => undefined,
  ) {
    this.#onWarning = onWarning;
    this.#keys = new KeptReading({
      now,
      refreshMilliseconds: Number.POSITIVE_INFINITY,
      pauseMilliseconds: RETRY_MILLISECONDS,
      firstPauseMilliseconds: FIRST_RETRY_MILLISECONDS,
      read: async (last) => {
        try {
          return this.#readable(published.parse(await fetchJson(GITHUB_KEYS_URL)).public_keys, last);
        } catch (cause) {
          onWarning('GitHub’s public keys could not be read', cause);
          throw cause;
        }
      },
    });
  }

  /**
   * Whether these bytes were signed with the key of this identifier.
   * @param signature base64 of the DER form
   * @throws DomainError `dependency_unavailable` when no keys were ever read and GitHub doesn't answer
   */
  async verify(bytes: Uint8Array, identifier: string, signature: string): Promise<boolean> {
    const written = Buffer.from(signature, 'base64');
    // What can be no signature is refused without asking anybody.
    if (written[0] !== DER_SEQUENCE) return false;
    const key = await this.#find(identifier);
    return key !== undefined && verify('sha256', bytes, key, written);
  }

  async #find(identifier: string): Promise<KeyObject | undefined> {
    try {
      return (await this.#keys.current()).get(identifier) ?? (await this.#keys.anew()).get(identifier);
    } catch {
      throw new DomainError('dependency_unavailable', 'GitHub’s public keys can’t be read; retry shortly');
    }
  }

  /** @throws Error when of several entries none can be used and earlier keys are at hand, which then serve on */
  #readable(
    entries: readonly unknown[],
    last: ReadonlyMap<string, KeyObject> | undefined,
  ): ReadonlyMap<string, KeyObject> {
    const keys = new Map<string, KeyObject>();
    for (const entry of entries) {
      try {
        const { key_identifier, key } = publishedKey.parse(entry);
        if (keys.has(key_identifier)) throw new Error('an earlier key has the same identifier');
        keys.set(key_identifier, p256Key(key));
      } catch (cause) {
        this.#onWarning('one of GitHub’s public keys was passed over', cause);
      }
    }
    if (keys.size === 0 && entries.length > 0 && last !== undefined) {
      throw new Error('none of the keys in the list can be used');
    }
    return keys;
  }
}

function p256Key(pem: string): KeyObject {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw new Error('the key is not one of ECDSA on P-256');
}
