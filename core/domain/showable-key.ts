import type { Mint } from './api-key-secret.ts';
import { type Environment, hintOf, ID_LENGTH } from './key-format.ts';
import type { Digest, Pepper } from './pepper.ts';

/**
 * Where the texts of keys that can be shown again are kept. It may hold more texts of an owner than are
 * valid: which of them is a key's text is decided by the digest in the key's item and by nothing else.
 */
export interface ShowableKeys {
  /** All texts that are kept for an owner (`sub_…`, `api_…`); none for an unknown one. */
  texts(owner: string): Promise<readonly string[]>;
  /**
   * Keeps texts beside those that are there; of any number of additions at once none is lost.
   * @param isNeeded whether a text that was there must stay; one that was added within the last hour does
   *   in any case, since the write that makes it valid may be under way
   */
  add(
    owner: string,
    texts: readonly string[],
    options: { readonly now: Date; readonly isNeeded: (text: string) => boolean },
  ): Promise<void>;
}

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
