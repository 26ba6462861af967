import type { Digest, Pepper } from '../domain/keys/pepper.ts';
import type { MintedKey, ShowableKey } from '../domain/keys/showable-key.ts';
import type { Slot } from '../domain/products/subscription.ts';
import type { SealedTexts } from './sealed-text.ts';

/** Whose key it is, and which of them. */
export interface KeyPlace {
  /** `sub_…` or `api_…`. */
  readonly owner: string;
  readonly slot: Slot | 'clientKey';
}

/**
 * Keys that people can be shown again. Each text stands beside its digest, in the same item and written with it,
 * sealed for its place: what is moved into another item or slot opens nothing.
 */
export class ShowableKeys {
  readonly #texts: Pick<SealedTexts, 'seal' | 'open'>;

  constructor(texts: Pick<SealedTexts, 'seal' | 'open'>) {
    this.#texts = texts;
  }

  /** @throws RangeError for a text that is longer than KMS takes, which none of ours is */
  async seal({ owner, slot }: KeyPlace, text: string): Promise<string> {
    const sealed = await this.#texts.seal(text, { owner, slot });
    if (sealed === undefined) throw new RangeError('the text of a key is longer than can be sealed');
    return sealed;
  }

  /** The key as its item is to hold it. */
  async keep(place: KeyPlace, key: MintedKey): Promise<ShowableKey> {
    return { ...key, sealed: await this.seal(place, key.text) };
  }

  /**
   * The text of the key that has the digest; undefined where none is kept, as of a key that was imported, or it is
   * another one's, which an item that was tampered with may hold.
   */
  async open(
    { owner, slot }: KeyPlace,
    { sealed, digest }: { readonly sealed: string | undefined; readonly digest: Digest },
    pepper: Pepper,
  ): Promise<string | undefined> {
    if (sealed === undefined) return undefined;
    const text = await this.#texts.open(sealed, { owner, slot });
    return text !== undefined && pepper.verifies(text, digest) ? text : undefined;
  }
}
