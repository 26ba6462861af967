import { AwsError, type Input } from './protocol.ts';
import type { Item } from './stream-record.ts';

/**
 * Limits of DynamoDB that dynalite does not know, or knows in characters where DynamoDB counts bytes of UTF-8
 * ("Quotas and constraints in Amazon DynamoDB").
 */
const LARGEST_HASH_KEY = 2048;
const LARGEST_RANGE_KEY = 1024;
const LONGEST_EXPRESSION = 4096;
const DEEPEST_NESTING = 32;

/** The year 2100: whoever writes a later time to live has written milliseconds. */
const LATEST_EXPIRY_SECONDS = 4_102_444_800;

const EXPRESSIONS = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
  'UpdateExpression',
];

interface Keyed {
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
}

/** How many bytes each key attribute of a table and its indexes may have at most. */
export type KeySizes = ReadonlyMap<string, number>;

export function keySizesOf({
  KeySchema,
  GlobalSecondaryIndexes = [],
}: Keyed & { readonly GlobalSecondaryIndexes?: readonly Keyed[] }): KeySizes {
  const sizes = new Map<string, number>();
  for (const { AttributeName, KeyType } of [
    KeySchema,
    ...GlobalSecondaryIndexes.map((i) => i.KeySchema),
  ].flat()) {
    const most = KeyType === 'HASH' ? LARGEST_HASH_KEY : LARGEST_RANGE_KEY;
    sizes.set(AttributeName, Math.min(most, sizes.get(AttributeName) ?? most));
  }
  return sizes;
}

/**
 * Checks what an operation's input says by itself: the expressions' lengths, and the keys that it names.
 * @param sizesOf the sizes of a table by its name; undefined for one that is not there
 * @throws AwsError (ValidationException)
 */
export function checkInput(input: Input, sizesOf: (table: string) => KeySizes | undefined): void {
  for (const { table, request } of requestsIn(input)) {
    for (const name of EXPRESSIONS) {
      const bytes = Buffer.byteLength(typeof request[name] === 'string' ? request[name] : '');
      if (bytes > LONGEST_EXPRESSION)
        throw invalid(
          `Invalid ${name}: Expression size has exceeded the maximum allowed size; expression size: ${bytes}`,
        );
    }
    const keys = [request.Key, ...(Array.isArray(request.Keys) ? request.Keys : [])];
    for (const key of keys) checkKeys(Object(key), sizesOf(table));
  }
}

/** Checks an item as a write would leave it. @throws AwsError (ValidationException) */
export function checkItem(item: Item, sizes: KeySizes | undefined): void {
  checkKeys(item, sizes);
  if (depthOf({ M: item }) - 1 > DEEPEST_NESTING)
    throw invalid('Nesting Levels have exceeded supported limits: an attribute has more than 32 levels');
}

/**
 * Checks that an item's time to live is one. DynamoDB takes anything there and then keeps the item for ever, so
 * this refusal is the local one's own.
 * @throws AwsError (ValidationException)
 */
export function checkExpiry(item: Item, attribute: string | null | undefined): void {
  const value = typeof attribute === 'string' ? item[attribute] : undefined;
  if (value === undefined) return;
  const seconds = Number(value.N ?? Number.NaN);
  if (seconds >= 0 && seconds <= LATEST_EXPIRY_SECONDS) return;
  throw invalid(
    `The time to live "${attribute}" is ${JSON.stringify(value)}; DynamoDB expects a number of seconds since 1970 and would never delete this item`,
  );
}

/** The input itself and whatever requests of single items it holds, each with its table. */
function requestsIn(input: Input): { table: string; request: Input }[] {
  const batched = Object.entries(Object(input.RequestItems)).flatMap(([table, requests]) =>
    [requests]
      .flat()
      .flatMap((request) =>
        [request, ...Object.values(Object(request))].map((one) => ({ table, request: Object(one) })),
      ),
  );
  const transacted = (Array.isArray(input.TransactItems) ? input.TransactItems : []).flatMap((action) =>
    Object.values(Object(action)).map((one) => ({
      table: String(Object(one).TableName),
      request: Object(one),
    })),
  );
  return [{ table: String(input.TableName), request: input }, ...batched, ...transacted];
}

function checkKeys(attributes: Item, sizes: KeySizes | undefined): void {
  for (const [name, most] of sizes ?? []) {
    const { S, B } = attributes[name] ?? {};
    if (Buffer.byteLength(S ?? B ?? '', S === undefined ? 'base64' : 'utf8') <= most) continue;
    throw invalid(
      most === LARGEST_HASH_KEY
        ? // Without the blank that is missing, too.
          'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes'
        : 'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    );
  }
}

function depthOf(value: unknown): number {
  const { M, L } = Object(value) as { M?: object; L?: readonly unknown[] };
  const inner = M === undefined ? L : Object.values(M);
  return inner === undefined ? 0 : 1 + Math.max(0, ...inner.map(depthOf));
}

function invalid(message: string): AwsError {
  return new AwsError('com.amazon.coral.validate#ValidationException', message);
}
