import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type BatchGetCommandInput,
  type DeleteCommandInput,
  DynamoDBDocumentClient,
  type GetCommandInput,
  type PutCommandInput,
  type QueryCommandInput,
  type TransactWriteCommandInput,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Table } from '../core/aws/document-client.ts';
import { holds, type Item, nameFor, type Placeholders, updated, valueFor } from './memory-expressions.ts';

/** What requests came to, as DynamoDB bills it. */
export interface Consumed {
  /** Items asked for by key, and items that queries gave. */
  reads: number;
  readUnits: number;
  /** Items whose writing was attempted. */
  writes: number;
  writeUnits: number;
  /** Of these, for items that were deleted. */
  deleteUnits: number;
  transactions: number;
}

const MOST_BATCH_KEYS = 100;
const MOST_TRANSACTION_ITEMS = 100;
const LARGEST_ITEM_BYTES = 400 * 1024;
const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

/**
 * DynamoDB for measurements whose volume the local one would take hours for: tables by `pk` and `sk` in
 * memory, the requests that the usage table's readers and writers make and no others, conditions, ADD,
 * transactions and the limits on sizes as DynamoDB has them, and what each request would be billed. A
 * transaction meets no conflict, since requests are served one after the other.
 * test/e2e/attack-day.test.ts holds it against the local DynamoDB.
 */
export class MemoryDynamoDb {
  readonly #tables = new Map<string, MemoryTable>();

  /** A table, made at its first use; what is done with it counts as `consumed`. */
  table(name: string, consumed: Consumed = nothingConsumed()): Table {
    const send = async (command: { readonly input: object }) =>
      this.#answer(command.constructor.name, command.input, consumed);
    return { name, client: Object.assign(Object.create(DynamoDBDocumentClient.prototype), { send }) };
  }

  /** All items of a table, in the order of their keys. */
  items(name: string): Item[] {
    return this.#table(name).all();
  }

  #answer(command: string, input: object, consumed: Consumed): object {
    switch (command) {
      case 'GetCommand':
        return this.#get(input as GetCommandInput, consumed);
      case 'BatchGetCommand':
        return this.#batchGet(input as BatchGetCommandInput, consumed);
      case 'QueryCommand':
        return this.#query(input as QueryCommandInput, consumed);
      case 'PutCommand':
        return this.#write({ Put: input as PutCommandInput }, consumed);
      case 'UpdateCommand':
        return this.#write({ Update: input as UpdateCommandInput }, consumed);
      case 'DeleteCommand':
        return this.#delete(input as DeleteCommandInput, consumed);
      case 'TransactWriteCommand':
        return this.#transact(input as TransactWriteCommandInput, consumed);
      default:
        throw new Error(`the tables in memory do not know ${command}`);
    }
  }

  #get({ TableName, Key, ConsistentRead }: GetCommandInput, consumed: Consumed): object {
    const Item = this.#table(TableName).get(keyOf(Key));
    consumed.reads += 1;
    consumed.readUnits += readUnits(Item === undefined ? 0 : sizeOf(Item), ConsistentRead);
    return { Item };
  }

  #batchGet({ RequestItems }: BatchGetCommandInput, consumed: Consumed): object {
    const Responses: Record<string, Item[]> = {};
    for (const [name, { Keys = [], ConsistentRead }] of Object.entries(RequestItems ?? {})) {
      const keys = Keys.map(keyOf);
      if (keys.length > MOST_BATCH_KEYS) throw invalid('more than 100 keys');
      if (new Set(keys.map(({ pk, sk }) => `${pk} ${sk}`)).size < keys.length) throw invalid('a key twice');
      const found = keys.map((key) => this.#table(name).get(key));
      consumed.reads += keys.length;
      for (const item of found)
        consumed.readUnits += readUnits(item === undefined ? 0 : sizeOf(item), ConsistentRead);
      Responses[name] = found.filter((item) => item !== undefined);
    }
    return { Responses };
  }

  #query(input: QueryCommandInput, consumed: Consumed): object {
    const { KeyConditionExpression = '', ScanIndexForward = true, Limit = Number.POSITIVE_INFINITY } = input;
    const [, hash = '', value = '', range = '', from = '', to = ''] =
      /^([\w#]+) = (:\w+) AND ([\w#]+) BETWEEN (:\w+) AND (:\w+)$/.exec(KeyConditionExpression) ?? [];
    if (hash === '' || input.FilterExpression !== undefined || input.ExclusiveStartKey !== undefined) {
      throw invalid('this kind of query');
    }
    const partition = valueFor(value, input);
    const [first, last] = [String(valueFor(from, input)), String(valueFor(to, input))];
    const position = (item: Item) => String(item[nameFor(range, input)] ?? '');
    const items = this.#table(input.TableName)
      .candidates(input.IndexName === undefined ? String(partition) : undefined)
      .filter((item) => item[nameFor(hash, input)] === partition)
      .filter((item) => position(item) >= first && position(item) <= last)
      .sort((one, other) => (position(one) < position(other) ? -1 : 1));
    if (!ScanIndexForward) items.reverse();
    if (items.length > Limit) throw invalid('a query of several pages');
    consumed.reads += items.length;
    const bytes = items.reduce((sum, item) => sum + sizeOf(item), 0);
    consumed.readUnits += readUnits(bytes, input.ConsistentRead);
    return { Items: items };
  }

  #write(action: Action, consumed: Consumed): object {
    const write = this.#prepare(action, consumed, 1);
    if (write.after === undefined) {
      throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
    }
    write.table.put(write.after);
    return {};
  }

  #delete({ TableName, Key }: DeleteCommandInput, consumed: Consumed): object {
    const table = this.#table(TableName);
    const before = table.get(keyOf(Key));
    consumed.writes += 1;
    const bytes = before === undefined ? 0 : sizeOf(before);
    const units = Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
    consumed.writeUnits += units;
    consumed.deleteUnits += units;
    table.delete(keyOf(Key));
    return {};
  }

  #transact({ TransactItems = [] }: TransactWriteCommandInput, consumed: Consumed): object {
    consumed.transactions += 1;
    if (TransactItems.length > MOST_TRANSACTION_ITEMS) throw invalid('more than 100 items');
    const writes = TransactItems.map((action) => this.#prepare(action, consumed, 2));
    const names = writes.map(({ table, key }) => `${table.name} ${key.pk} ${key.sk}`);
    if (new Set(names).size < names.length) throw invalid('an item twice');
    if (writes.some(({ after }) => after === undefined)) {
      throw new TransactionCanceledException({
        message: 'Transaction cancelled',
        $metadata: {},
        CancellationReasons: writes.map(({ after }) => ({
          Code: after === undefined ? 'ConditionalCheckFailed' : 'None',
        })),
      });
    }
    for (const { table, after } of writes) if (after !== undefined) table.put(after);
    return {};
  }

  /** What a write would come to; `after` is undefined where its condition fails. */
  #prepare({ Put, Update }: Action, consumed: Consumed, unitsPerKilobyte: number) {
    const input: (Partial<PutCommandInput & UpdateCommandInput> & Placeholders) | undefined = Put ?? Update;
    if (input === undefined) throw invalid('this kind of write');
    const table = this.#table(input.TableName);
    const key = keyOf(input.Item ?? input.Key);
    const before = table.get(key);
    const isWanted = holds(input.ConditionExpression, before ?? {}, input);
    const after = input.Item
      ? (structuredClone(withoutUndefined(input.Item)) as Item)
      : updated(before ?? { ...key }, input.UpdateExpression ?? '', input);
    const bytes = Math.max(before === undefined ? 0 : sizeOf(before), isWanted ? sizeOf(after) : 0);
    if (bytes > LARGEST_ITEM_BYTES) throw invalid('an item of more than 400 KB');
    consumed.writes += 1;
    consumed.writeUnits += unitsPerKilobyte * Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
    return { table, key, after: isWanted ? after : undefined };
  }

  #table(name: string | undefined): MemoryTable {
    if (name === undefined) throw invalid('no table');
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = new MemoryTable(name);
      this.#tables.set(name, table);
    }
    return table;
  }
}

interface Action {
  readonly Put?: Partial<PutCommandInput> | undefined;
  readonly Update?: Partial<UpdateCommandInput> | undefined;
}

interface Key {
  readonly pk: string;
  readonly sk: string;
}

class MemoryTable {
  readonly name: string;
  readonly #partitions = new Map<string, Map<string, Item>>();

  constructor(name: string) {
    this.name = name;
  }

  get({ pk, sk }: Key): Item | undefined {
    return this.#partitions.get(pk)?.get(sk);
  }

  put(item: Item): void {
    const { pk, sk } = keyOf(item);
    const partition = this.#partitions.get(pk) ?? new Map<string, Item>();
    this.#partitions.set(pk, partition.set(sk, Object.freeze(item)));
  }

  delete({ pk, sk }: Key): void {
    this.#partitions.get(pk)?.delete(sk);
  }

  /** Those of a partition, or all where an index is asked. */
  candidates(pk: string | undefined): Item[] {
    return pk === undefined ? this.all() : [...(this.#partitions.get(pk)?.values() ?? [])];
  }

  all(): Item[] {
    const items = [...this.#partitions.values()].flatMap((partition) => [...partition.values()]);
    const name = (item: Item) => `${item.pk} ${item.sk}`;
    return items.sort((one, other) => (name(one) < name(other) ? -1 : 1));
  }
}

export function nothingConsumed(): Consumed {
  return { reads: 0, readUnits: 0, writes: 0, writeUnits: 0, deleteUnits: 0, transactions: 0 };
}

function keyOf(item: Record<string, unknown> | undefined): Key {
  return { pk: String(item?.pk), sk: String(item?.sk) };
}

function withoutUndefined(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
}

function readUnits(bytes: number, consistent: boolean | undefined): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (consistent ? 1 : 0.5);
}

/** As the developer guide's "DynamoDB item sizes and formats" counts, a number as its longest form. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof Set) return [...value].reduce((sum, each) => sum + sizeOf(each), 0);
  if (Array.isArray(value)) return value.reduce((sum, each) => sum + 1 + sizeOf(each), 3);
  return Object.entries(value).reduce((sum, [name, each]) => sum + 1 + sizeOf(name) + sizeOf(each), 3);
}

function invalid(what: string): Error {
  return new Error(`DynamoDB, or the tables in memory, refuse ${what}`);
}
