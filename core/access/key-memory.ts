import { type Cause, meaningOf } from '../domain/decision/causes.ts';
import type { Verdict } from '../domain/decision/decision.ts';
import type { ApiRoute, OauthRequirement } from '../domain/products/protected-api.ts';
import { RouteTable } from '../domain/products/route-table.ts';
import { BoundedMap } from './bounded-map.ts';
import { type Clock, clockOf } from './clock.ts';
import type { Admitted, KeyReading } from './key-reader.ts';
import type { KeySources } from './key-sources.ts';
import type { Grounds, KnownRecords } from './known-records.ts';
import { RememberedOutcomes } from './remembered-outcomes.ts';

const TOKENS_PER_KEY = 64;
const CLIENT_KEYS_PER_KEY = 8;
const NO_ROUTES: readonly ApiRoute[] = [];

const ABOUT_THE_CLIENT_KEY: readonly Cause[] = ['no_client_key', 'wrong_client_key'];

/** A key as it was presented, and what of its request decides whose it is. */
export interface Presented {
  /** A hash of the key's text and of the scheme that it came by: a key is never remembered itself. */
  readonly keyHash: string;
  /** The tenant that is named; undefined where the key itself says whose it is. */
  readonly tenantId: string | undefined;
  readonly clientKey: string | undefined;
}

/** Who calls, or why nobody was identified, and what that came to request by request. */
export interface Identification {
  readonly verdict: Verdict;
  readonly outcomes: RememberedOutcomes;
}

/** What one reading of a key came to. */
export interface Entry extends Identification {
  /** When the reading began, by `Clock.steady`. */
  readonly readAt: number;
  /** By the same. */
  readonly usableUntil: number;
  /** When the key or its secret ends, in milliseconds since 1970. */
  readonly endsAt: number;
  readonly grounds: Grounds;
  readonly secretMark: string | undefined;
  /** Whether too much time went by for anybody to be admitted by it still. */
  readonly isTooOld: () => boolean;
  readonly routes: readonly ApiRoute[];
  readonly table: RouteTable;
  readonly oauth: OauthRequirement | undefined;
  readonly oauthClientIds: readonly string[] | undefined;
  /** What tokens came to, by their hash; undefined where the API asks for none. */
  readonly tokens: BoundedMap<string, Identification> | undefined;
  readonly sources: KeySources;
  /** Fulfilled when what its reading asked for was asked for; undefined for nothing. */
  readonly upkeep: Promise<void> | undefined;
  /** What the entry's own reading said of the network that it asked for. */
  readonly networkRead: { readonly network: string | undefined; readonly seenUntil: number | undefined };
}

export interface KeyMemoryOptions {
  /** A `Clock`, or a wall clock alone. */
  readonly now: () => number;
  /** How long a record may be used after its reading began. */
  readonly cacheMilliseconds: number;
  /** How old a record may be that is used because nothing newer can be read; 0 for never. */
  readonly staleMilliseconds: number;
  /** How many known keys are remembered; as many unknown ones besides. */
  readonly cacheEntries: number;
  /** Until how long after its reading began an admission may be answered. */
  readonly answerMilliseconds: number;
}

/** A reading to remember. */
export interface Memory {
  readonly reading: KeyReading;
  readonly network: string | undefined;
  readonly sources: KeySources;
}

/**
 * What was read of one key. Whatever its holder sends beside it fills and empties nothing but this: all other
 * tenants' names are one case, and client keys are told apart only where the API asks for one.
 */
class KeyRecord {
  sources: KeySources;
  /** Whose the key is; undefined where it is nobody's. */
  #tenantId: string | undefined;
  /** Of its own tenant, or of none named, and of any client key. */
  #own: Entry | undefined;
  /** The same where the client key decided. */
  #byClientKey: BoundedMap<string | undefined, Entry> | undefined;
  #ofOtherTenants: Entry | undefined;

  constructor(sources: KeySources) {
    this.sources = sources;
  }

  entry(presented: Presented): Entry | undefined {
    if (this.#isOfOthers(presented)) return this.#ofOtherTenants;
    return this.#own ?? this.#byClientKey?.get(presented.clientKey);
  }

  keep(presented: Presented, { api, tenantId, verdict }: KeyReading, entry: Entry): void {
    this.#tenantId = tenantId;
    if (this.#isOfOthers(presented)) {
      this.#ofOtherTenants = entry;
      return;
    }
    const decides = verdict.allowed || ABOUT_THE_CLIENT_KEY.includes(verdict.cause);
    const byClientKey = decides && api?.clientKeyRequired === true;
    this.#own = byClientKey ? undefined : entry;
    if (!byClientKey) return;
    this.#byClientKey ??= new BoundedMap(CLIENT_KEYS_PER_KEY);
    this.#byClientKey.set(presented.clientKey, entry);
  }

  #isOfOthers({ tenantId }: Presented): boolean {
    return tenantId !== undefined && tenantId !== this.#tenantId;
  }
}

/**
 * What an authorizer remembers of the keys that it read, a place for each key. Admitted and refused keys are
 * kept apart and equally long: guessing pushes out no real keys. What was read of a key is used for as long as it
 * is young, and nothing else was learned meanwhile, by whatever key, of the credential, tenant, product or API
 * that it rests on. An admission past its time is kept for when nothing newer can be read.
 */
export class KeyMemory {
  readonly #options: KeyMemoryOptions;
  readonly #clock: Clock;
  readonly #known: KnownRecords;
  readonly #admitted: BoundedMap<string, KeyRecord>;
  readonly #refused: BoundedMap<string, KeyRecord>;

  constructor(options: KeyMemoryOptions, known: KnownRecords) {
    this.#options = options;
    this.#clock = clockOf(options.now);
    this.#known = known;
    const { cacheEntries } = options;
    this.#admitted = new BoundedMap(cacheEntries);
    this.#refused = new BoundedMap(cacheEntries);
  }

  /** What may be answered without asking anyone. */
  fresh(presented: Presented): Entry | undefined {
    const { keyHash } = presented;
    const record = this.#admitted.get(keyHash) ?? this.#refused.get(keyHash);
    const entry = record?.entry(presented);
    if (entry === undefined || entry.usableUntil <= this.#clock.steady()) return undefined;
    return this.#known.stand(entry.grounds) ? entry : undefined;
  }

  /** What may be asked about because a reading just failed: an admission, and not too old a one. */
  stale(presented: Presented): (Entry & Admitted) | undefined {
    const entry = this.#admitted.get(presented.keyHash)?.entry(presented);
    if (entry === undefined || entry.endsAt <= this.#clock()) return undefined;
    const isTooOld = entry.readAt + this.#options.staleMilliseconds <= this.#clock.steady();
    return isTooOld || !entry.verdict.allowed ? undefined : (entry as Entry & Admitted);
  }

  /** The addresses that the key is known by; they outlast what was read. */
  sources(keyHash: string): KeySources | undefined {
    return this.#admitted.get(keyHash)?.sources;
  }

  remember(presented: Presented, memory: Memory): Entry {
    const { keyHash } = presented;
    const { reading, sources } = memory;
    const { verdict } = reading;
    const entry = this.#entryOf(memory);
    if (!verdict.allowed && meaningOf(verdict.cause).endsGrace) this.#admitted.delete(keyHash);
    const admitted = this.#admitted.get(keyHash);
    const record = admitted ?? this.#refused.get(keyHash) ?? new KeyRecord(sources);
    record.keep(presented, reading, entry);
    if (verdict.allowed) {
      record.sources = sources;
      this.#refused.delete(keyHash);
      this.#admitted.set(keyHash, record);
    } else if (admitted === undefined) {
      this.#refused.set(keyHash, record);
    }
    return entry;
  }

  #entryOf({ reading, network, sources }: Memory): Entry {
    const { verdict, api, readAt, oauthClientIds, networkSeenUntil, grounds, secretMark, upkeep } = reading;
    const { cacheMilliseconds, answerMilliseconds } = this.#options;
    const { steady } = this.#clock;
    const endsAt = verdict.allowed ? verdict.caller.endsAt : Number.POSITIVE_INFINITY;
    const endsAfter = endsAt - this.#clock();
    return {
      // What every request asks for lies together, in one or two lines of the processor's cache.
      usableUntil: Math.min(readAt + cacheMilliseconds, steady() + endsAfter),
      grounds,
      oauth: api?.oauth,
      verdict,
      outcomes: new RememberedOutcomes(),
      sources,
      readAt,
      endsAt,
      secretMark,
      isTooOld: () => steady() >= readAt + answerMilliseconds,
      routes: api?.routes ?? NO_ROUTES,
      table: RouteTable.of(api?.routes ?? NO_ROUTES),
      oauthClientIds,
      tokens: api?.oauth && new BoundedMap(TOKENS_PER_KEY),
      upkeep,
      networkRead: { network, seenUntil: networkSeenUntil },
    };
  }
}

/** A new identification of which nothing was asked yet. */
export function identification(verdict: Verdict): Identification {
  return { verdict, outcomes: new RememberedOutcomes() };
}
