import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { LARGEST_LIST_BYTES } from '../contract/platform-limits.ts';

/** One partition of a table or index, read by its sort key. */
export interface Partition {
  readonly table: Table;
  readonly index?: string;
  readonly hash: { readonly name: string; readonly value: string };
  readonly range: string;
  /** Of a table alone: an index can't be read consistently. Default: false. */
  readonly isConsistent?: boolean;
}

/** Which end of a list a reading begins at. */
export type Order = 'newestFirst' | 'oldestFirst';

/** Sort keys: `from` is inclusive, `before` exclusive, and so is `after`, in place of `from`. */
export interface Bounds {
  readonly from?: string | undefined;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/** A part of a list. `next` is the position to go on after; null at the end. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** Where a reading that has asked often enough stops, after a position at which nothing need stand. */
export class Stop {
  readonly position: string;

  constructor(position: string) {
    this.position = position;
  }
}

/** Every sort key begins with a time, so lies between these. */
const FIRST = '0';
const LAST = '~';
const QUERY_LIMIT = 100;

/** The earlier of two upper bounds: a range's end, and the position that a page goes on from. */
export function earlier(end: string, position: string | undefined): string {
  return position !== undefined && position < end ? position : end;
}

/** A partition's items, newest first unless told otherwise, queried as they are consumed. */
export async function* inOrder(
  partition: Partition,
  bounds: Bounds,
  order: Order = 'newestFirst',
): AsyncGenerator<Record<string, unknown>> {
  const { table, index, hash, range, isConsistent = false } = partition;
  const [from, before] = [bounds.after ?? bounds.from ?? FIRST, bounds.before ?? LAST];
  // A cursor of another range may lie before this one; DynamoDB takes no bounds in the wrong order.
  if (from >= before) return;
  let start: Record<string, unknown> | undefined;
  do {
    const { Items, LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        ...(index !== undefined && { IndexName: index }),
        KeyConditionExpression: '#hash = :hash AND #range BETWEEN :from AND :before',
        ExpressionAttributeNames: { '#hash': hash.name, '#range': range },
        ExpressionAttributeValues: {
          ':hash': hash.value,
          ':from': from,
          ':before': before,
        },
        ConsistentRead: isConsistent,
        ScanIndexForward: order === 'oldestFirst',
        Limit: QUERY_LIMIT,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    // BETWEEN includes both; the list goes on after what is exclusive.
    const excluded = [bounds.after, bounds.before];
    for (const item of Items ?? []) if (!excluded.includes(item[range] as string)) yield item;
    start = LastEvaluatedKey;
  } while (start !== undefined);
}

/**
 * The first `limit` items that match, as many of them as an answer can hold, having looked at `mostExamined`
 * at most, and no further than a `Stop`: a page may hold fewer than `limit`, or nothing, and still have a
 * next one.
 * @param options `positionOf` gives an item's place in the list, which the next page's bounds go on from;
 *   `shownOf` as much of an item as an answer shows, by default all of it
 */
export async function takePage<Item>(
  items: AsyncIterable<Item | Stop> | Iterable<Item | Stop>,
  options: {
    readonly limit: number;
    readonly mostExamined: number;
    readonly matches: (item: Item) => boolean;
    readonly positionOf: (item: Item) => string;
    readonly shownOf?: (item: Item) => unknown;
  },
): Promise<Page<Item>> {
  const { shownOf = (item) => item } = options;
  const taken: Item[] = [];
  let bytes = 0;
  let examined = 0;
  let lastExamined: Item | undefined;
  for await (const item of items) {
    if (item instanceof Stop) return { items: taken, next: item.position };
    if (examined === options.mostExamined && lastExamined !== undefined) {
      return { items: taken, next: options.positionOf(lastExamined) };
    }
    if (options.matches(item)) {
      const lastTaken = taken.at(-1);
      bytes += payloadBytes(shownOf(item)) + SURROUNDING_BYTES;
      const isFull = taken.length === options.limit || bytes > LARGEST_LIST_BYTES;
      if (isFull && lastTaken !== undefined) {
        return { items: taken, next: options.positionOf(lastTaken) };
      }
      taken.push(item);
    }
    examined += 1;
    lastExamined = item;
  }
  return { items: taken, next: null };
}

/** What an answer may say of an item beside what is stored of it. */
const SURROUNDING_BYTES = 2048;

/** How much of an answer a value takes up: the body is a text inside the JSON that Lambda hands over. */
function payloadBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
}

/** Items, `size` of them at a time. */
export async function* inGroups<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let group: Item[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/**
 * Several lists, each newest first or all of them oldest first, as one. An item that stands in two of them, because it moved while
 * they were read, comes once.
 */
export async function* mergeInOrder<Item>(
  lists: readonly AsyncGenerator<Item>[],
  positionOf: (item: Item) => string,
  order: Order = 'newestFirst',
): AsyncGenerator<Item> {
  const isFirst = (one: string, other: string) => (order === 'newestFirst' ? one > other : one < other);
  const heads = await Promise.all(lists.map((list) => list.next()));
  let last: string | undefined;
  for (;;) {
    let first: { index: number; item: Item; position: string } | undefined;
    for (const [index, head] of heads.entries()) {
      if (head.done) continue;
      const position = positionOf(head.value);
      if (first === undefined || isFirst(position, first.position))
        first = { index, item: head.value, position };
    }
    if (first === undefined) return;
    if (first.position !== last) yield first.item;
    last = first.position;
    heads[first.index] = (await lists[first.index]?.next()) ?? { done: true, value: undefined };
  }
}
