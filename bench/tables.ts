import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../core/aws/document-client.ts';
import { RESOURCE, TABLE_INDEX } from '../core/contract/deployment.ts';
import { startAwsServer } from '../emulator/aws-server.ts';
import { CREDENTIALS } from '../test/support/credentials.ts';
import { TestManagement } from '../test/support/management.ts';

/** The management functions on the local DynamoDB, over HTTP and with nothing in it, for as long as `work` takes. */
export async function withManagement<Result>(
  work: (management: TestManagement, main: Table) => Promise<Result>,
): Promise<Result> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keywright-bench-'));
  const server = await startAwsServer({ dataDir, credentials: CREDENTIALS, log: () => undefined });
  const endpoint = server.url;
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials: CREDENTIALS }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  try {
    for (const [name, indexes] of TABLES) await server.createTable(tableOf(name, indexes));
    const table = (name: string): Table => ({ client, name });
    const main = table(RESOURCE.table);
    const [regional, audit] = [table(RESOURCE.regionalTable), table(RESOURCE.auditTable)];
    const tables = { main, regional, audit, usage: table(RESOURCE.usageTable), settle: () => undefined };
    return await work(new TestManagement({ aws: server, endpoint, ...tables }), main);
  } finally {
    client.destroy();
    await server.close();
    await rm(dataDir, { recursive: true });
  }
}

type Indexes = Readonly<Record<string, readonly [string, string]>>;

const TABLES: readonly (readonly [string, Indexes])[] = [
  [
    RESOURCE.table,
    {
      [TABLE_INDEX.list]: ['listPk', 'listSk'],
      [TABLE_INDEX.subscriptions]: ['subscriptionPk', 'subscriptionSk'],
      [TABLE_INDEX.alerts]: ['alertPk', 'alertSk'],
      [TABLE_INDEX.due]: ['duePk', 'dueAt'],
      [TABLE_INDEX.names]: ['namePk', 'nameKey'],
      [TABLE_INDEX.hints]: ['hintKey', 'nameKey'],
    },
  ],
  [RESOURCE.regionalTable, {}],
  [RESOURCE.auditTable, {}],
  [RESOURCE.usageTable, {}],
];

function tableOf(TableName: string, indexes: Indexes) {
  const schema = ([hash, range]: readonly [string, string]) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  const names = [...new Set(['pk', 'sk', ...Object.values(indexes).flat()])];
  return {
    TableName,
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: schema(['pk', 'sk']),
    ...(Object.keys(indexes).length > 0 && {
      GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, keys]) => ({
        IndexName,
        KeySchema: schema(keys),
        Projection: { ProjectionType: 'ALL' },
      })),
    }),
  };
}
