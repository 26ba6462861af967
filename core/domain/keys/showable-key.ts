import { ID_LENGTH } from '../ground/base62.ts';
import type { Mint } from './api-key-secret.ts';
import { type Environment, hintOf } from './key-format.ts';
import type { Digest, Pepper } from './pepper.ts';

/** A new key. Its text never goes into an item as it is. */
export interface MintedKey {
  readonly text: string;
  readonly digest: Digest;
  readonly hint: string;
}

/** One that people can be shown again: its item holds the text too, sealed for it alone. */
export interface ShowableKey extends MintedKey {
  readonly sealed: string;
}

/**
 * A new subscription key or client key.
 * @param owner the subscription's or the API's id
 */
export function mintShowable(
  kind: 'sub' | 'ck',
  owner: string,
  environment: Environment,
  { keyFormat, pepper, randomBytes }: Mint,
): MintedKey {
  const text = keyFormat.mint(kind, environment, owner.slice(-ID_LENGTH), randomBytes);
  return { text, digest: pepper.digest(text), hint: hintOf(text) };
}

/** Whether a text is one of these digests', as far as the pepper can tell. */
export function neededFor(digests: readonly Digest[], pepper: Pepper): (text: string) => boolean {
  return (text) => digests.some((digest) => !pepper.knows(digest.pepper) || pepper.verifies(text, digest));
}
