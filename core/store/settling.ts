import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { inGroups } from '../aws/in-groups.ts';
import { compositeKey } from '../domain/ground/composite-key.ts';
import { mergedTallies } from '../domain/usage/merged-tallies.ts';
import { hourOf, type Tally } from '../domain/usage/usage-tally.ts';
import { writeIf } from './conditional-write.ts';
import { SHARDS } from './fresh-counts.ts';
import { type FreshHead, FreshStore, openOnly } from './fresh-store.ts';
import { itemKey } from './item-keys.ts';
import { UsageStore } from './usage-store.ts';
import type { UncountedPart, UsageWriting } from './usage-writing.ts';

/** A set is settled with the hour, and when it is of so many files: a reader reads all of them. */
const MOST_FILES = 24;
/** So that no file waits for all of them at the full hour. */
const SETTLED_AT_ONCE = 8;
/** Whoever settles has ended after so long, as long as a function may run. */
const ABANDONED_MILLISECONDS = 15 * 60_000;
const WRITES_AT_ONCE = 25;

/**
 * Takes fresh counts into hours and days: a set is closed, so that nothing more is added to it, then each count takes
 * in what the whole set has of it, once, and then it is past. Sets are settled in their order. It may be cut off
 * anywhere, and two may do it at once.
 */
export class Settling {
  readonly #table: Table;
  readonly #fresh: FreshStore;
  readonly #usage: UsageStore;

  constructor(table: Table) {
    this.#table = table;
    this.#fresh = new FreshStore(table);
    this.#usage = new UsageStore(table);
  }

  /** Settles what is due, some of it at a time. @returns what could not be settled, and stays fresh */
  async settle(writing: UsageWriting): Promise<UncountedPart[]> {
    const now = writing.now().getTime();
    const all = await Promise.all(
      Array.from({ length: SHARDS }, async (_, shard) => ({ shard, head: await this.#fresh.head(shard) })),
    );
    const due = all
      .flatMap(({ shard, head }) => (head !== undefined && isDue(head, now) ? [{ shard, head }] : []))
      .sort((one, other) => one.head.since - other.head.since);
    const failed: UncountedPart[] = [];
    for (const { shard, head } of due.slice(0, SETTLED_AT_ONCE)) {
      try {
        if (await this.#close(shard, head, now)) await this.#settle(shard, writing);
      } catch (cause) {
        failed.push({ what: `fresh counts of list ${shard} stay fresh`, cause });
      }
    }
    return failed;
  }

  /** Closes the open set, unless one waits that nobody has settled. @returns false where somebody else was first */
  #close(shard: number, head: FreshHead, now: number): Promise<boolean> {
    if (head.settled < head.set)
      return this.#updateHead(shard, {
        UpdateExpression: 'SET #closing = :now',
        ConditionExpression: '#set = :set AND #closing = :was',
        ExpressionAttributeNames: { '#closing': 'closing', '#set': 'set' },
        ExpressionAttributeValues: { ':now': now, ':set': head.set, ':was': head.closing },
      });
    return this.#updateHead(shard, {
      UpdateExpression: 'SET #closing = :now, #set = :next, #parts = :zero, #files = :zero',
      ...openOnly(head.set, {
        names: { '#closing': 'closing', '#parts': 'parts', '#files': 'files' },
        values: { ':now': now, ':next': head.set + 1, ':zero': 0 },
      }),
    });
  }

  async #settle(shard: number, writing: UsageWriting): Promise<void> {
    const head = await this.#fresh.head(shard);
    if (head === undefined) return;
    for (let set = head.settled; set < head.set; set++) {
      const tallies: Tally[] = [];
      const keys: string[] = [];
      // What earlier sets have left behind, cut off here, is only to be deleted.
      for await (const item of this.#fresh.items(shard, 0, set + 1)) {
        keys.push(item.sk);
        if (item.set === set) tallies.push(...item.tallies);
      }
      const merged = mergedTallies(tallies, nameOf);
      await inGroups(merged, WRITES_AT_ONCE, (tally) => this.#usage.takeIn(tally, set, writing));
      await this.#updateHead(shard, {
        UpdateExpression: 'SET #settled = :next',
        ConditionExpression: 'attribute_not_exists(#settled) OR #settled < :next',
        ExpressionAttributeNames: { '#settled': 'settled' },
        ExpressionAttributeValues: { ':next': set + 1 },
      });
      const { pk } = itemKey.freshHead(shard);
      await inGroups(keys, WRITES_AT_ONCE, (sk) =>
        this.#table.client.send(new DeleteCommand({ TableName: this.#table.name, Key: { pk, sk } })),
      );
    }
  }

  #updateHead(shard: number, update: object): Promise<boolean> {
    const Key = itemKey.freshHead(shard);
    const command = new UpdateCommand({ TableName: this.#table.name, Key, ...update });
    return writeIf(this.#table, command);
  }
}

function isDue({ set, settled, files, parts, since, closing }: FreshHead, now: number): boolean {
  if (settled < set) return now - closing > ABANDONED_MILLISECONDS;
  return files >= MOST_FILES || (parts > 0 && hourOf(since) < hourOf(now));
}

function nameOf({ subject, period }: Tally): string {
  const { pk, sk } = itemKey.usage(subject, period);
  return compositeKey(pk, sk);
}
