import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type AttributeMap, fromAttributes, toAttributes } from '../../core/store/attribute-value.ts';
import type { Chance } from './chance.ts';
import { type Item, projected } from './expressions.ts';
import type { Trouble } from './network.ts';
import { ConditionFailed, type Query, type Tables, type Write } from './tables.ts';

type Command = Readonly<Record<string, unknown>>;
interface Batch {
  readonly Keys: readonly Item[];
  readonly ConsistentRead?: boolean;
  readonly ProjectionExpression?: string;
}

/** What DynamoDB answers to the requests that Keywright makes, over the wire or by the SDK's document client. */
export class DynamoDb {
  readonly tables: Tables;
  readonly #chance: Chance;

  constructor(tables: Tables, chance: Chance) {
    this.tables = tables;
    this.#chance = chance;
  }

  /** @throws the SDK's errors */
  document(operation: string, input: Command, trouble: Trouble | undefined): object {
    try {
      return this.#answer(operation, input, trouble);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      throw new ConditionalCheckFailedException({ message: error.message, $metadata: {} });
    }
  }

  /** In DynamoDB's JSON: status and body. */
  wire(operation: string, input: Command, trouble: Trouble | undefined): { status: number; body: object } {
    try {
      return { status: 200, body: wired(this.#answer(operation, unwired(input), trouble)) };
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      const { item, message } = error;
      const Item =
        input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item ? toAttributes(item) : undefined;
      const __type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
      return { status: 400, body: { __type, message, ...(Item && { Item }) } };
    }
  }

  #answer(operation: string, input: Command, trouble: Trouble | undefined): object {
    switch (operation) {
      case 'GetItem':
        return {
          Item: this.tables.get(String(input.TableName), input.Key as Item, input.ConsistentRead === true),
        };
      case 'BatchGetItem':
        return this.#batch(input.RequestItems as Record<string, Batch>, trouble);
      case 'Query':
        return this.tables.query(input as Query);
      case 'PutItem':
      case 'UpdateItem': {
        const { after } = this.tables.write(stored(input) as Write);
        return input.ReturnValues === 'ALL_NEW' ? { Attributes: after } : {};
      }
      case 'TransactWriteItems':
        return this.#transact(input);
      default:
        throw new Error(`the world's DynamoDB does not know ${operation}`);
    }
  }

  #batch(tables: Record<string, Batch>, trouble: Trouble | undefined): object {
    const Responses: Record<string, Item[]> = {};
    const UnprocessedKeys: Record<string, Batch> = {};
    for (const [name, batch] of Object.entries(tables)) {
      const left = trouble === 'partial' ? batch.Keys.filter(() => this.#chance.is(0.5)) : [];
      if (left.length > 0) UnprocessedKeys[name] = { ...batch, Keys: left };
      Responses[name] = batch.Keys.filter((key) => !left.includes(key)).flatMap((key) => {
        const item = this.tables.get(name, key, batch.ConsistentRead === true);
        return item === undefined ? [] : [projected(item, batch.ProjectionExpression, {})];
      });
    }
    return { Responses, UnprocessedKeys };
  }

  #transact({ TransactItems }: Command): object {
    const actions = TransactItems as readonly Record<string, Write>[];
    const writes = actions.map((action) => stored(Object.values(action)[0]) as Write);
    const failed = this.tables.transact(writes);
    if (failed.length === 0) return {};
    throw new TransactionCanceledException({
      message: 'Transaction cancelled',
      $metadata: {},
      CancellationReasons: writes.map((_, index) => ({
        Code: failed.includes(index) ? 'ConditionalCheckFailed' : 'None',
      })),
    });
  }
}

/** A value as it is once it has been stored: nobody's to change. */
function stored(value: unknown): unknown {
  if (value instanceof Set) return new Set(value);
  if (value instanceof Map) return stored(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(stored);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => (each === undefined ? [] : [[name, stored(each)]])),
  );
}

/** A request over the wire, in the document client's terms. */
function unwired(input: Command): Command {
  const result: Record<string, unknown> = { ...input };
  for (const name of ['Key', 'Item', 'ExpressionAttributeValues']) {
    if (input[name] !== undefined) result[name] = fromAttributes(input[name] as AttributeMap);
  }
  if (input.RequestItems !== undefined) {
    result.RequestItems = mapped(input.RequestItems as Record<string, Batch>, (batch) => ({
      ...batch,
      Keys: batch.Keys.map((key) => fromAttributes(key as AttributeMap)),
    }));
  }
  return result;
}

function wired(answer: object): object {
  const { Item, Attributes, Responses, UnprocessedKeys } = answer as {
    Item?: Item;
    Attributes?: Item;
    Responses?: Record<string, Item[]>;
    UnprocessedKeys?: Record<string, Batch>;
  };
  return {
    ...(Item && { Item: toAttributes(Item) }),
    ...(Attributes && { Attributes: toAttributes(Attributes) }),
    ...(Responses && { Responses: mapped(Responses, (items) => items.map(toAttributes)) }),
    ...(UnprocessedKeys && {
      UnprocessedKeys: mapped(UnprocessedKeys, (batch) => ({ ...batch, Keys: batch.Keys.map(toAttributes) })),
    }),
  };
}

function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
