import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { TABLE_INDEX } from '../contract/deployment.ts';
import { stateOf } from './item.ts';
import { inOrder } from './listing.ts';

/** The states of one partition of the `list` index, newest first, queried as they are consumed. */
export async function* listItems<State>(
  table: Table,
  listPk: string,
  before: string | undefined,
): AsyncGenerator<State> {
  const hash = { name: 'listPk', value: listPk };
  const partition = { table, index: TABLE_INDEX.list, hash, range: 'listSk' };
  for await (const item of inOrder(partition, { before })) yield stateOf<State>(item);
}

/** These attributes of the imported ones of a partition of the `list` index, a megabyte of it at a time. */
export async function* importedItems<State>(
  table: Table,
  listPk: string,
  attributes: readonly string[],
): AsyncGenerator<State> {
  const names = ['imported', 'digests', ...attributes];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items, LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: TABLE_INDEX.list,
        KeyConditionExpression: 'listPk = :listPk',
        FilterExpression: 'attribute_exists(imported)',
        ProjectionExpression: names.map((_, i) => `#n${i}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#n${i}`, name])),
        ExpressionAttributeValues: { ':listPk': listPk },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield* (Items ?? []) as State[];
    start = LastEvaluatedKey;
  } while (start !== undefined);
}
