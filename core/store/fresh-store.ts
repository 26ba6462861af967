import { GetCommand, QueryCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { inGroups } from '../aws/in-groups.ts';
import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import type { Tally, UsageSubject } from '../domain/usage/usage-tally.ts';
import { FreshCounts, packed, shardOf, unpacked } from './fresh-counts.ts';
import { itemKey } from './item-keys.ts';
import {
  BATCH_LIFE_DAYS,
  CONDITION_FAILED,
  inDays,
  MOST_ATTEMPTS,
  passes,
  transact,
  type UncountedPart,
  type UsageWriting,
  waitBefore,
} from './usage-writing.ts';

/** Where a shard's fresh counts stand: those of the sets before `settled` are in their counts. */
export interface FreshHead {
  /** The set that files add to; the ones before it are closed. */
  readonly set: number;
  /** The first set that is not settled. */
  readonly settled: number;
  /** How many files and parts of them were added to the set, and when the first one was, in milliseconds since 1970. */
  readonly files: number;
  readonly parts: number;
  readonly since: number;
  /** When somebody last took it on to settle what is closed. */
  readonly closing: number;
}

/** An item of fresh counts. */
export interface FreshItem {
  readonly sk: string;
  readonly set: number;
  readonly tallies: readonly Tally[];
}

interface Part {
  readonly shard: number;
  /** Of all parts of a batch. */
  readonly part: number;
  readonly tallies: readonly Tally[];
}

const NO_HEAD: FreshHead = { set: 0, settled: 0, files: 0, parts: 0, since: 0, closing: 0 };
/** Tallies of a part: packed some 20 KB, and never more than a transaction takes. */
const MOST_TALLIES = 500;
/** What is larger when it is packed goes into several items. */
const LARGEST_PIECE_BYTES = 300_000;
const LISTS_AT_ONCE = 8;
const SHARDS_OF_PART = 1000;

/** Counts of files that are not settled into hours and days yet, in the usage table: some hundred in an item. */
export class FreshStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Keeps a batch's tallies, each part of them exactly once however often the batch comes: with a record of itself,
   * and only in the set that is open, all or nothing. Parts are made by the subjects alone.
   * @returns what could not be kept; the batch is to come again for it
   */
  async add(batchId: string, tallies: readonly Tally[], writing: UsageWriting): Promise<UncountedPart[]> {
    const uncounted: UncountedPart[] = [];
    const heads = new Map<number, FreshHead>();
    for (const part of partsOf(tallies)) {
      try {
        await this.#addPart(batchId, part, heads, writing);
      } catch (cause) {
        uncounted.push({ what: `part ${part.part} of the file`, cause });
      }
    }
    return uncounted;
  }

  /** What these subjects have that is fresh; to be read before their counts. */
  async of(subjects: readonly UsageSubject[]): Promise<FreshCounts> {
    const shards = [...new Set(subjects.map(shardOf))];
    const heads = await this.#heads(shards);
    const fresh = new FreshCounts(subjects, heads.size > 0);
    for (const [shard, { settled }] of heads)
      for await (const { set, tallies } of this.items(shard, settled))
        for (const tally of tallies) fresh.add(set, tally);
    return fresh;
  }

  /** Undefined where no file has added anything yet. */
  async head(shard: number): Promise<FreshHead | undefined> {
    const { pk, sk } = itemKey.freshHead(shard);
    const get = new GetCommand({ TableName: this.#table.name, Key: { pk, sk }, ConsistentRead: true });
    const { Item } = await this.#table.client.send(get);
    return Item && ({ ...NO_HEAD, ...Item } as FreshHead);
  }

  /** A shard's items of the sets from one on, up to another, which is not included. */
  async *items(shard: number, from: number, to = Number.MAX_SAFE_INTEGER): AsyncGenerator<FreshItem> {
    const [first, last] = [itemKey.fresh({ shard, set: from }), itemKey.fresh({ shard, set: to })];
    let start: Record<string, unknown> | undefined;
    do {
      const { Items, LastEvaluatedKey } = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':pk': first.pk, ':from': first.sk, ':to': last.sk },
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const { sk, body } of Items ?? [])
        yield { sk: String(sk), set: Number.parseInt(String(sk), 10), tallies: unpacked(body as Uint8Array) };
      start = LastEvaluatedKey;
    } while (start !== undefined);
  }

  async #heads(shards: readonly number[]): Promise<ReadonlyMap<number, FreshHead>> {
    const heads = new Map<number, FreshHead>();
    await inGroups(shards, LISTS_AT_ONCE, async (shard) => {
      const head = await this.head(shard);
      if (head !== undefined) heads.set(shard, head);
    });
    return heads;
  }

  async #addPart(
    batchId: string,
    part: Part,
    heads: Map<number, FreshHead>,
    writing: UsageWriting,
  ): Promise<void> {
    const pieces = piecesOf(part.tallies);
    for (let attempt = 1; ; attempt++) {
      const known = heads.get(part.shard) ?? (await this.head(part.shard)) ?? NO_HEAD;
      const head = known.parts === 0 ? { ...known, since: writing.now().getTime() } : known;
      const failure = await transact(this.#table, this.#transaction(batchId, part, pieces, head, writing));
      const [done, closed, ...others] = (failure?.CancellationReasons ?? []).map(({ Code }) => Code);
      if (failure === undefined) heads.set(part.shard, { ...head, parts: head.parts + 1 });
      if (failure === undefined || done === CONDITION_FAILED) return;
      const mayPass = passes(done) && (closed === CONDITION_FAILED || passes(closed)) && others.every(passes);
      if (!mayPass || attempt === MOST_ATTEMPTS) throw failure;
      heads.delete(part.shard);
      if (closed !== CONDITION_FAILED) await waitBefore(attempt, writing);
    }
  }

  #transaction(
    batchId: string,
    { shard, part }: Part,
    pieces: readonly Uint8Array[],
    { set, since }: FreshHead,
    writing: UsageWriting,
  ): TransactWriteCommandInput {
    const TableName = this.#table.name;
    const ledger = {
      ...itemKey.usageBatch(batchId, part),
      [TTL_ATTRIBUTE]: inDays(BATCH_LIFE_DAYS, writing),
    };
    const ttl = inDays(writing.retention.dayDays, writing);
    return {
      TransactItems: [
        { Put: { TableName, Item: ledger, ConditionExpression: 'attribute_not_exists(pk)' } },
        {
          Update: {
            TableName,
            Key: itemKey.freshHead(shard),
            UpdateExpression: 'SET #since = :since ADD #parts :one, #files :files',
            ...openOnly(set, {
              names: { '#since': 'since', '#parts': 'parts', '#files': 'files' },
              values: {
                ...{ ':since': since, ':one': 1, ':files': part < SHARDS_OF_PART ? 1 : 0 },
              },
            }),
          },
        },
        ...pieces.map((body, piece) => ({
          Put: {
            TableName,
            Item: {
              ...itemKey.fresh({ shard, set }, { batchId, part, piece }),
              ...{ body, [TTL_ATTRIBUTE]: ttl },
            },
          },
        })),
      ],
    };
  }
}

/** On the condition that a set is the open one. */
export function openOnly(
  set: number,
  { names, values }: { names: Record<string, string>; values: Record<string, unknown> },
) {
  return {
    ConditionExpression: set === 0 ? 'attribute_not_exists(#set)' : '#set = :set',
    ExpressionAttributeNames: { ...names, '#set': 'set' },
    ExpressionAttributeValues: { ...values, ...(set > 0 && { ':set': set }) },
  };
}

function partsOf(tallies: readonly Tally[]): Part[] {
  const sorted = tallies
    .map((tally) => ({ tally, key: itemKey.usage(tally.subject, tally.period) }))
    .sort((a, b) => (a.key.pk + a.key.sk < b.key.pk + b.key.sk ? -1 : 1));
  const shards = Map.groupBy(sorted, ({ tally }) => shardOf(tally.subject));
  return [...shards].flatMap(([shard, all]) =>
    Array.from({ length: Math.ceil(all.length / MOST_TALLIES) }, (_, i) => ({
      ...{ shard, part: i * SHARDS_OF_PART + shard },
      tallies: all.slice(i * MOST_TALLIES, (i + 1) * MOST_TALLIES).map(({ tally }) => tally),
    })),
  );
}

function piecesOf(tallies: readonly Tally[]): Uint8Array[] {
  const body = packed(tallies);
  if (body.length <= LARGEST_PIECE_BYTES || tallies.length === 1) return [body];
  const half = Math.ceil(tallies.length / 2);
  return [...piecesOf(tallies.slice(0, half)), ...piecesOf(tallies.slice(half))];
}
