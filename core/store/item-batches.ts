import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { DomainError } from '../domain/ground/domain-error.ts';
import type { ItemKey } from './item-keys.ts';

/** DynamoDB's limit of a BatchGetItem. */
const BATCH_SIZE = 100;
/** Batches in a row that gave nothing at all. */
const MOST_FRUITLESS = 8;
const FIRST_PAUSE_MILLISECONDS = 10;
const LONGEST_PAUSE_MILLISECONDS = 400;

/** How items are read by their keys. */
interface Reading {
  /** Default: true. */
  readonly ConsistentRead?: boolean;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
}

/**
 * The items that there are of these keys, each key given once, in any order.
 * @throws DomainError `dependency_unavailable` when nothing came several times in a row
 */
export function itemsByKey(
  { client, name }: Table,
  keys: readonly ItemKey[],
  reading: Reading = {},
): AsyncGenerator<Record<string, unknown>> {
  return inBatches(keys, async (Keys) => {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true, ...reading } } }),
    );
    return { items: Responses?.[name] ?? [], left: (UnprocessedKeys?.[name]?.Keys ?? []) as ItemKey[] };
  });
}

/**
 * What is asked for in batches of DynamoDB's size. What it leaves out of one is asked for again, after a pause of
 * random length that grows for as long as nothing comes.
 * @param ask sends one batch; `left` are the keys that DynamoDB did not get to
 * @throws DomainError `dependency_unavailable` when nothing came several times in a row
 */
export async function* inBatches<Key, Item>(
  keys: readonly Key[],
  ask: (batch: Key[]) => Promise<{ readonly items: readonly Item[]; readonly left: readonly Key[] }>,
): AsyncGenerator<Item> {
  let wanted = keys;
  let fruitless = 0;
  while (wanted.length > 0) {
    const batch = wanted.slice(0, BATCH_SIZE);
    const { items, left } = await ask(batch);
    yield* items;
    wanted = [...left, ...wanted.slice(BATCH_SIZE)];
    if (left.length === 0) continue;
    fruitless = left.length < batch.length ? 0 : fruitless + 1;
    if (fruitless > MOST_FRUITLESS) throw gaveNothing();
    const longest = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** fruitless, LONGEST_PAUSE_MILLISECONDS);
    await pause(Math.random() * longest);
  }
}

/** What a table came to that leaves every key of a batch unprocessed again and again. */
function gaveNothing(): DomainError {
  return new DomainError(
    'dependency_unavailable',
    'The database gives out nothing at this moment; retry shortly',
  );
}
