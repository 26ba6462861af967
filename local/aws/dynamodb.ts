import { createRequire } from 'node:module';
import type { Store } from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import type { Database } from './database.ts';
import { atomicStore } from './dynamodb-write.ts';
import { AwsError, type AwsService, type Input, operationOf } from './protocol.ts';
import type { Streams } from './stream.ts';
import type { Item, StreamViewType } from './stream-record.ts';

/** Attribute values are limited by the calls that reach DynamoDB's TTL: it skips what expired long ago. */
const OLDEST_EXPIRY_SECONDS = 5 * 365 * 24 * 3600;

const READS = ['BatchGetItem', 'DescribeTable', 'GetItem', 'ListTables', 'Query', 'Scan'] as const;
const WRITES = ['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem'] as const;

/** What `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable` say about a table, in their own words. */
export interface TableProperties {
  readonly TableName: string;
  readonly KeySchema: readonly KeyElement[];
  readonly AttributeDefinitions: readonly { AttributeName: string; AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly {
    IndexName: string;
    KeySchema: readonly KeyElement[];
    Projection: { ProjectionType?: string; NonKeyAttributes?: readonly string[] };
  }[];
  readonly StreamSpecification?: { readonly StreamViewType: string };
  readonly TimeToLiveSpecification?: { readonly AttributeName?: string; readonly Enabled: boolean };
}

interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

interface TableSettings {
  readonly stream: StreamViewType | null;
  readonly ttlAttribute: string | null;
}

interface Operation {
  readonly writes: boolean;
  run(store: Store, input: Input): Promise<object>;
}

/** The local DynamoDB: dynalite's rules over a database that also keeps the change streams. */
export interface DynamoDb extends AwsService {
  /**
   * Makes the table, or checks that the one of an earlier start has the same keys and indexes: throws
   * an Error that says what to do when it has not.
   */
  createTable(properties: TableProperties): Promise<void>;
  /** Deletes items whose time-to-live has passed, as DynamoDB does some time after. Returns how many. */
  expireItems(): Promise<number>;
}

export async function openDynamoDb(database: Database, streams: Streams, now: () => Date): Promise<DynamoDb> {
  const operations = loadOperations();
  const settings = new Map<string, TableSettings>();
  const keyNames = new Map<string, string[]>();
  const locate = keyFinder(database, keyNames);
  for await (const key of database.keys({ gt: 'settings~', lt: 'settings~\xff' }))
    settings.set(key.slice('settings~'.length), (await database.get(key)) as TableSettings);

  async function execute(name: string, input: Input, expired = false): Promise<object> {
    const operation = operationOf(operations, 'DynamoDB_20120810', name);
    if (!operation.writes) return operation.run(database.store, input);
    await locate(tablesOf(input));
    const store = atomicStore(database, {
      record(table, change) {
        const viewType = settings.get(table)?.stream;
        if (!viewType) return [];
        const keys = pick(change.after ?? change.before ?? {}, keyNames.get(table) ?? []);
        return streams.record(table, viewType, { ...change, keys, expired });
      },
      committed: streams.committed,
    });
    const returnsItem = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
    return operation.run(store, input).catch((error) => {
      const item = store.lastRead();
      const failed = error instanceof AwsError && error.type.endsWith('#ConditionalCheckFailedException');
      throw failed && returnsItem && item
        ? new AwsError(error.type, error.message, { fields: { Item: item } })
        : error;
    });
  }

  async function createTable(properties: TableProperties) {
    const stored = await describe(operations, database.store, properties.TableName);
    if (stored === undefined)
      await operationOf(operations, '', 'CreateTable').run(database.store, creation(properties));
    else if (shape(stored) !== shape(properties))
      throw new Error(
        `The table ${properties.TableName} of an earlier start has other keys or indexes than the template: it has ${shape(stored)}, expected ${shape(properties)}. Delete the data folder to start empty.`,
      );
    const { StreamSpecification: stream, TimeToLiveSpecification: ttl } = properties;
    const value: TableSettings = {
      stream: (stream?.StreamViewType as StreamViewType | undefined) ?? null,
      ttlAttribute: (ttl?.Enabled && ttl.AttributeName) || null,
    };
    settings.set(properties.TableName, value);
    await database.commit([{ type: 'put', key: `settings~${properties.TableName}`, value }]);
  }

  async function expireItems() {
    let count = 0;
    for (const [table, { ttlAttribute }] of settings) {
      if (ttlAttribute === null) continue;
      const [names] = await locate([table]);
      const seconds = Math.floor(now().getTime() / 1000);
      for await (const value of database.values({ gt: `item-${table}~`, lt: `item-${table}~\xff` })) {
        const item = value as Item;
        const expiry = Number(item[ttlAttribute]?.N ?? Number.NaN);
        if (!(expiry < seconds && expiry > seconds - OLDEST_EXPIRY_SECONDS)) continue;
        const unchanged = conditionalDelete(table, pick(item, names ?? []), ttlAttribute, expiry);
        const deleted = await execute('DeleteItem', unchanged, true).then(() => true, conditionFailed);
        if (deleted) count += 1;
      }
    }
    return count;
  }

  return { handle: (name, input) => execute(name, input), createTable, expireItems };
}

function loadOperations(): Record<string, Operation> {
  const require = createRequire(import.meta.url);
  const load = (name: string, writes: boolean): [string, Operation] => {
    const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}.js`;
    const { types, custom } = require(`dynalite/validations/${file}`);
    const action = require(`dynalite/actions/${file}`);
    const run: Operation['run'] = (store, input) =>
      new Promise((resolve, reject) => {
        const data = validations.checkTypes({ ...input }, types);
        validations.checkValidations(data, types, custom, store);
        action(store, data, (error: Error | null, output: object) =>
          error ? reject(error) : resolve(output),
        );
      });
    const translated: Operation['run'] = (store, input) =>
      run(store, input).catch((error) => {
        throw toAwsError(error);
      });
    return [name, { writes, run: translated }];
  };
  return Object.fromEntries([
    ...[...READS, 'CreateTable'].map((name) => load(name, false)),
    ...WRITES.map((name) => load(name, true)),
  ]);
}

/** dynalite throws its refusals as errors that carry the status and the body. */
function toAwsError(error: Error & { statusCode?: number; body?: Record<string, string> }): Error {
  if (error.statusCode === undefined || error.body === undefined) return error;
  const { __type: type = '', message, Message } = error.body;
  return new AwsError(type, message ?? Message ?? '', { status: error.statusCode });
}

function conditionFailed(error: unknown): false {
  if (error instanceof AwsError && error.type.endsWith('#ConditionalCheckFailedException')) return false;
  throw error;
}

/** Reads the key attributes of tables once; they never change. */
function keyFinder(database: Database, known: Map<string, string[]>) {
  return async (tables: readonly string[]): Promise<string[][]> => {
    const found: string[][] = [];
    for (const table of tables) {
      const names = known.get(table) ?? (await keyNamesOf(database, table));
      if (names.length > 0) known.set(table, names);
      found.push(names);
    }
    return found;
  };
}

async function keyNamesOf(database: Database, table: string): Promise<string[]> {
  const stored = (await database.get(`table~${table}`)) as TableProperties | undefined;
  return stored?.KeySchema.map((element) => element.AttributeName) ?? [];
}

function tablesOf(input: Input): string[] {
  if (typeof input.TableName === 'string') return [input.TableName];
  return Object.keys(Object(input.RequestItems));
}

function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}

function conditionalDelete(table: string, key: Item, ttlAttribute: string, expiry: number): Input {
  return {
    TableName: table,
    Key: key,
    ConditionExpression: '#ttl = :expiry',
    ExpressionAttributeNames: { '#ttl': ttlAttribute },
    ExpressionAttributeValues: { ':expiry': { N: String(expiry) } },
  };
}

async function describe(
  operations: Record<string, Operation>,
  store: Store,
  table: string,
): Promise<TableProperties | undefined> {
  const described = await operationOf(operations, '', 'DescribeTable')
    .run(store, { TableName: table })
    .catch((error) => {
      if (error instanceof AwsError && error.type.endsWith('#ResourceNotFoundException')) return undefined;
      throw error;
    });
  return (described as { Table: TableProperties } | undefined)?.Table;
}

function creation({
  TableName,
  KeySchema,
  AttributeDefinitions,
  GlobalSecondaryIndexes,
}: TableProperties): Input {
  return {
    TableName,
    KeySchema,
    AttributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST',
    ...(GlobalSecondaryIndexes && {
      GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
        IndexName,
        KeySchema,
        Projection,
      })),
    }),
  };
}

/** Keys and indexes of a table as one comparable line. */
function shape({ KeySchema, GlobalSecondaryIndexes = [], AttributeDefinitions }: TableProperties): string {
  const types = new Map(AttributeDefinitions.map((a) => [a.AttributeName, a.AttributeType]));
  const keys = (schema: readonly KeyElement[]) =>
    schema
      .map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}:${types.get(AttributeName)}`)
      .join(', ');
  const indexes = GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => {
    const attributes = [...(Projection.NonKeyAttributes ?? [])].sort().join(' ');
    return `${IndexName} (${keys(KeySchema)}; ${Projection.ProjectionType} ${attributes})`;
  });
  return [`(${keys(KeySchema)})`, ...indexes.sort()].join(', ');
}
