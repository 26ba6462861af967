import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import type { Table } from '../../core/aws/document-client.ts';
import { AUDIT_INDEX, LAST_EVENT, RESOURCE, TABLE_INDEX } from '../../core/contract/deployment.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import type { ItemKey } from '../../core/store/item-keys.ts';

/** A DynamoDB in memory with Keywright's tables. */
export interface TestDynamoDb {
  readonly endpoint: string;
  readonly main: Table;
  readonly audit: Table;
  readonly usage: Table;
  /** An item of the main table, whole. */
  item(key: ItemKey): Promise<Record<string, unknown> | undefined>;
  /** The event that an item's last change left. */
  lastEvent(key: ItemKey): Promise<AuditEvent>;
  /** Everything that is stored, for tests that look for what must not be. */
  everything(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function startDynamoDb(): Promise<TestDynamoDb> {
  const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  await createTable(client, RESOURCE.table, {
    [TABLE_INDEX.list]: ['listPk', 'listSk'],
    [TABLE_INDEX.subscriptions]: ['state', 'subscriptionSk'],
  });
  await createTable(client, RESOURCE.auditTable, { [AUDIT_INDEX.byDay]: ['day', 'sk'] });
  await createTable(client, RESOURCE.usageTable, {});
  const main = { client, name: RESOURCE.table };
  const audit = { client, name: RESOURCE.auditTable };
  const usage = { client, name: RESOURCE.usageTable };
  const item = async ({ pk, sk }: ItemKey) =>
    (await client.send(new GetCommand({ TableName: main.name, Key: { pk, sk }, ConsistentRead: true }))).Item;
  return {
    endpoint,
    main,
    audit,
    usage,
    item,
    lastEvent: async (key) => (await item(key))?.[LAST_EVENT] as AuditEvent,
    everything: async () => [...(await scan(main)), ...(await scan(audit)), ...(await scan(usage))],
    close: async () => {
      client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function scan({ client, name }: Table): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items, LastEvaluatedKey } = await client.send(
      new ScanCommand({ TableName: name, ...(start && { ExclusiveStartKey: start }) }),
    );
    items.push(...(Items ?? []));
    start = LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}

async function createTable(
  client: DynamoDBDocumentClient,
  name: string,
  indexes: Readonly<Record<string, readonly [string, string]>>,
): Promise<void> {
  const schema = ([hash, range]: readonly [string, string]) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  const keys = ['pk', 'sk'] as const;
  const names = [...new Set([...keys, ...Object.values(indexes).flat()])];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: schema(keys),
      ...(Object.keys(indexes).length > 0 && {
        GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, indexKeys]) => ({
          IndexName,
          KeySchema: schema(indexKeys),
          Projection: { ProjectionType: 'ALL' },
        })),
      }),
    }),
  );
}
