import { ID_LENGTH, type RandomBytes, randomBase62 } from '../ground/base62.ts';
import type { ApiKey, NewSecret } from './api-key.ts';
import { hintOf, type KeyFormat } from './key-format.ts';
import type { Pepper } from './pepper.ts';

/** What minting needs: the operator's key grammar, the pepper and a cryptographically secure source. */
export interface Mint {
  readonly keyFormat: KeyFormat;
  readonly pepper: Pepper;
  readonly randomBytes: RandomBytes;
}

const SECRET_ID_LENGTH = 8;

export function newSecretId(randomBytes: RandomBytes): string {
  return randomBase62(SECRET_ID_LENGTH, randomBytes);
}

/** A new secret for a key. `text` is the whole key, to be shown once and kept nowhere. */
export function mintSecret(
  key: Pick<ApiKey, 'keyId' | 'type' | 'environment'>,
  { keyFormat, pepper, randomBytes }: Mint,
): { text: string; secret: NewSecret } {
  const kind = key.type === 'publishable' ? 'pk' : 'sk';
  const text = keyFormat.mint(kind, key.environment, key.keyId.slice(-ID_LENGTH), randomBytes);
  const id = newSecretId(randomBytes);
  return { text, secret: { id, hint: hintOf(text), digest: pepper.digest(text) } };
}
