import type { ApiRecord, Caller, Refusal } from '../domain/decision.ts';
import { identify, withOwner } from '../domain/identify.ts';
import {
  type CarriedKey,
  type ForeignKey,
  fingerprintOf,
  type KeyAlias,
  keyOfCredential,
} from '../domain/imported-key.ts';
import { ID_LENGTH, type PresentedKey } from '../domain/key-format.ts';
import { needsUpkeep } from '../domain/key-upkeep.ts';
import type { Pepper } from '../domain/pepper.ts';
import { BoundedMap } from './bounded-map.ts';
import type { AccessRecords, AccessStore, KeyUpkeep, PepperSource } from './ports.ts';

/** Who was asked has done it by then, or does not. */
const ASK_AGAIN_MILLISECONDS = 60_000;
const MOST_ASKED = 10_000;

export interface KeyReaderOptions {
  readonly store: AccessStore;
  readonly peppers: PepperSource;
  readonly upkeep: KeyUpkeep;
  readonly now: () => number;
  /** Hears of upkeep that nobody took up, which costs no caller his request. */
  readonly onWarning: (message: string, cause: unknown) => void;
}

/** A key, and what of its request decides whose it is. */
export interface KeyInquiry {
  readonly key: CarriedKey;
  /** `x-tn`; undefined where the key itself says whose it is. */
  readonly tenantId: string | undefined;
  readonly clientKey: string | undefined;
  /** The network to look up besides. */
  readonly network: string | undefined;
}

/** Who presents a key, or why nobody was identified, and what else was read. */
export interface KeyReading {
  readonly verdict: Caller | Refusal;
  readonly api: ApiRecord | undefined;
  /** When the reading of the oldest record began, in milliseconds since 1970. */
  readonly readAt: number;
  /** OAuth clients that the key's subscription names. */
  readonly oauthClientIds: readonly string[] | undefined;
  readonly networkSeenUntil: number | undefined;
  /** Whose the key is, admitted or not. */
  readonly tenantId: string | undefined;
  /** Fulfilled when somebody was asked to renew what is stored of the key; undefined where nobody is to be. */
  readonly upkeep: Promise<void> | undefined;
}

/** The API that is asked about is not there. */
export class UnknownApiError extends Error {
  constructor() {
    super('the API that this authorizer is configured for does not exist');
  }
}

/** A key as its credential's, and what is stored of its request. */
interface Found {
  readonly key: PresentedKey;
  /** What led to an imported key. */
  readonly alias?: KeyAlias | undefined;
  readonly records: AccessRecords;
  readonly pepper: Pepper;
}

/**
 * Reads what is stored of a key, decides whose it is, and has what is stored renewed under the current pepper.
 * A key of this operator's costs one round trip, one that was issued elsewhere two.
 */
export class KeyReader {
  readonly #options: KeyReaderOptions;
  /** When upkeep was last asked for, by credential and secret: of verified keys alone. */
  readonly #asked = new BoundedMap<string, number>(MOST_ASKED);

  constructor(options: KeyReaderOptions) {
    this.#options = options;
  }

  /** @throws Error when something that the decision needs does not answer */
  async read({ key, tenantId, clientKey, network }: KeyInquiry): Promise<KeyReading> {
    const found =
      key.kind === 'foreign'
        ? await this.#findForeign(key, network)
        : await this.#find(key, tenantId, network);
    const { credential, api, readAt, networkSeenUntil } = found.records;
    if (api === undefined && this.#options.store.apiId !== undefined) throw new UnknownApiError();
    const pepper = await this.#pepperFor(found);
    const sent = { tenantId, clientKey };
    const now = new Date(this.#options.now());
    const verdict = withOwner(identify(found.key, sent, found.records, pepper, now), found.records);
    const upkeep = 'allowed' in verdict ? undefined : this.#keepUp(verdict, { ...found, pepper });
    const oauthClientIds =
      credential !== undefined && 'subscriptionId' in credential ? credential.oauthClientIds : undefined;
    return {
      verdict: nameOf(verdict, key, found),
      api,
      readAt,
      oauthClientIds,
      networkSeenUntil,
      tenantId: credential?.tenantId,
      upkeep,
    };
  }

  async #find(key: PresentedKey, tenantId: string | undefined, network: string | undefined): Promise<Found> {
    const { store, peppers } = this.#options;
    // A subscription names its product, which is read with its tenant.
    const named = key.kind === 'sub' ? undefined : tenantId;
    const [records, pepper] = await Promise.all([
      store.read({ credentialId: key.id, tenantId: named, network }),
      peppers.current(),
    ]);
    return { key, records, pepper };
  }

  /** A text that leads nowhere costs a second reading too, of nothing: work does not tell it from a known one. */
  async #findForeign(foreign: ForeignKey, network: string | undefined): Promise<Found> {
    const { store, peppers } = this.#options;
    const pepper = await peppers.current();
    const digests = pepper.digests(fingerprintOf(foreign.text));
    const alias = await store.findAlias(digests);
    const nowhere = { credentialId: digests[0]?.hmac.slice(0, ID_LENGTH) ?? '', tenantId: '' };
    const records = await store.read({ ...(alias ?? nowhere), network, evenly: true });
    const key = keyOfCredential(foreign, (alias ?? nowhere).credentialId, records.credential);
    return { key, alias, records, pepper };
  }

  /** The pepper at hand, unless a digest was made under a version that it lacks. */
  async #pepperFor({ records, pepper }: Found): Promise<Pepper> {
    const digests = [...Object.values(records.credential?.digests ?? {}), records.api?.clientKey?.digest];
    const versions = digests.flatMap((digest) => (digest === undefined ? [] : [digest.pepper]));
    const missing = versions.find((version) => !pepper.knows(version));
    return missing === undefined ? pepper : this.#options.peppers.knowing(missing);
  }

  /** Has somebody renew what is stored of an admitted key, where there is anything to renew. */
  #keepUp(
    { digest, secretId, credentialId }: Caller,
    { key, records, pepper }: Found,
  ): Promise<void> | undefined {
    const { upkeep, now, onWarning } = this.#options;
    if (!needsUpkeep({ digest, secretId }, records.credential, pepper)) return undefined;
    const name = `${credentialId} ${secretId} ${pepper.current}`;
    if (now() < (this.#asked.get(name) ?? 0) + ASK_AGAIN_MILLISECONDS) return undefined;
    this.#asked.set(name, now());
    return upkeep
      .ask({ credentialId, text: key.text, pepper })
      .catch((cause) =>
        onWarning('nobody took up that a digest is to be renewed, or a first use noted', cause),
      );
  }
}

/** A foreign text that led nowhere has no public id. */
function nameOf(verdict: Caller | Refusal, key: CarriedKey, { alias }: Found): Caller | Refusal {
  if (!('allowed' in verdict) || key.kind !== 'foreign' || alias !== undefined) return verdict;
  const { keyId, ...nameless } = verdict;
  return nameless;
}
