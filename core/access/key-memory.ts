import { type Cause, meaningOf } from '../domain/decision/causes.ts';
import type { ApiRoute, OauthRequirement } from '../domain/products/protected-api.ts';
import { RouteTable } from '../domain/products/route-table.ts';
import { BoundedMap } from './bounded-map.ts';
import { type Clock, clockOf } from './clock.ts';
import type { AnswerTime } from './deadline.ts';
import { Identification } from './identification.ts';
import type { Admitted, KeyReading, SecretMark } from './key-reader.ts';
import type { KeySources } from './key-sources.ts';
import type { Grounds, KnownRecords } from './known-records.ts';
import type { Dated } from './outcome.ts';

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

/** What one reading of a key came to, and the grounds of that. What every request asks for lies together. */
export class Entry extends Identification implements Grounds, Dated {
  /** By `Clock.steady`. */
  readonly usableUntil: number;
  stoodAt: number;
  readonly oauth: OauthRequirement | undefined;
  readonly facts: Grounds['facts'];
  readonly sources: KeySources;
  /** When the reading began, by `Clock.steady`. */
  readonly readAt: number;
  readonly secret: SecretMark | undefined;
  readonly #answerTime: AnswerTime;
  readonly routes: readonly ApiRoute[];
  readonly table: RouteTable;
  readonly oauthClientIds: readonly string[] | undefined;
  /** What tokens came to, by their hash; undefined where the API asks for none. */
  readonly tokens: BoundedMap<string, Identification> | undefined;
  /** Fulfilled when what its reading asked for was asked for; undefined for nothing. */
  readonly upkeep: Promise<void> | undefined;
  /** The network that the entry's own reading asked for, and what it said of that. */
  readonly network: string | undefined;
  readonly networkSeenUntil: number | undefined;

  constructor({ reading, network, sources }: Memory, usableUntil: number, answerTime: AnswerTime) {
    super(reading.verdict);
    const { api, grounds, secret, oauthClientIds, upkeep, networkSeenUntil } = reading;
    this.usableUntil = usableUntil;
    this.stoodAt = grounds.stoodAt;
    this.oauth = api?.oauth;
    this.facts = grounds.facts;
    this.sources = sources;
    this.readAt = reading.readAt;
    this.secret = secret;
    this.#answerTime = answerTime;
    this.routes = api?.routes ?? NO_ROUTES;
    this.table = RouteTable.of(this.routes);
    this.oauthClientIds = oauthClientIds;
    this.tokens = api?.oauth && new BoundedMap(TOKENS_PER_KEY);
    this.upkeep = upkeep;
    this.network = network;
    this.networkSeenUntil = networkSeenUntil;
  }

  isTooOld(): boolean {
    return this.#answerTime.left(this.readAt) <= 0;
  }
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
  readonly answerTime: AnswerTime;
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
    return this.#known.stand(entry) ? entry : undefined;
  }

  /** What may be asked about because a reading just failed: an admission, and not too old a one. */
  stale(presented: Presented): (Entry & Admitted) | undefined {
    const entry = this.#admitted.get(presented.keyHash)?.entry(presented);
    if (!entry?.verdict.allowed || entry.verdict.caller.endsAt <= this.#clock()) return undefined;
    const isTooOld = entry.readAt + this.#options.staleMilliseconds <= this.#clock.steady();
    return isTooOld ? undefined : (entry as Entry & Admitted);
  }

  /** The addresses that the key is known by; they outlast what was read. */
  sources(keyHash: string): KeySources | undefined {
    return this.#admitted.get(keyHash)?.sources;
  }

  remember(presented: Presented, memory: Memory): Entry {
    const { keyHash } = presented;
    const { reading, sources } = memory;
    const { verdict } = reading;
    const entry = new Entry(memory, this.#usableUntil(reading), this.#options.answerTime);
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

  #usableUntil({ verdict, readAt }: KeyReading): number {
    const youngUntil = readAt + this.#options.cacheMilliseconds;
    if (!verdict.allowed) return youngUntil;
    const endsAfter = verdict.caller.endsAt - this.#clock();
    return Math.min(youngUntil, this.#clock.steady() + endsAfter);
  }
}
