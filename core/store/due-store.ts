import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { TABLE_INDEX, TTL_ATTRIBUTE } from '../contract/deployment.ts';
import { writeIf } from './conditional-write.ts';
import { secondsOf } from './ending.ts';
import { dueOwner, type ItemKey } from './item-keys.ts';

/** What a sweep has to look at. `at` is since when, ISO 8601 UTC. */
export type Due = ReturnType<typeof dueOwner> & { readonly at: string };

/** An item's place in the index. */
export type DuePlace = ItemKey & { readonly dueAt: string };

const PAGE_SIZE = 100;

/** The `due` index of the main table. What it says may be a moment old: the item decides. */
export class DueStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** One partition's share of what is due by `now`, longest due first, page by page as they are consumed. */
  async *pages(partition: string, now: Date): AsyncGenerator<readonly Due[]> {
    for await (const places of this.places(partition, now))
      yield places.map(({ pk, dueAt }) => ({ ...dueOwner(pk), at: dueAt }));
  }

  /** The same by their keys, whatever they are. */
  async *places(partition: string, now: Date): AsyncGenerator<readonly DuePlace[]> {
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          IndexName: TABLE_INDEX.due,
          KeyConditionExpression: 'duePk = :partition AND dueAt <= :now',
          ExpressionAttributeValues: { ':partition': partition, ':now': now.toISOString() },
          Limit: PAGE_SIZE,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      if (Items.length > 0) yield Items as unknown as DuePlace[];
      start = LastEvaluatedKey;
    } while (start !== undefined);
  }

  /**
   * Deletes an item that has ended.
   * @param place where the index has it: what was given another end since then stays
   * @returns false where nothing was to be deleted any more
   */
  end({ pk, sk, dueAt }: DuePlace, now: Date): Promise<boolean> {
    const deletion = new DeleteCommand({
      TableName: this.#table.name,
      Key: { pk, sk },
      ConditionExpression: 'dueAt = :seen AND #ttl <= :now',
      ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
      ExpressionAttributeValues: { ':seen': dueAt, ':now': secondsOf(now) },
    });
    return writeIf(this.#table, deletion);
  }
}
