import { ID_LENGTH } from '../ground/base62.ts';
import type { Mint } from './api-key-secret.ts';
import { type Environment, hintOf } from './key-format.ts';
import type { Digest, Pepper } from './pepper.ts';

/** A new key: its text is to be kept and shown, the rest goes into its item. */
export interface ShowableKey {
  readonly text: string;
  readonly digest: Digest;
  readonly hint: string;
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
): ShowableKey {
  const text = keyFormat.mint(kind, environment, owner.slice(-ID_LENGTH), randomBytes);
  return { text, digest: pepper.digest(text), hint: hintOf(text) };
}

/** The text that a digest was made from, if it is among these. */
export function textOf(digest: Digest, texts: readonly string[], pepper: Pepper): string | undefined {
  return texts.find((text) => pepper.verifies(text, digest));
}

/** Whether a text is one of these digests', as far as the pepper can tell. */
export function neededFor(digests: readonly Digest[], pepper: Pepper): (text: string) => boolean {
  return (text) => digests.some((digest) => !pepper.knows(digest.pepper) || pepper.verifies(text, digest));
}
