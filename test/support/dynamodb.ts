import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { seeded } from '../../bench/scale/random.ts';
import type { Table } from '../../core/aws/document-client.ts';
import {
  AUDIT_INDEX,
  INDEX_ATTRIBUTES,
  LAST_EVENT,
  RESOURCE,
  TABLE_INDEX,
} from '../../core/contract/deployment.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import type { ItemKey } from '../../core/store/item-keys.ts';
import type { TableProperties } from '../../emulator/aws/dynamodb-table.ts';
import type { AwsServer } from '../../emulator/aws-server.ts';
import { CREDENTIALS } from './credentials.ts';
import { EventWatch, STREAM } from './event-watch.ts';

const { startAwsServer } = loadOnce<typeof import('../../emulator/aws-server.ts')>(
  '../../emulator/aws-server.ts',
);

/** The local DynamoDB with Keywright's tables, in a folder of its own. */
export interface TestDynamoDb {
  readonly endpoint: string;
  /** The services that it is one of. */
  readonly aws: AwsServer;
  readonly main: Table;
  readonly regional: Table;
  readonly audit: Table;
  readonly usage: Table;
  /** An item of the main table, or of the regional one, whole. */
  item(key: ItemKey): Promise<Record<string, unknown> | undefined>;
  /** The event that an item's last change left. */
  lastEvent(key: ItemKey): Promise<AuditEvent>;
  /** Everything that is stored, for tests that look for what must not be. */
  everything(): Promise<Record<string, unknown>[]>;
  /** All items of the main table that are a tenant's. */
  ofTenant(tenantId: string): Promise<Record<string, unknown>[]>;
  /** Every event that was written to the main table, in order, then those of the regional one. */
  emitted(): Promise<readonly AuditEvent[]>;
  /** Lets lists, use and the audit log catch up, which nobody is promised to see at once. */
  settle(): void;
  /** @throws Error when an event was written that is not as its schema says */
  close(): Promise<void>;
}

/** What the SDK's client does for HTTP, or when the way fails, and takes a quarter of a call's time for. */
const STEPS_OF_THE_WAY = [
  'getUserAgentMiddleware',
  'hostHeaderMiddleware',
  'recursionDetectionMiddleware',
  'contentLengthMiddleware',
  'loggerMiddleware',
  'httpSigningMiddleware',
  'retryMiddleware',
];

export async function startDynamoDb(): Promise<TestDynamoDb> {
  const dataDir = mkdtempSync(join(tmpdir(), 'keywright-tables-'));
  const vagaries = seeded(Number(process.env.KEYWRIGHT_SEED));
  const log = () => undefined;
  const server = await startAwsServer({
    dataDir,
    credentials: CREDENTIALS,
    vagaries,
    tablesInMemory: true,
    log,
    mailIdentities: ['keywright.test'],
  });
  const endpoint = server.url;
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint,
      region: 'eu-central-1',
      credentials: CREDENTIALS,
      // The way over HTTP is what test/local proves; here it would only cost time.
      requestHandler: {
        handle: async ({ headers, body }: Sent) => ({ response: await ask(server, headers, body) }),
      },
    }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  for (const step of STEPS_OF_THE_WAY)
    if (!client.middlewareStack.remove(step)) throw new Error(`The SDK's client has no ${step}`);
  await server.createTable({
    ...tableOf(RESOURCE.table, {
      [TABLE_INDEX.list]: ['listPk', 'listSk'],
      [TABLE_INDEX.subscriptions]: ['subscriptionPk', 'subscriptionSk'],
      [TABLE_INDEX.alerts]: ['alertPk', 'alertSk'],
      [TABLE_INDEX.due]: ['duePk', 'dueAt'],
      [TABLE_INDEX.names]: ['namePk', 'nameKey'],
      [TABLE_INDEX.hints]: ['hintKey', 'nameKey'],
    }),
    ...STREAM,
  });
  await server.createTable({ ...tableOf(RESOURCE.regionalTable, {}), ...STREAM });
  await server.createTable(tableOf(RESOURCE.auditTable, { [AUDIT_INDEX.byDay]: ['day', 'sk'] }));
  await server.createTable(tableOf(RESOURCE.usageTable, {}));
  const main = { client, name: RESOURCE.table };
  const regional = { client, name: RESOURCE.regionalTable };
  const audit = { client, name: RESOURCE.auditTable };
  const usage = { client, name: RESOURCE.usageTable };
  const watch = new EventWatch(server, [main.name, regional.name]);
  const item = async ({ pk, sk }: ItemKey) =>
    (await client.send(new GetCommand({ TableName: tableNameOf(pk), Key: { pk, sk }, ConsistentRead: true })))
      .Item;
  return {
    endpoint,
    aws: server,
    main,
    regional,
    audit,
    usage,
    item,
    lastEvent: async (key) => (await item(key))?.[LAST_EVENT] as AuditEvent,
    everything: async () =>
      (await Promise.all([main, regional, audit, usage].map((table) => scan(table)))).flat(),
    ofTenant: (tenantId) =>
      scan(main, {
        FilterExpression: 'tenantId = :tenantId',
        ExpressionAttributeValues: { ':tenantId': tenantId },
      }),
    settle: () => server.settle([audit.name, usage.name]),
    emitted: () => watch.emitted(),
    close: async () => {
      try {
        await watch.check();
      } finally {
        client.destroy();
        await server.close();
        rmSync(dataDir, { recursive: true });
      }
    },
  };
}

/** The table that items of a partition are in, of the two that events are written to. */
export function tableNameOf(pk: string): string {
  return /^(?:SEEN|LIMIT)#/.test(pk) ? RESOURCE.regionalTable : RESOURCE.table;
}

/** A request as the client hands it to what carries it. */
interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

async function ask(server: AwsServer, sent: Sent['headers'], sentBody: Uint8Array) {
  const { status, body } = await server.askDynamoDb(
    sent['x-amz-target'] ?? '',
    new TextDecoder().decode(sentBody),
  );
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { statusCode: status, headers, body };
}

async function scan({ client, name }: Table, filter: object = {}): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items, LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: name,
        ConsistentRead: true,
        ...filter,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    items.push(...(Items ?? []));
    start = LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}

/** A table by `pk` and `sk` with these indexes, as a template declares it. */
function tableOf(
  TableName: string,
  indexes: Readonly<Record<string, readonly [string, string]>>,
): TableProperties {
  const schema = ([hash, range]: readonly [string, string]) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  const keys = ['pk', 'sk'] as const;
  const names = [...new Set([...keys, ...Object.values(indexes).flat()])];
  return {
    TableName,
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: schema(keys),
    ...(Object.keys(indexes).length > 0 && {
      GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, indexKeys]) => ({
        IndexName,
        KeySchema: schema(indexKeys),
        Projection: projectionOf(IndexName),
      })),
    }),
  };
}

const KEYS_ONLY: readonly string[] = [TABLE_INDEX.due, TABLE_INDEX.names, TABLE_INDEX.hints];

/** As the data stack declares it. */
function projectionOf(index: string) {
  if (KEYS_ONLY.includes(index)) return { ProjectionType: 'KEYS_ONLY' };
  const attributes = (INDEX_ATTRIBUTES as Readonly<Record<string, readonly string[]>>)[index];
  return attributes === undefined
    ? { ProjectionType: 'ALL' }
    : { ProjectionType: 'INCLUDE', NonKeyAttributes: attributes };
}
