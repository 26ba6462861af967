import type { Caller, Cause, Refusal } from '../domain/decision.ts';
import type { ApiRoute, OauthRequirement } from '../domain/protected-api.ts';
import { RouteTable } from '../domain/route-table.ts';
import { BoundedMap } from './bounded-map.ts';
import type { KeyReading } from './key-reader.ts';
import type { KeySources } from './key-sources.ts';
import { RememberedOutcomes } from './remembered-outcomes.ts';

const TOKENS_PER_KEY = 64;
const CLIENT_KEYS_PER_KEY = 8;
const NO_ROUTES: readonly ApiRoute[] = [];

const ABOUT_THE_CLIENT_KEY: readonly Cause[] = ['no_client_key', 'wrong_client_key'];

/** Refusals of what was sent beside a key, which say nothing against the key itself. */
const ABOUT_THE_REQUEST: readonly Cause[] = ['tenant_mismatch', ...ABOUT_THE_CLIENT_KEY];

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
  readonly verdict: Caller | Refusal;
  readonly outcomes: RememberedOutcomes;
}

/** What one reading of a key came to. */
export interface Entry extends Identification {
  /** When the reading began, in milliseconds since 1970. */
  readonly readAt: number;
  readonly usableUntil: number;
  readonly endsAt: number;
  readonly routes: readonly ApiRoute[];
  readonly table: RouteTable;
  readonly oauth: OauthRequirement | undefined;
  readonly oauthClientIds: readonly string[] | undefined;
  /** What tokens came to, by their hash. */
  readonly tokens: BoundedMap<string, Identification>;
  readonly sources: KeySources;
  /** Fulfilled when what its reading asked for was asked for; undefined for nothing. */
  readonly upkeep: Promise<void> | undefined;
  /** What the entry's own reading said of the network that it asked for. */
  readonly networkRead: { readonly network: string | undefined; readonly seenUntil: number | undefined };
  /** What later readings may have said of its key and its tenant. */
  readonly standings: readonly Standing[];
}

/** When something that was admitted before was last seen refused, in milliseconds since 1970. */
interface Standing {
  refusedAt: number;
}

export interface KeyMemoryOptions {
  readonly now: () => number;
  /** How long a record may be used after its reading began. */
  readonly cacheMilliseconds: number;
  /** How old a record may be that is used because nothing newer can be read; 0 for never. */
  readonly staleMilliseconds: number;
  /** How many known keys are remembered; as many unknown ones besides. */
  readonly cacheEntries: number;
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
  readonly #byClientKey = new BoundedMap<string | undefined, Entry>(CLIENT_KEYS_PER_KEY);
  #ofOtherTenants: Entry | undefined;

  constructor(sources: KeySources) {
    this.sources = sources;
  }

  entry(presented: Presented): Entry | undefined {
    if (this.#isOfOthers(presented)) return this.#ofOtherTenants;
    return this.#own ?? this.#byClientKey.get(presented.clientKey);
  }

  keep(presented: Presented, { api, tenantId, verdict }: KeyReading, entry: Entry): void {
    this.#tenantId = tenantId;
    if (this.#isOfOthers(presented)) {
      this.#ofOtherTenants = entry;
      return;
    }
    const decides = !('allowed' in verdict) || ABOUT_THE_CLIENT_KEY.includes(verdict.cause);
    const byClientKey = decides && api?.clientKeyRequired === true;
    this.#own = byClientKey ? undefined : entry;
    if (byClientKey) this.#byClientKey.set(presented.clientKey, entry);
  }

  #isOfOthers({ tenantId }: Presented): boolean {
    return tenantId !== undefined && tenantId !== this.#tenantId;
  }
}

/**
 * What an authorizer remembers of the keys that it read, a place for each key. Admitted and refused keys are
 * kept apart and equally long: guessing pushes out no real keys. A record past its time is kept for when
 * nothing newer can be read, but never once its key, or its tenant, was seen refused, in whatever company
 * the key came.
 */
export class KeyMemory {
  readonly #options: KeyMemoryOptions;
  readonly #admitted: BoundedMap<string, KeyRecord>;
  readonly #refused: BoundedMap<string, KeyRecord>;
  /** By key and by tenant. Made by admissions only, so that they outlive what is admitted. */
  readonly #keys: BoundedMap<string, Standing>;
  readonly #tenants: BoundedMap<string, Standing>;

  constructor(options: KeyMemoryOptions) {
    this.#options = options;
    const { cacheEntries } = options;
    this.#admitted = new BoundedMap(cacheEntries);
    this.#refused = new BoundedMap(cacheEntries);
    this.#keys = new BoundedMap(cacheEntries);
    this.#tenants = new BoundedMap(cacheEntries);
  }

  /** What may be answered without asking anyone. */
  fresh(presented: Presented): Entry | undefined {
    const { keyHash } = presented;
    const record = this.#admitted.get(keyHash) ?? this.#refused.get(keyHash);
    const entry = record?.entry(presented);
    return entry !== undefined && entry.usableUntil > this.#options.now() ? entry : undefined;
  }

  /** What may be answered because a reading just failed: an admission, and not too old a one. */
  stale(presented: Presented): Entry | undefined {
    const entry = this.#admitted.get(presented.keyHash)?.entry(presented);
    const now = this.#options.now();
    if (entry === undefined || entry.readAt + this.#options.staleMilliseconds <= now || entry.endsAt <= now) {
      return undefined;
    }
    if ('allowed' in entry.verdict) return undefined;
    return entry.standings.every(({ refusedAt }) => refusedAt < entry.readAt) ? entry : undefined;
  }

  /** The addresses that the key is known by; they outlast what was read. */
  sources(keyHash: string): KeySources | undefined {
    return this.#admitted.get(keyHash)?.sources;
  }

  remember(presented: Presented, memory: Memory): Entry {
    const { keyHash } = presented;
    const { reading, sources } = memory;
    const { verdict } = reading;
    const standings = 'allowed' in verdict ? [] : this.#standingsOf(keyHash, verdict.tenantId);
    const entry = this.#entryOf(memory, standings);
    if ('allowed' in verdict && !ABOUT_THE_REQUEST.includes(verdict.cause)) {
      this.#noteRefusal(keyHash, verdict, reading.tenantId);
      this.#admitted.delete(keyHash);
    }
    const admitted = this.#admitted.get(keyHash);
    const record = admitted ?? this.#refused.get(keyHash) ?? new KeyRecord(sources);
    record.keep(presented, reading, entry);
    if (!('allowed' in verdict)) {
      record.sources = sources;
      this.#refused.delete(keyHash);
      this.#admitted.set(keyHash, record);
    } else if (admitted === undefined) {
      this.#refused.set(keyHash, record);
    }
    return entry;
  }

  #entryOf({ reading, network, sources }: Memory, standings: readonly Standing[]): Entry {
    const { verdict, api, readAt, oauthClientIds, networkSeenUntil } = reading;
    const endsAt = 'allowed' in verdict ? Number.POSITIVE_INFINITY : verdict.endsAt;
    return {
      readAt,
      usableUntil: Math.min(readAt + this.#options.cacheMilliseconds, endsAt),
      endsAt,
      verdict,
      outcomes: new RememberedOutcomes(),
      routes: api?.routes ?? NO_ROUTES,
      table: RouteTable.of(api?.routes ?? NO_ROUTES),
      oauth: api?.oauth,
      oauthClientIds,
      tokens: new BoundedMap(TOKENS_PER_KEY),
      sources,
      upkeep: reading.upkeep,
      networkRead: { network, seenUntil: networkSeenUntil },
      standings,
    };
  }

  #standingsOf(keyHash: string, tenantId: string): Standing[] {
    return [touched(this.#keys, keyHash), touched(this.#tenants, tenantId)];
  }

  #noteRefusal(keyHash: string, { cause }: Refusal, tenantId: string | undefined): void {
    const now = this.#options.now();
    const key = this.#keys.get(keyHash);
    if (key !== undefined) key.refusedAt = now;
    const tenant = cause === 'tenant_suspended' ? this.#tenants.get(tenantId ?? '') : undefined;
    if (tenant !== undefined) tenant.refusedAt = now;
  }
}

/** A new identification of which nothing was asked yet. */
export function identification(verdict: Caller | Refusal): Identification {
  return { verdict, outcomes: new RememberedOutcomes() };
}

function touched(standings: BoundedMap<string, Standing>, name: string): Standing {
  const standing = standings.get(name) ?? { refusedAt: Number.NEGATIVE_INFINITY };
  standings.set(name, standing);
  return standing;
}
