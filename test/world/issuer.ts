import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Network } from './network.ts';
import type { Scheduler } from './scheduler.ts';

export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'payments';

interface SigningKey {
  readonly kid: string;
  readonly publishedAt: number;
  readonly privateKey: KeyObject;
  readonly jwk: object;
}

/** For how long a key is published before it signs: longer than anybody waits to read keys anew. */
const PUBLISHED_MILLISECONDS = 15_000;

/** Key pairs are dear, and it makes no difference which ones they are. */
const pairs: { privateKey: KeyObject; publicKey: KeyObject }[] = [];

/** An OpenID Connect issuer that rolls its keys: each is published a while before tokens are signed with it. */
export class Issuer {
  readonly #scheduler: Scheduler;
  readonly #network: Network;
  readonly #keys: SigningKey[] = [];

  constructor(scheduler: Scheduler, network: Network) {
    this.#scheduler = scheduler;
    this.#network = network;
    this.roll();
  }

  roll(): void {
    const index = this.#keys.length;
    pairs[index] ??= generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { privateKey, publicKey } = pairs[index];
    const kid = `key-${index}`;
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
    this.#keys.push({ kid, publishedAt: this.#scheduler.now, privateKey, jwk });
  }

  /** A good token, by the newest key that has been published for a while. */
  token(): string {
    const published = this.#keys.filter(
      (key) => key.publishedAt <= this.#scheduler.now - PUBLISHED_MILLISECONDS,
    );
    const key = (published.at(-1) ?? this.#keys[0]) as SigningKey;
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const seconds = Math.floor(this.#scheduler.now / 1000);
    const claims = {
      iss: ISSUER,
      aud: AUDIENCE,
      client_id: 'world',
      iat: seconds - 3600,
      exp: seconds + 86_400,
    };
    const text = `${part({ alg: 'ES256', kid: key.kid, typ: 'at+jwt' })}.${part(claims)}`;
    const signature = sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  }

  async fetch(url: string, signal: AbortSignal | undefined) {
    const aborted = new Promise<never>((_, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason)),
    );
    const answer = this.#network.call('issuer', 60_000, () =>
      url.endsWith('/jwks')
        ? { keys: this.#keys.slice(-2).map(({ jwk }) => jwk) }
        : { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` },
    );
    const body = await Promise.race([answer, aborted]);
    return { ok: true, status: 200, json: async () => body };
  }
}
