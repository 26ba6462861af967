import { hash } from 'node:crypto';
import type { Caller, Cause, Refusal } from '../domain/decision.ts';
import type { ApiRoute, OauthRequirement } from '../domain/protected-api.ts';
import { RouteTable } from '../domain/route-table.ts';
import { BoundedMap } from './bounded-map.ts';
import type { KeyReading } from './key-reader.ts';
import type { KeySources } from './key-sources.ts';
import type { Outcome } from './outcome.ts';

const OUTCOMES_PER_KEY = 32;
const TOKENS_PER_KEY = 64;
const NO_ROUTES: readonly ApiRoute[] = [];

/** Refusals of what was sent beside a key, which say nothing against the key itself. */
const ABOUT_THE_REQUEST: ReadonlySet<Cause> = new Set([
  'tenant_mismatch',
  'no_client_key',
  'wrong_client_key',
]);

/** Who calls, or why nobody was identified, and what that came to request by request. */
export interface Identification {
  readonly verdict: Caller | Refusal;
  /** By address, origin and route. */
  readonly outcomes: BoundedMap<string, Outcome>;
}

/** What is remembered of one key as it was presented, with its tenant or client key. */
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
  readonly keyText: string;
  readonly reading: KeyReading;
  readonly network: string | undefined;
  readonly sources: KeySources;
}

/**
 * What an authorizer remembers of the keys that it read. Admitted and refused keys are kept apart and
 * equally long: guessing pushes out no real keys. A record past its time is kept for when nothing newer can
 * be read, but never once its key, or its tenant, was seen refused, in whatever company the key came.
 */
export class KeyMemory {
  readonly #options: KeyMemoryOptions;
  readonly #admitted: BoundedMap<string, Entry>;
  readonly #refused: BoundedMap<string, Entry>;
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
  fresh(cacheKey: string): Entry | undefined {
    const entry = this.#admitted.get(cacheKey) ?? this.#refused.get(cacheKey);
    return entry !== undefined && entry.usableUntil > this.#options.now() ? entry : undefined;
  }

  /** What may be answered because a reading just failed: an admission, and not too old a one. */
  stale(cacheKey: string): Entry | undefined {
    const entry = this.#admitted.get(cacheKey);
    const now = this.#options.now();
    if (entry === undefined || entry.readAt + this.#options.staleMilliseconds <= now || entry.endsAt <= now) {
      return undefined;
    }
    return entry.standings.every(({ refusedAt }) => refusedAt < entry.readAt) ? entry : undefined;
  }

  /** The addresses that the key is known by; they outlast the record. */
  sources(cacheKey: string): KeySources | undefined {
    return this.#admitted.get(cacheKey)?.sources;
  }

  remember(cacheKey: string, memory: Memory): Entry {
    const { verdict } = memory.reading;
    const isRefused = 'allowed' in verdict;
    const standings = isRefused ? [] : this.#standingsOf(memory.keyText, verdict.tenantId);
    if (isRefused) this.#noteRefusal(verdict, memory);
    const entry = this.#entryOf(memory, standings);
    const [kept, other] = isRefused ? [this.#refused, this.#admitted] : [this.#admitted, this.#refused];
    other.delete(cacheKey);
    kept.set(cacheKey, entry);
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
      outcomes: new BoundedMap(OUTCOMES_PER_KEY),
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

  #standingsOf(keyText: string, tenantId: string): Standing[] {
    return [touched(this.#keys, nameOf(keyText)), touched(this.#tenants, tenantId)];
  }

  #noteRefusal({ cause }: Refusal, { keyText, reading }: Memory): void {
    const now = this.#options.now();
    if (ABOUT_THE_REQUEST.has(cause)) return;
    const key = this.#keys.get(nameOf(keyText));
    if (key !== undefined) key.refusedAt = now;
    const tenant = cause === 'tenant_suspended' ? this.#tenants.get(reading.tenantId ?? '') : undefined;
    if (tenant !== undefined) tenant.refusedAt = now;
  }
}

/** A new identification of which nothing was asked yet. */
export function identification(verdict: Caller | Refusal): Identification {
  return { verdict, outcomes: new BoundedMap(OUTCOMES_PER_KEY) };
}

/** A key is never remembered itself. */
function nameOf(keyText: string): string {
  return hash('sha256', keyText, 'base64url');
}

function touched(standings: BoundedMap<string, Standing>, name: string): Standing {
  const standing = standings.get(name) ?? { refusedAt: Number.NEGATIVE_INFINITY };
  standings.set(name, standing);
  return standing;
}
