import { BoundedMap } from '../../core/access/bounded-map.ts';
import { inGroups } from '../../core/aws/in-groups.ts';
import { compositeKey } from '../../core/domain/ground/composite-key.ts';
import type { AccessRecord, LogBatch } from '../../core/domain/usage/access-record.ts';
import { type Tally, tallyOf } from '../../core/domain/usage/usage-tally.ts';
import type { FreshStore } from '../../core/store/fresh-store.ts';
import type { LastUseStore } from '../../core/store/last-use-store.ts';
import type { ReceiptStore } from '../../core/store/receipt-store.ts';
import { type CredentialUse, PRECISION_MILLISECONDS } from '../../core/store/recent-uses.ts';
import type { RefusalStore } from '../../core/store/refusal-store.ts';
import type { UsageStore } from '../../core/store/usage-store.ts';
import type { UsageWriting } from '../../core/store/usage-writing.ts';

/** What counting needs. */
export interface RollUpDependencies extends UsageWriting {
  /** Whose logs these are: those of two Regions may have one name. */
  readonly region: string;
  readonly usage: UsageStore;
  /** Where counts of files are kept until they are settled; absent where there are no files. */
  readonly fresh?: FreshStore | undefined;
  readonly lastUses: LastUseStore;
  /** Where refusals are kept, to be explained; absent where nobody asks. */
  readonly refusals?: Pick<RefusalStore, 'keep'>;
  /** Of credentials that have ended; absent where nobody asks. */
  readonly receipts?: Pick<ReceiptStore, 'add'>;
  /** `-` where it is not known. */
  readonly countryOf: (address: string) => string;
}

/** Hears of a part of a batch that failed; the others are done. */
export type OnPartFailure = (what: string, cause: unknown) => void;

const MOST_REMEMBERED = 10_000;
/** Notes of last uses that are under way at once. */
const NOTES_AT_ONCE = 25;

/** Counts batches of log lines, and notes when credentials were last used. */
export class RollUp {
  readonly #dependencies: RollUpDependencies;
  /** What this instance has noted, so that a busy key costs a write a minute and not one a batch. */
  readonly #noted = new BoundedMap<string, number>(MOST_REMEMBERED);

  constructor(dependencies: RollUpDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Counts a batch exactly once, however often it is delivered and wherever it was cut off before.
   * @returns what it adds to which counts, also when it had been counted
   */
  async add(batch: LogBatch, onFailure: OnPartFailure): Promise<readonly Tally[]> {
    const { usage, fresh, countryOf } = this.#dependencies;
    const tallies = tallyOf(batch, countryOf);
    const uncounted = await ((batch.isOfFile && fresh) || usage).add(batch.id, tallies, this.#dependencies);
    for (const { what, cause } of uncounted) onFailure(what, cause);
    await this.#noteUses(batch, onFailure);
    await this.#dependencies.refusals
      ?.keep(batch.refusals)
      .catch((cause: unknown) => onFailure('refusals to be explained', cause));
    await this.#dependencies.receipts
      ?.add(batch, this.#dependencies.now())
      .catch((cause: unknown) => onFailure('receipts of what has ended', cause));
    return tallies;
  }

  /** Notes that a batch's log is counted so far: to be called once everything of the batch is. */
  async noteHeard({ log }: LogBatch, onFailure: OnPartFailure): Promise<void> {
    const name = this.#nameOf(log);
    if (log === undefined || !Number.isFinite(log.until) || name === undefined) return;
    const { until } = log;
    const key = compositeKey('log', name);
    if (until < (this.#noted.get(key) ?? Number.NEGATIVE_INFINITY) + PRECISION_MILLISECONDS) return;
    try {
      await this.#dependencies.lastUses.noteHeard(name, until);
      this.#noted.set(key, until);
    } catch (cause) {
      onFailure(`how far ${name} is counted`, cause);
    }
  }

  #nameOf(log: LogBatch['log']): string | undefined {
    return log?.name ? `${this.#dependencies.region}:${log.name}` : undefined;
  }

  async #noteUses({ accesses, log, isOfFile }: LogBatch, onFailure: OnPartFailure): Promise<void> {
    const due = [...latestUses(accesses, this.#nameOf(log))].filter(
      ([name, { at }]) => at >= (this.#noted.get(name) ?? Number.NEGATIVE_INFINITY) + PRECISION_MILLISECONDS,
    );
    if (isOfFile) {
      const { lastUses, now } = this.#dependencies;
      const uses = due.map(([, use]) => use);
      const failed = await lastUses.noteTogether(uses, now());
      for (const { what, cause } of failed) onFailure(what, cause);
      if (failed.length === 0) for (const [name, { at }] of due) this.#noted.set(name, at);
      return;
    }
    await inGroups(due, NOTES_AT_ONCE, async ([name, use]) => {
      try {
        await this.#dependencies.lastUses.note(use);
        this.#noted.set(name, use.at);
      } catch (cause) {
        onFailure(`the last use of ${use.keyId}`, cause);
      }
    });
  }
}

function latestUses(
  records: readonly AccessRecord[],
  log: string | undefined,
): ReadonlyMap<string, CredentialUse> {
  const uses = new Map<string, CredentialUse>();
  for (const { caller, time } of records) {
    if (caller?.secretId === undefined) continue;
    const { keyId, secretId } = caller;
    const name = compositeKey(keyId, secretId);
    if (time > (uses.get(name)?.at ?? Number.NEGATIVE_INFINITY))
      uses.set(name, { keyId, secretId, at: time, log });
  }
  return uses;
}
