import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import * as z from 'zod';
import { DomainError } from '../../core/domain/domain-error.ts';
import type { FetchJson } from '../../core/oauth/issuer-keys.ts';

/** Where GitHub publishes the keys that it signs its reports with. */
const GITHUB_KEYS_URL = 'https://api.github.com/meta/public_keys/secret_scanning';

/** An unknown key makes at most one reading per this time, whoever names it. */
const RETRY_MILLISECONDS = 60_000;

const published = z.object({
  public_keys: z.array(z.object({ key_identifier: z.string(), key: z.string() })),
});

/** GitHub's public keys (ECDSA on P-256), kept: while GitHub can't be reached the last ones serve. */
export class GitHubKeys {
  readonly #fetchJson: FetchJson;
  readonly #now: () => Date;
  #keys: ReadonlyMap<string, KeyObject> | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(fetchJson: FetchJson, now: () => Date) {
    this.#fetchJson = fetchJson;
    this.#now = now;
  }

  /**
   * Whether these bytes were signed with the key of this identifier.
   * @param signature base64 of the DER form
   * @throws DomainError `dependency_unavailable` when no keys were ever read and GitHub doesn't answer
   */
  async verify(bytes: Uint8Array, identifier: string, signature: string): Promise<boolean> {
    const key = await this.#find(identifier);
    return key !== undefined && verify('sha256', bytes, key, Buffer.from(signature, 'base64'));
  }

  async #find(identifier: string): Promise<KeyObject | undefined> {
    if (this.#keys?.has(identifier) !== true) await this.#read();
    if (this.#keys === undefined) {
      throw new DomainError('dependency_unavailable', 'GitHub’s public keys can’t be read; retry shortly');
    }
    return this.#keys.get(identifier);
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    const time = this.#now().getTime();
    if (time - this.#triedAt < RETRY_MILLISECONDS) return;
    this.#triedAt = time;
    try {
      const { public_keys: keys } = published.parse(await this.#fetchJson(GITHUB_KEYS_URL));
      const read = keys.map(({ key_identifier, key }) => [key_identifier, createPublicKey(key)] as const);
      this.#keys = new Map(read.filter(([, key]) => isP256(key)));
    } catch {
      // Those at hand serve; where there are none, the caller says so.
    }
  }
}

function isP256(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}
