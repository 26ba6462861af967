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
 * The items that there are of these keys, each key given once, in any order. What DynamoDB leaves out of a batch is
 * asked for again, after a pause of random length that grows for as long as nothing comes.
 * @throws DomainError `dependency_unavailable` when nothing came several times in a row
 */
export async function* itemsByKey(
  { client, name }: Table,
  keys: readonly ItemKey[],
  reading: Reading = {},
): AsyncGenerator<Record<string, unknown>> {
  let wanted = keys;
  let fruitless = 0;
  while (wanted.length > 0) {
    const Keys = wanted.slice(0, BATCH_SIZE);
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true, ...reading } } }),
    );
    yield* Responses?.[name] ?? [];
    const left = (UnprocessedKeys?.[name]?.Keys ?? []) as ItemKey[];
    wanted = [...left, ...wanted.slice(BATCH_SIZE)];
    if (left.length === 0) continue;
    fruitless = left.length < Keys.length ? 0 : fruitless + 1;
    if (fruitless > MOST_FRUITLESS) throw gaveNothing();
    const longest = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** fruitless, LONGEST_PAUSE_MILLISECONDS);
    await pause(Math.random() * longest);
  }
}

/** What a table came to that leaves every key of a batch unprocessed again and again. */
export function gaveNothing(): DomainError {
  return new DomainError(
    'dependency_unavailable',
    'The database gives out nothing at this moment; retry shortly',
  );
}
