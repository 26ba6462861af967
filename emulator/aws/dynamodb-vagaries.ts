import { Readable } from 'node:stream';
import type { LevelOperation, Range, Store, SubDatabase } from 'dynalite/db/index.js';
import { AwsError, type Input } from './protocol.ts';

/** How long a replica or an index may lag; DynamoDB says "within a second or less". */
const LAG_MILLISECONDS = 1000;
/** How often a batch is not answered whole, more seldom than the request plane may retry, and a transaction meets another one. */
const PART_ANSWERED = 1 / 20;
const CONFLICTS = 1 / 10;

/** An entry as it was before its last change. */
interface Past {
  readonly value: unknown;
  /** Until when a replica may answer with it, by `performance.now`. */
  readonly until: number;
}

interface Asked extends Range {
  readonly reverse?: boolean;
}

/**
 * What DynamoDB may do and seldom does: a read that is not consistent answers once with what was before the last
 * change, an index lags behind its table, a batch is answered in part, a transaction meets another one. Tests
 * have it on; draws are the same ones for the same seed and the same calls.
 */
export class Vagaries {
  readonly #past = new Map<string, Past>();
  readonly #random: () => number;

  /** @param random from 0 up to 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Remembers what these operations change. @param read the entry as it is, undefined where there is none */
  note(operations: readonly LevelOperation[], read: (key: string) => unknown): void {
    const until = performance.now() + LAG_MILLISECONDS;
    for (const { key } of operations)
      if (/^(item-|index-)/.test(key)) this.#past.set(key, { value: read(key), until });
  }

  /** Every index has caught up, and so have the replicas of these tables. */
  settle(tables: readonly string[]): void {
    const prefixes = ['index-', ...tables.map((table) => `item-${table}~`)];
    for (const key of this.#past.keys())
      if (prefixes.some((prefix) => key.startsWith(prefix))) this.#past.delete(key);
  }

  /** The store as a read sees it that is not consistent. */
  lagging(store: Store): Store {
    const behind = (prefix: string, entries: SubDatabase): SubDatabase => ({
      ...entries,
      get: (key, callback) => {
        const past = this.#take(prefix + key);
        if (past === undefined) entries.get(key, callback);
        else callback(null, past.value);
      },
      createValueStream: (asked: Asked) => Readable.from(this.#values(store, prefix, asked)),
    });
    return {
      ...store,
      getItemDb: (table) => behind(`item-${table}~`, store.getItemDb(table)),
      getIndexDb: (type, table, index) =>
        behind(`index-${type.toLowerCase()}~${table}~${index}~`, store.getIndexDb(type, table, index)),
    };
  }

  /** The part of a batch that is done, and what is left, as it was asked for; all is done most of the time. */
  part(input: Input): { done: Input; left: Readonly<Record<string, unknown>> } {
    const tables = Object.entries(Object(input.RequestItems) as Record<string, unknown>);
    const [[table, asked] = []] = tables;
    const requests: unknown = Array.isArray(asked) ? asked : Object(asked).Keys;
    if (table === undefined || !Array.isArray(requests) || requests.length < 2)
      return { done: input, left: {} };
    if (this.#random() >= PART_ANSWERED) return { done: input, left: {} };
    const count = 1 + Math.floor(this.#random() * (requests.length - 1));
    const some = (part: readonly unknown[]) =>
      Array.isArray(asked) ? part : { ...Object(asked), Keys: part };
    const rest = Object.fromEntries(tables.slice(1));
    return {
      done: { ...input, RequestItems: { [table]: some(requests.slice(0, count)) } },
      left: { [table]: some(requests.slice(count)), ...rest },
    };
  }

  /** @throws AwsError (TransactionCanceledException) where another transaction has one of the items */
  meetOthers({ TransactItems: items }: Input): void {
    if (!Array.isArray(items) || this.#random() >= CONFLICTS) return;
    const at = Math.floor(this.#random() * items.length);
    const reasons = items.map((_, index) =>
      index === at
        ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }
        : { Code: 'None' },
    );
    throw new AwsError(
      'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
      { fields: { CancellationReasons: reasons } },
    );
  }

  /** An old answer is given once, so that who asks again until a change is seen does see it. */
  #take(key: string): Past | undefined {
    const past = this.#past.get(key);
    this.#past.delete(key);
    return past !== undefined && past.until > performance.now() ? past : undefined;
  }

  async *#values({ db }: Store, prefix: string, asked: Asked): AsyncGenerator<unknown> {
    const range = within(prefix, asked);
    const keys = new Set<string>();
    for await (const key of db.keys(range)) keys.add(key);
    for (const key of this.#past.keys()) if (isIn(range, key)) keys.add(key);
    const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    if (asked.reverse) sorted.reverse();
    let left = asked.limit === undefined || asked.limit < 0 ? Number.POSITIVE_INFINITY : asked.limit;
    for (const key of sorted) {
      if (left === 0) return;
      const past = this.#take(key);
      const value = past === undefined ? db.getSync(key) : past.value;
      if (value === undefined) continue;
      left -= 1;
      yield value;
    }
  }
}

/** A range of a kind of entries as one of the whole database. */
function within(prefix: string, { gt, gte, lt, lte }: Asked): Range {
  return {
    ...(gte !== undefined ? { gte: prefix + gte } : { gt: prefix + (gt ?? '') }),
    ...(lte !== undefined ? { lte: prefix + lte } : { lt: prefix + (lt ?? '\xff') }),
  };
}

function isIn({ gt, gte, lt, lte }: Range, key: string): boolean {
  return (
    (gt === undefined || key > gt) &&
    (gte === undefined || key >= gte) &&
    (lt === undefined || key < lt) &&
    (lte === undefined || key <= lte)
  );
}
