import type { Input } from '../aws/protocol.ts';
import type { IamContext, IamRequest } from './statement.ts';

interface Keys {
  /** Name of the partition key, of an index where one is named. */
  partitionKeyOf(table: string, index?: string): string | undefined;
  readonly arnOf: (table: string) => string;
}

type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const KEYWORDS = new Set(['SET', 'REMOVE', 'ADD', 'DELETE', 'AND', 'OR', 'NOT', 'BETWEEN', 'IN']);
const EXPRESSIONS = ['ProjectionExpression', 'ConditionExpression', 'UpdateExpression', 'FilterExpression'];
/** A document path, and whether it is the name of a function; values are left out. */
const PATH = /(:?[#\w]+)(?:\.[#\w]+|\[\d+\])*\s*(\(?)/g;

/**
 * What IAM is asked for a call of DynamoDB: one request for each table and action, with the condition keys that
 * the service sends (Service Authorization Reference, «Amazon DynamoDB»). A transaction asks for each of its
 * actions with the keys of all of them in that table: whether AWS sends those of one or of all is not documented,
 * and of the two this is the stricter.
 */
export function dynamodbRequests(operation: string, input: Input, keys: Keys): readonly IamRequest[] {
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem')
    return Object.entries(input.RequestItems ?? {}).map(([table, entries]) =>
      operation === 'BatchGetItem'
        ? itemRequest(operation, table, [entries], (entries as { Keys?: Item[] }).Keys ?? [], keys)
        : itemRequest(operation, table, [], (entries as Input[]).map(writtenItem), keys),
    );
  if (operation === 'TransactWriteItems' || operation === 'TransactGetItems')
    return transactionRequests(input, keys);
  const table = tableIn(input);
  if (table === undefined) return [{ action: `dynamodb:${operation}`, resource: '*' }];
  if (operation === 'Query') return [queryRequest(input, table, keys)];
  const item = (input.Key ?? input.Item) as Item | undefined;
  return [itemRequest(operation, table, [input], item ? [item] : [], keys)];
}

function transactionRequests({ TransactItems }: Input, keys: Keys): readonly IamRequest[] {
  const parts = ((TransactItems ?? []) as Record<string, Input>[]).flatMap((entry) =>
    Object.entries(entry).map(([kind, input]) => ({
      action: kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`,
      table: tableIn(input) ?? '',
      input,
      item: (input.Key ?? input.Item ?? {}) as Item,
    })),
  );
  return parts.map(({ action, table, input }) => {
    const items = parts.filter((part) => part.table === table).map(({ item }) => item);
    const { context, ...request } = itemRequest(action, table, [input], items, keys);
    return { ...request, context: { ...context, 'dynamodb:EnclosingOperation': 'TransactWriteItems' } };
  });
}

function itemRequest(
  operation: string,
  table: string,
  inputs: readonly unknown[],
  items: readonly Item[],
  keys: Keys,
): IamRequest {
  const partitionKey = keys.partitionKeyOf(nameOf(table)) ?? '';
  const leading = items.flatMap((item) => Object.values(item[partitionKey] ?? {}).map(String));
  const attributes = inputs.flatMap((input) => attributesOf(operation, input as Input));
  const { ReturnValues } = (inputs[0] ?? {}) as Input;
  const context: IamContext = {
    ...(leading.length > 0 && { 'dynamodb:LeadingKeys': [...new Set(leading)] }),
    ...(attributes.length > 0 && { 'dynamodb:Attributes': [...new Set(attributes)].sort() }),
    ...(typeof ReturnValues === 'string' && { 'dynamodb:ReturnValues': ReturnValues }),
  };
  return { action: `dynamodb:${operation}`, resource: keys.arnOf(nameOf(table)), context };
}

function queryRequest(input: Input, table: string, keys: Keys): IamRequest {
  const index = typeof input.IndexName === 'string' ? input.IndexName : undefined;
  const partition = partitionIn(input, keys.partitionKeyOf(nameOf(table), index));
  const attributes = attributesOf('Query', input);
  const arn = keys.arnOf(nameOf(table));
  const whole = index === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES';
  return {
    action: 'dynamodb:Query',
    resource: index === undefined ? arn : `${arn}/index/${index}`,
    context: {
      ...(partition !== undefined && { 'dynamodb:LeadingKeys': [partition] }),
      ...(attributes.length > 0 && { 'dynamodb:Attributes': [...new Set(attributes)].sort() }),
      'dynamodb:Select': String(input.Select ?? (attributes.length > 0 ? 'SPECIFIC_ATTRIBUTES' : whole)),
    },
  };
}

/** What the partition key must be equal to. */
function partitionIn(input: Input, partitionKey: string | undefined): string | undefined {
  const names = (input.ExpressionAttributeNames ?? {}) as Record<string, string>;
  const values = (input.ExpressionAttributeValues ?? {}) as Item;
  const equalities = String(input.KeyConditionExpression ?? '').matchAll(/([#\w]+)\s*=\s*(:\w+)/g);
  for (const [, name = '', value = ''] of equalities)
    if ((names[name] ?? name) === partitionKey) return String(Object.values(values[value] ?? {})[0]);
  return undefined;
}

/** All that is named, keys included. A reading without a projection names nothing, and gets everything. */
function attributesOf(operation: string, input: Input): readonly string[] {
  const names = (input.ExpressionAttributeNames ?? {}) as Record<string, string>;
  const named = EXPRESSIONS.flatMap((member) => [...String(input[member] ?? '').matchAll(PATH)])
    .filter(
      ([, path = '', call]) => call === '' && !path.startsWith(':') && !KEYWORDS.has(path.toUpperCase()),
    )
    .filter(([, path = '']) => !/^\d+$/.test(path))
    .map(([, path = '']) => names[path] ?? path);
  const isReading = ['GetItem', 'BatchGetItem', 'Query', 'Scan'].includes(operation);
  if (isReading && input.ProjectionExpression === undefined) return [];
  return [...named, ...Object.keys({ ...(input.Key as Item), ...(input.Item as Item) })];
}

function writtenItem(entry: Input): Item {
  const { PutRequest, DeleteRequest } = entry as {
    PutRequest?: { Item: Item };
    DeleteRequest?: { Key: Item };
  };
  return PutRequest?.Item ?? DeleteRequest?.Key ?? {};
}

function tableIn({ TableName, ResourceArn }: Input): string | undefined {
  const named = TableName ?? ResourceArn;
  return typeof named === 'string' ? named : undefined;
}

function nameOf(tableOrArn: string): string {
  return tableOrArn.slice(tableOrArn.lastIndexOf('/') + 1);
}
