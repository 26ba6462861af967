import { StartError } from '../start-error.ts';
import type { Database, LevelOperation } from './database.ts';
import { dynamodbAction, isConditionFailure } from './dynamodb-actions.ts';
import { checkExpiry, checkInput, checkItem } from './dynamodb-limits.ts';
import {
  creationOf,
  describeKeys,
  settingsOf,
  type TableProperties,
  type TableSettings,
} from './dynamodb-table.ts';
import { Transactions } from './dynamodb-transaction.ts';
import type { Vagaries } from './dynamodb-vagaries.ts';
import { type ItemWrite, writeView } from './dynamodb-write.ts';
import { AwsError, type AwsService, type Input } from './protocol.ts';
import type { Streams } from './stream.ts';
import { changesItem, type Item } from './stream-record.ts';
import { type OnManagementCall, TablePolicies } from './table-policies.ts';

/** DynamoDB's time-to-live leaves items alone that expired longer ago. */
const OLDEST_EXPIRY_SECONDS = 5 * 365 * 24 * 3600;

/** How keys of the database begin under which it is kept what was declared of tables. */
const DECLARED = 'declared~';

interface WriteManner {
  /** By time-to-live. */
  readonly expired?: boolean;
  /** No stream tells of it. */
  readonly untold?: boolean;
  /** What is written with it, all or none. */
  readonly more?: readonly LevelOperation[];
}

/** A table as dynalite keeps it. */
type StoredTable = TableProperties & { readonly TableStatus: string };

/** DynamoDB: dynalite's rules over a database that also keeps the tables' change streams. */
export class DynamoDb implements AwsService {
  readonly #database: Database;
  readonly #streams: Streams;
  readonly #now: () => Date;
  readonly #tables = new Map<string, TableSettings>();
  readonly #declared = new Map<string, TableProperties>();
  readonly #copies = new Map<string, () => Promise<void>>();
  readonly #transactions: Transactions;
  readonly #vagaries: Vagaries | undefined;
  readonly #policies: TablePolicies;

  /** @param options `vagaries` are what it may do and seldom does; without them it never does */
  constructor(
    database: Database,
    streams: Streams,
    now: () => Date,
    {
      vagaries,
      onManagementCall = () => undefined,
    }: { readonly vagaries?: Vagaries | undefined; readonly onManagementCall?: OnManagementCall } = {},
  ) {
    this.#vagaries = vagaries;
    this.#database = database;
    this.#streams = streams;
    this.#now = now;
    this.#policies = new TablePolicies(onManagementCall);
    this.#transactions = new Transactions(database, now, {
      isDeclared: (table) => this.#tables.has(table),
      commit: (writes, more) => this.#commit(writes, { more }),
    });
  }

  async handle(operation: string, input: Input): Promise<object> {
    checkInput(input, (table) => this.#tables.get(table)?.keySizes);
    const ofPolicies = this.#policies.handle(operation, input);
    if (ofPolicies !== undefined) return ofPolicies;
    if (operation === 'TransactWriteItems') {
      this.#vagaries?.meetOthers(input);
      return this.#transactions.write(input);
    }
    if (operation === 'BatchGetItem' || operation === 'BatchWriteItem') return this.#batch(operation, input);
    if (operation !== 'CreateTable') return this.#execute(operation, input);
    const TableDescription = await this.#create(input);
    await this.#declare(input as unknown as TableProperties);
    return { TableDescription };
  }

  /** Knows the tables of earlier starts as they were declared last, whoever did. */
  async restore(): Promise<void> {
    const declared = { gt: DECLARED, lt: `${DECLARED}\xff` };
    for await (const properties of this.#database.values(declared)) this.#take(properties as TableProperties);
  }

  /** Every table, as it was declared last. */
  declared(): readonly TableProperties[] {
    return [...this.#declared.values()];
  }

  async #declare(properties: TableProperties): Promise<void> {
    const key = `${DECLARED}${properties.TableName}`;
    await this.#database.commit([{ type: 'put', key, value: properties }]);
    this.#take(properties);
  }

  #take(properties: TableProperties): void {
    this.#declared.set(properties.TableName, properties);
    this.#tables.set(properties.TableName, settingsOf(properties));
    this.#policies.declare(properties);
  }

  /**
   * Makes the table, unless it is there from an earlier start.
   * @throws StartError when that one has other keys or indexes.
   */
  async createTable(properties: TableProperties): Promise<void> {
    const stored = await this.#stored(properties.TableName);
    if (stored === undefined) await this.#create(creationOf(properties));
    else if (describeKeys(stored) !== describeKeys(properties))
      throw new StartError(
        `The table ${properties.TableName} was made by another version: it has ${describeKeys(stored)} where ${describeKeys(properties)} is expected. Remove the data folder to begin with an empty one.`,
      );
    else if (stored.TableStatus !== 'ACTIVE') await this.#activate(stored);
    await this.#declare(properties);
  }

  /**
   * Makes a table what it is elsewhere, as one that is new there: puts what differs and deletes what is not there. Its
   * stream tells of none of it: what items went through in the meantime is not known here.
   */
  async copy(table: string, from: DynamoDb): Promise<void> {
    const keyNames = this.#tables.get(table)?.keyNames ?? [];
    const keyOf = (item: Item) => JSON.stringify(keyNames.map((name) => item[name]));
    const here = new Map((await this.#itemsOf(table)).map((item) => [keyOf(item), item]));
    for (const item of await from.#itemsOf(table)) {
      const known = here.get(keyOf(item));
      here.delete(keyOf(item));
      if (known === undefined || changesItem({ keys: {}, before: known, after: item, expired: false }))
        await this.#execute('PutItem', { TableName: table, Item: item }, { untold: true });
    }
    for (const gone of here.values())
      await this.#execute('DeleteItem', { TableName: table, Key: pick(gone, keyNames) }, { untold: true });
  }

  async #itemsOf(table: string): Promise<Item[]> {
    const range = { gt: `item-${table}~`, lt: `item-${table}~\xff` };
    const items: Item[] = [];
    for await (const value of this.#database.values(range)) items.push(value as Item);
    return items;
  }

  /** From now on writes of the table are acknowledged once a copy of it has them too. */
  acknowledgeOnceCopied(table: string, copied: () => Promise<void>): void {
    this.#copies.set(table, copied);
  }

  /** Deletes items whose time-to-live has passed. Returns how many. */
  async expireItems(): Promise<number> {
    let count = 0;
    await this.#transactions.forgetTokens();
    for (const [table, settings] of this.#tables)
      if (settings.ttlAttribute !== null)
        count += await this.#expireItemsOf(table, settings, settings.ttlAttribute);
    return count;
  }

  async #expireItemsOf(table: string, { keyNames }: TableSettings, attribute: string): Promise<number> {
    let count = 0;
    const seconds = Math.floor(this.#now().getTime() / 1000);
    for await (const value of this.#database.values({ gt: `item-${table}~`, lt: `item-${table}~\xff` })) {
      const item = value as Item;
      const expiry = Number(item[attribute]?.N ?? Number.NaN);
      if (!(expiry < seconds && expiry > seconds - OLDEST_EXPIRY_SECONDS)) continue;
      const deletion = deletionOf(table, pick(item, keyNames), attribute, expiry);
      await this.#execute('DeleteItem', deletion, { expired: true }).then(
        () => {
          count += 1;
        },
        (error) => {
          // Somebody has written the item since it was read.
          if (!isConditionFailure(error)) throw error;
        },
      );
    }
    return count;
  }

  async #batch(operation: string, input: Input): Promise<object> {
    const { done, left } = this.#vagaries?.part(input) ?? { done: input, left: {} };
    const answer = await this.#execute(operation, done);
    if (Object.keys(left).length === 0) return answer;
    return { ...answer, [operation === 'BatchGetItem' ? 'UnprocessedKeys' : 'UnprocessedItems']: left };
  }

  async #execute(name: string, input: Input, how: WriteManner = {}): Promise<object> {
    const action = dynamodbAction(name);
    if (!action.writesItems) {
      const { store } = this.#database;
      return action
        .parse(store, input)
        .run(isConsistent(input) ? store : (this.#vagaries?.lagging(store) ?? store));
    }
    this.#checkTables(input);
    const view = writeView(this.#database.store, { write: (write) => this.#commit([write], how) });
    return action
      .parse(view, input)
      .run(view)
      .catch((error) => {
        const item = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? view.lastRead() : undefined;
        if (item === undefined || !isConditionFailure(error)) throw error;
        throw new AwsError(error.type, error.message, { fields: { Item: item } });
      });
  }

  /** Writes items with their stream records, all or none. */
  async #commit(
    writes: readonly ItemWrite[],
    { expired = false, untold = false, more = [] }: WriteManner,
  ): Promise<void> {
    const operations = writes.flatMap(({ table, before, after, operations }) => {
      const settings = this.#tables.get(table);
      if (after !== undefined) {
        checkItem(after, settings?.keySizes);
        checkExpiry(after, settings?.ttlAttribute);
      }
      if (!settings?.stream || untold) return operations;
      const keys = pick(after ?? before ?? {}, settings.keyNames);
      const change = { keys, before, after, expired };
      return [...operations, ...this.#streams.record(table, settings.stream, change)];
    });
    this.#vagaries?.note(operations, this.#database.get);
    await this.#database.commit([...operations, ...more]);
    const tables = new Set(writes.map((write) => write.table));
    for (const table of tables) this.#streams.committed(table);
    for (const table of tables) await this.#copies.get(table)?.();
  }

  /** Of a table that an earlier version made, and nobody has declared since, it is unknown whether its writes need records. */
  #checkTables(input: Input): void {
    const names = input.TableName === undefined ? Object.keys(Object(input.RequestItems)) : [input.TableName];
    for (const name of names)
      if (typeof name === 'string' && !this.#tables.has(name))
        throw new AwsError(
          'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
          'Requested resource not found',
        );
  }

  async #create(input: Input): Promise<StoredTable> {
    const output = await dynamodbAction('CreateTable')
      .parse(this.#database.store, input)
      .run(this.#database.store);
    return this.#activate((output as { TableDescription: StoredTable }).TableDescription);
  }

  /** dynalite activates a new table some time later, which a killed process never does. */
  async #activate(created: StoredTable): Promise<StoredTable> {
    const indexes = created.GlobalSecondaryIndexes?.map((index) => ({ ...index, IndexStatus: 'ACTIVE' }));
    const table = {
      ...created,
      TableStatus: 'ACTIVE',
      ...(indexes && { GlobalSecondaryIndexes: indexes }),
    };
    await this.#database.commit([{ type: 'put', key: `table~${table.TableName}`, value: table }]);
    return table;
  }

  async #stored(table: string): Promise<StoredTable | undefined> {
    try {
      const output = await dynamodbAction('DescribeTable')
        .parse(this.#database.store, { TableName: table })
        .run(this.#database.store);
      return (output as { Table: StoredTable }).Table;
    } catch (error) {
      if (error instanceof AwsError && error.type.endsWith('#ResourceNotFoundException')) return undefined;
      throw error;
    }
  }
}

/** Whether a read asks for nothing older than what was acknowledged; a batch says it for each table. */
function isConsistent(input: Input): boolean {
  const tables = Object.values(Object(input.RequestItems));
  return [input, ...tables].some((one) => Object(one).ConsistentRead === true);
}

function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}

/** A DeleteItem that does nothing when the item's expiry has been changed meanwhile. */
function deletionOf(table: string, key: Item, attribute: string, expiry: number): Input {
  return {
    TableName: table,
    Key: key,
    ConditionExpression: '#ttl = :expiry',
    ExpressionAttributeNames: { '#ttl': attribute },
    ExpressionAttributeValues: { ':expiry': { N: String(expiry) } },
  };
}
