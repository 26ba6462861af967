import type { Chance } from './chance.ts';
import { holds, type Item, type Placeholders, projected, updated } from './expressions.ts';
import type { Scheduler } from './scheduler.ts';

/** A change of one item, as it was committed. `time` is true time. */
export interface Commit {
  readonly table: string;
  readonly pk: string;
  readonly sk: string;
  readonly time: number;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

interface Version extends Commit {
  readonly after: Item;
}

export interface Write extends Placeholders {
  readonly TableName?: string | undefined;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly UpdateExpression?: string | undefined;
  readonly ConditionExpression?: string | undefined;
}

export interface Query extends Placeholders {
  readonly TableName?: string | undefined;
  readonly IndexName?: string | undefined;
  readonly KeyConditionExpression?: string | undefined;
  readonly FilterExpression?: string | undefined;
  readonly ProjectionExpression?: string | undefined;
  readonly ConsistentRead?: boolean | undefined;
  readonly ScanIndexForward?: boolean | undefined;
  readonly Limit?: number | undefined;
  readonly ExclusiveStartKey?: Item | undefined;
}

/** Sort keys of the indexes; a table's own is `sk`. */
const RANGES: Readonly<Record<string, readonly [hash: string, range: string]>> = {
  list: ['listPk', 'listSk'],
  subscriptions: ['state', 'subscriptionSk'],
  alerts: ['state', 'alertSk'],
  due: ['duePk', 'dueAt'],
  byDay: ['day', 'sk'],
};
const LARGEST_ITEM_BYTES = 400 * 1024;
/** How far a reading that is not consistent, or an index, may be behind. */
const STALE_MILLISECONDS = 800;

/** A condition that did not hold, and the item that it was put to. */
export class ConditionFailed extends Error {
  readonly item: Item | undefined;

  constructor(item: Item | undefined) {
    super('The conditional request failed');
    this.item = item;
  }
}

/** Tables by `pk` and `sk` as DynamoDB keeps them: every write is of one item or, in a transaction, of all. */
export class Tables {
  /** Hears of everything that is written, in order. */
  onCommit: (commit: Commit) => void = () => undefined;
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #tables = new Map<string, Map<string, Version>>();

  constructor(scheduler: Scheduler, chance: Chance) {
    this.#scheduler = scheduler;
    this.#chance = chance;
  }

  /** @param consistent false for a reading that may miss what was written in the last moment */
  get(table: string, key: Item, consistent = true): Item | undefined {
    return this.#seen(this.#table(table).get(nameOf(key)), consistent);
  }

  all(table: string): Item[] {
    return [...this.#table(table).values()].map(({ after }) => after);
  }

  query(input: Query): { Items: Item[]; LastEvaluatedKey?: Item } {
    const { IndexName, ConsistentRead, ScanIndexForward = true, ExclusiveStartKey: start } = input;
    const [hash, range] = IndexName === undefined ? ['pk', 'sk'] : (RANGES[IndexName] ?? ['', '']);
    const position = (item: Item) => `${item[range]} ${item.pk} ${item.sk}`;
    const items = [...this.#table(input.TableName ?? '').values()]
      .map((version) => this.#seen(version, ConsistentRead === true))
      .filter((item) => item !== undefined)
      .filter((item) => item[hash] !== undefined && item[range] !== undefined)
      .filter((item) => holds(input.KeyConditionExpression, item, input))
      .sort((one, other) => (position(one) < position(other) === ScanIndexForward ? -1 : 1));
    const rest =
      start === undefined
        ? items
        : items.filter(
            (item) =>
              position(item) !== position(start) && position(item) > position(start) === ScanIndexForward,
          );
    // A page may end anywhere.
    const most = this.#chance.is(0.1) ? 1 + this.#chance.below(3) : Number.POSITIVE_INFINITY;
    const page = rest.slice(0, Math.min(input.Limit ?? Number.POSITIVE_INFINITY, most));
    const last = page.at(-1);
    const Items = page
      .filter((item) => holds(input.FilterExpression, item, input))
      .map((item) => projected(item, input.ProjectionExpression, input));
    return { Items, ...(last !== undefined && page.length < rest.length && { LastEvaluatedKey: last }) };
  }

  /** @throws ConditionFailed; Error `ValidationException` */
  write(write: Write): { before: Item | undefined; after: Item } {
    const prepared = this.#prepare(write);
    if (prepared.failed) throw new ConditionFailed(prepared.before);
    this.#commit(prepared);
    return prepared;
  }

  /** All writes, or none: then the index of each whose condition failed. */
  transact(writes: readonly Write[]): readonly number[] {
    const prepared = writes.map((write) => this.#prepare(write));
    const failed = prepared.flatMap((each, index) => (each.failed ? [index] : []));
    if (failed.length === 0) for (const each of prepared) this.#commit(each);
    return failed;
  }

  /** What time-to-live does. */
  expire(table: string, attribute: string): void {
    for (const [name, { pk, sk, after }] of this.#table(table)) {
      if (Number(after[attribute] ?? Number.POSITIVE_INFINITY) * 1000 > this.#scheduler.now) continue;
      this.#table(table).delete(name);
      this.onCommit({ table, pk, sk, time: this.#scheduler.now, before: after, after: undefined });
    }
  }

  #prepare(write: Write) {
    const table = write.TableName ?? '';
    const key = (write.Item ?? write.Key) as Item;
    const [pk, sk] = [String(key.pk), String(key.sk)];
    const before = this.#table(table).get(nameOf(key))?.after;
    const failed = !holds(write.ConditionExpression, before ?? {}, write);
    const after = failed
      ? {}
      : (write.Item ?? updated(before ?? { pk, sk }, write.UpdateExpression ?? '', write));
    if (!failed && JSON.stringify(after).length > LARGEST_ITEM_BYTES) {
      const message = 'Item size has exceeded the maximum allowed size';
      throw Object.assign(new Error(message), { name: 'ValidationException', $fault: 'client' });
    }
    return { table, pk, sk, before, after, failed };
  }

  #commit({ table, pk, sk, before, after }: Omit<Version, 'time'>): void {
    const commit = { table, pk, sk, time: this.#scheduler.now, before, after };
    this.#table(table).set(nameOf({ pk, sk }), commit);
    this.onCommit(commit);
  }

  #seen(version: Version | undefined, consistent: boolean): Item | undefined {
    if (version === undefined || consistent) return version?.after;
    const lag = this.#chance.is(0.5) ? this.#chance.unit() * STALE_MILLISECONDS : 0;
    return this.#scheduler.now - version.time < lag ? version.before : version.after;
  }

  #table(name: string): Map<string, Version> {
    const known = this.#tables.get(name);
    const table = known ?? new Map<string, Version>();
    if (known === undefined) this.#tables.set(name, table);
    return table;
  }
}

function nameOf({ pk, sk }: Item): string {
  return `${pk} ${sk}`;
}
