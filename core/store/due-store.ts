import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { TABLE_INDEX } from '../contract/deployment.ts';
import { dueOwner } from './item-keys.ts';

/** What a sweep has to look at. `at` is since when, ISO 8601 UTC. */
export type Due = ReturnType<typeof dueOwner> & { readonly at: string };

const PAGE_SIZE = 100;

/** The `due` index of the main table. What it says may be a moment old: the item decides. */
export class DueStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** One partition's share of what is due by `now`, longest due first, page by page as they are consumed. */
  async *pages(partition: string, now: Date): AsyncGenerator<readonly Due[]> {
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
      if (Items.length > 0) yield Items.map(({ pk, dueAt }) => ({ ...dueOwner(`${pk}`), at: `${dueAt}` }));
      start = LastEvaluatedKey;
    } while (start !== undefined);
  }
}
