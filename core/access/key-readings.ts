import { compositeKey } from '../domain/ground/composite-key.ts';
import type { CarriedKey } from '../domain/keys/foreign-key.ts';
import { networkOf } from '../domain/keys/network.ts';
import { TENANT_ID } from '../domain/tenants/tenant.ts';
import { BoundedMap } from './bounded-map.ts';
import { type Clock, clockOf } from './clock.ts';
import { type AnswerTime, within } from './deadline.ts';
import type { Entry, KeyMemory, Presented } from './key-memory.ts';
import { type KeyInquiry, KeyReader, type KeyReaderOptions, UnknownPepperError } from './key-reader.ts';
import { KeySources } from './key-sources.ts';
import type { KnownRecords } from './known-records.ts';
import type { Dated } from './outcome.ts';

export interface KeyReadingsOptions extends KeyReaderOptions {
  /** How many keys are remembered of which nothing can be told. */
  readonly cacheEntries: number;
  /** How long a decision may take in all. */
  readonly deadlineMilliseconds: number;
  readonly answerTime: AnswerTime;
  /** Hears of each use of a record past its time, how old it was, and why there was no newer one. */
  readonly onStale: (ageMilliseconds: number, cause: unknown) => void;
}

/** A key to read. */
export interface KeyPresented {
  readonly key: CarriedKey;
  readonly presented: Presented;
}

/** A reading under way, and when it began. */
interface Reading {
  readonly began: number;
  readonly entry: Promise<Entry>;
}

/** That a key can't be told about, and when that was found. */
interface Untold {
  readonly at: number;
  readonly cause: UnknownPepperError;
}

/** What is decided by, and which reading's age counts: of an old record's, that of the one that failed. */
export interface Basis {
  readonly entry: Entry;
  readonly isStale: boolean;
  readonly reading: Dated;
}

/** What is no tenant's id is this one, which no tenant has either: the text itself is never looked up. */
const NO_TENANT = '';

/** How often a key is read of which nobody can tell; its pepper is asked for no more often. */
const UNTOLD_MILLISECONDS = 1000;

/** Readings that one request may wait for: a second one where the first was overtaken by time. */
const MOST_READINGS = 2;

/** Of the deadline, what readings may take; the rest is for a token's verification and for notes. */
const READING_SHARE = 0.6;

/**
 * Readings of keys: many at once of one key are one, and where none can be had, what is known of an admission of
 * the last minute serves.
 */
export class KeyReadings {
  readonly #options: KeyReadingsOptions;
  readonly #clock: Clock;
  readonly #memory: KeyMemory;
  readonly #known: KnownRecords;
  readonly #reader: KeyReader;
  readonly #reading = new Map<string, Reading>();
  /** Keys of which nobody can tell, for lack of the pepper: no refusals, but read again after a second only. */
  readonly #untold: BoundedMap<string, Untold>;

  constructor(options: KeyReadingsOptions, memory: KeyMemory, known: KnownRecords) {
    this.#options = options;
    this.#clock = clockOf(options.now);
    this.#memory = memory;
    this.#known = known;
    this.#reader = new KeyReader(options, known);
    this.#untold = new BoundedMap(options.cacheEntries);
  }

  /** What is read of a key or, should that fail, what is known of an admission past its time. */
  async readOrRecall(asked: KeyPresented, sourceIp: string | undefined): Promise<Basis> {
    const { deadlineMilliseconds, answerTime } = this.#options;
    for (let readings = 1; ; readings++) {
      const { began, entry: reading } = this.#join(asked, sourceIp);
      const failed: Dated = { isTooOld: () => answerTime.left(began) <= 0 };
      try {
        const entry = await within(deadlineMilliseconds * READING_SHARE, reading);
        // What was answered while the process was frozen is not news.
        if (!entry.isTooOld() || readings === MOST_READINGS) {
          return { entry, isStale: false, reading: entry };
        }
      } catch (cause) {
        if (!failed.isTooOld() || readings === MOST_READINGS) {
          return { entry: this.#recall(asked, cause), isStale: true, reading: failed };
        }
      }
    }
  }

  /** A reading of the key that is under way, or a new one: nobody waits any more for one that began long ago. */
  #join(asked: KeyPresented, sourceIp: string | undefined): Reading {
    const { keyHash, tenantId, clientKey } = asked.presented;
    const about = compositeKey(keyHash, tenantId, clientKey);
    const now = this.#clock.steady();
    const known = this.#reading.get(about);
    if (known !== undefined && now < known.began + this.#options.deadlineMilliseconds * READING_SHARE) {
      return known;
    }
    const entry = this.#readUnlessUntold(about, asked, sourceIp).finally(() => {
      if (this.#reading.get(about) === reading) this.#reading.delete(about);
    });
    const reading: Reading = { began: now, entry };
    this.#reading.set(about, reading);
    return reading;
  }

  async #readUnlessUntold(about: string, asked: KeyPresented, sourceIp: string | undefined): Promise<Entry> {
    const untold = this.#untold.get(about);
    if (untold !== undefined && this.#clock.steady() < untold.at + UNTOLD_MILLISECONDS) throw untold.cause;
    try {
      return await this.#read(asked, sourceIp);
    } catch (cause) {
      if (cause instanceof UnknownPepperError) this.#untold.set(about, { at: this.#clock.steady(), cause });
      throw cause;
    }
  }

  /** What is remembered of an admission, by all that was learned since. @throws what the reading failed with */
  #recall(asked: KeyPresented, cause: unknown): Entry {
    const { presented } = asked;
    const remembered = this.#memory.stale(presented);
    if (remembered === undefined) throw cause;
    let entry: Entry = remembered;
    if (!this.#known.stand(remembered)) {
      const { sources, network } = remembered;
      const reading = this.#reader.recall(inquiryOf(asked, undefined), remembered);
      if (reading === undefined) throw cause;
      entry = this.#memory.remember(presented, { reading, network, sources });
    }
    this.#options.onStale(this.#clock.steady() - entry.readAt, cause);
    return entry;
  }

  async #read(asked: KeyPresented, sourceIp: string | undefined): Promise<Entry> {
    const { presented } = asked;
    const sources = this.#memory.sources(presented.keyHash) ?? new KeySources(this.#options);
    const network = sourceIp === undefined || sources.knows(sourceIp) ? undefined : networkOf(sourceIp);
    const reading = await this.#reader.read(inquiryOf(asked, network));
    return this.#memory.remember(presented, { reading, network, sources });
  }
}

/** What has to be read; what is no tenant's id is never looked up. */
function inquiryOf({ key, presented }: KeyPresented, network: string | undefined): KeyInquiry {
  const { tenantId: named, clientKey } = presented;
  const tenantId = named === undefined || TENANT_ID.test(named) ? named : NO_TENANT;
  return { key, tenantId, clientKey, network };
}
