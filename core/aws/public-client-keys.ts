import { BoundedMap } from '../access/bounded-map.ts';
import type { ProtectedApi } from '../domain/products/protected-api.ts';
import { inGroups } from './in-groups.ts';
import type { SealedTexts } from './sealed-text.ts';

/** Of these the text is remembered: each is public, and a catalogue is asked for by whoever comes along. */
const MOST_REMEMBERED = 1000;
/** How many KMS is asked for together. */
const OPENED_AT_ONCE = 10;

type Published = Pick<ProtectedApi, 'apiId' | 'clientKey' | 'publicClientKey'>;

/**
 * Client keys that their operator publishes. Each text is sealed once more, for a place of its own, so that what
 * shows it to everybody can open these and no others; and for when its key was made, so that it is shown for no other.
 */
export class PublicClientKeys {
  readonly #texts: Pick<SealedTexts, 'seal' | 'open'>;
  readonly #opened = new BoundedMap<string, string>(MOST_REMEMBERED);

  constructor(texts: Pick<SealedTexts, 'seal' | 'open'>) {
    this.#texts = texts;
  }

  /** @throws RangeError for a text that is longer than KMS takes, which none of ours is */
  async seal(apiId: string, createdAt: string, text: string): Promise<string> {
    const sealed = await this.#texts.seal(text, purposeOf(apiId, createdAt));
    if (sealed === undefined) throw new RangeError('the text of a key is longer than can be sealed');
    return sealed;
  }

  /** The texts by their APIs' ids: of those that are published, and open. */
  async open(apis: Iterable<Published>): Promise<ReadonlyMap<string, string>> {
    const published = [...apis].filter(({ publicClientKey }) => publicClientKey !== undefined);
    const texts = new Map<string, string>();
    await inGroups(published, OPENED_AT_ONCE, async (api) => {
      const text = await this.#text(api);
      if (text !== undefined) texts.set(api.apiId, text);
    });
    return texts;
  }

  async #text({ apiId, clientKey, publicClientKey }: Published): Promise<string | undefined> {
    if (clientKey === undefined || publicClientKey === undefined) return undefined;
    const place = `${apiId} ${clientKey.createdAt} ${publicClientKey}`;
    const known = this.#opened.get(place);
    if (known !== undefined) return known;
    const text = await this.#texts.open(publicClientKey, purposeOf(apiId, clientKey.createdAt));
    if (text !== undefined) this.#opened.set(place, text);
    return text;
  }
}

function purposeOf(apiId: string, createdAt: string) {
  return { owner: apiId, slot: 'publicClientKey', createdAt };
}
