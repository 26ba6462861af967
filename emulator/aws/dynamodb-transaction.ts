import { createHash } from 'node:crypto';
import engine from 'dynalite/db/index.js';
import type { Database, LevelOperation } from './database.ts';
import { dynamodbAction, isConditionFailure, type ParsedAction, toAwsError } from './dynamodb-actions.ts';
import type { TableProperties } from './dynamodb-table.ts';
import { type ItemWrite, writeView } from './dynamodb-write.ts';
import { AwsError, type Input } from './protocol.ts';
import type { Item } from './stream-record.ts';

const ERROR_PREFIX = 'com.amazonaws.dynamodb.v20120810#';
const MAX_ACTIONS = 100;
const MAX_BYTES = 4 * 1024 * 1024;
const TOKEN_LIFE_MS = 10 * 60 * 1000;

/** The single operation that each kind of action is by itself, and the members it must have besides. */
const KINDS: Readonly<Record<string, { operation: string; required: readonly string[] }>> = {
  ConditionCheck: { operation: 'DeleteItem', required: ['Key', 'ConditionExpression'] },
  Delete: { operation: 'DeleteItem', required: ['Key'] },
  Put: { operation: 'PutItem', required: ['Item'] },
  Update: { operation: 'UpdateItem', required: ['Key', 'UpdateExpression'] },
};

interface TransactionAction {
  readonly kind: string;
  readonly table: string;
  /** True when a failed condition is to return the item. */
  readonly returnsItem: boolean;
  readonly parsed: ParsedAction;
  readonly place: { readonly key: string } | { readonly invalid: Error };
}

/** One of `CancellationReasons`, by DynamoDB's API reference. */
interface Reason {
  readonly Code: 'None' | 'ConditionalCheckFailed' | 'TransactionConflict' | 'ValidationError';
  readonly Message?: string;
  readonly Item?: Item;
}

/** What a transaction leaves to its caller. */
export interface TransactionHooks {
  /** True for a table that may be written. */
  readonly isDeclared: (table: string) => boolean;
  /** Commits these writes, and what else belongs to them, or none. */
  readonly commit: (writes: readonly ItemWrite[], more: readonly LevelOperation[]) => Promise<void>;
}

/**
 * TransactWriteItems: dynalite has none, so its single actions run one after the other through views
 * that collect what they write, under the locks of all items, and one commit makes all of it. An item
 * that somebody else is writing cancels the transaction with TransactionConflict, as DynamoDB does,
 * rather than waiting: so there is nothing to deadlock. A ClientRequestToken is kept for 10 minutes with
 * the commit, so that an SDK's retry of a call whose answer got lost does nothing.
 */
export class Transactions {
  readonly #database: Database;
  readonly #now: () => Date;
  readonly #hooks: TransactionHooks;
  readonly #tokensInProgress = new Set<string>();

  constructor(database: Database, now: () => Date, hooks: TransactionHooks) {
    this.#database = database;
    this.#now = now;
    this.#hooks = hooks;
  }

  async write(input: Input): Promise<object> {
    const token = input.ClientRequestToken;
    if (typeof token !== 'string') return this.#write(input, []);
    if (this.#tokensInProgress.has(token))
      throw failure('TransactionInProgressException', 'The transaction with this token is in progress');
    this.#tokensInProgress.add(token);
    try {
      const digest = createHash('sha256').update(JSON.stringify(input)).digest('hex');
      const known = this.#database.get(tokenKey(token)) as StoredToken | undefined;
      if (known === undefined || known.at < this.#now().getTime() - TOKEN_LIFE_MS) {
        const value: StoredToken = { at: this.#now().getTime(), digest };
        return await this.#write(input, [{ type: 'put', key: tokenKey(token), value }]);
      }
      if (known.digest === digest) return {};
      throw failure(
        'IdempotentParameterMismatchException',
        'The token was used for a transaction with other parameters',
      );
    } finally {
      this.#tokensInProgress.delete(token);
    }
  }

  /** Removes tokens that are no longer valid. */
  async forgetTokens(): Promise<void> {
    const oldest = this.#now().getTime() - TOKEN_LIFE_MS;
    const operations: LevelOperation[] = [];
    for await (const key of this.#database.keys({ gt: tokenKey(''), lt: tokenKey('\xff') })) {
      const { at } = this.#database.get(key) as StoredToken;
      if (at < oldest) operations.push({ type: 'del', key });
    }
    if (operations.length > 0) await this.#database.commit(operations);
  }

  async #write(input: Input, more: readonly LevelOperation[]): Promise<object> {
    const actions = transactItems(input).map((item, index) => this.#parse(item, index));
    checkDistinct(actions);
    const release = this.#lock(actions);
    try {
      const writes: ItemWrite[] = [];
      const reasons: Reason[] = [];
      for (const action of actions) reasons.push(await this.#run(action, writes));
      if (reasons.some(({ Code }) => Code !== 'None')) throw canceled(reasons);
      checkSize(writes);
      await this.#hooks.commit(writes, more);
    } finally {
      release();
    }
    return {};
  }

  #parse(transactItem: unknown, index: number): TransactionAction {
    const members = Object.entries(Object(transactItem)).filter(([, value]) => value !== undefined);
    const [kind = '', action] = members[0] ?? [];
    const rule = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
    if (members.length !== 1 || rule === undefined)
      throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
    const input = Object(action) as Input;
    for (const member of rule.required) {
      const path = `transactItems.${index + 1}.member.${lowerFirst(kind)}.${lowerFirst(member)}`;
      if (input[member] === undefined)
        throw invalid(
          `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
        );
    }
    const parsed = dynamodbAction(rule.operation).parse(this.#database.store, input);
    const table = String(input.TableName);
    const stored = this.#database.get(`table~${table}`) as TableProperties | undefined;
    if (stored === undefined || !this.#hooks.isDeclared(table))
      throw failure('ResourceNotFoundException', 'Requested resource not found');
    const returnsItem = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
    return { kind, table, returnsItem, parsed, place: placeOf(kind, input, stored) };
  }

  /** Takes the locks of all items at once, or none: then the transaction is canceled. */
  #lock(actions: readonly TransactionAction[]): () => void {
    const locks = actions.flatMap(({ table, place }) => {
      const { lock } = this.#database.store.getItemDb(table);
      return 'key' in place ? [{ lock, key: place.key }] : [];
    });
    const reasons = actions.map(({ table, place }): Reason => {
      const { lock } = this.#database.store.getItemDb(table);
      if (!('key' in place) || !lock.isLocked(place.key)) return { Code: 'None' };
      return { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' };
    });
    if (reasons.some(({ Code }) => Code !== 'None')) throw canceled(reasons);
    const releases: (() => void)[] = [];
    // Nobody holds any, so each is taken in this turn.
    for (const { lock, key } of locks) lock(key, (release) => releases.push(() => release(() => {})(null)));
    return () => {
      for (const release of releases) release();
    };
  }

  async #run({ kind, parsed, place, returnsItem }: TransactionAction, writes: ItemWrite[]): Promise<Reason> {
    if ('invalid' in place) return { Code: 'ValidationError', Message: place.invalid.message };
    const view = writeView(this.#database.store, {
      locked: true,
      write: async (write) => {
        if (kind !== 'ConditionCheck') writes.push(write);
      },
    });
    try {
      await parsed.run(view);
      return { Code: 'None' };
    } catch (error) {
      const item = returnsItem ? view.lastRead() : undefined;
      if (isConditionFailure(error))
        return { Code: 'ConditionalCheckFailed', Message: error.message, ...(item && { Item: item }) };
      if (error instanceof AwsError) return { Code: 'ValidationError', Message: error.message };
      throw error;
    }
  }
}

interface StoredToken {
  /** When it was used, in milliseconds since 1970. */
  readonly at: number;
  readonly digest: string;
}

function tokenKey(token: string): string {
  return `token~${token}`;
}

function transactItems({ TransactItems: items }: Input): readonly unknown[] {
  if (Array.isArray(items) && items.length >= 1 && items.length <= MAX_ACTIONS) return items;
  const value = Array.isArray(items) ? `[${items.length} actions]` : 'null';
  throw invalid(
    `1 validation error detected: Value '${value}' at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to ${MAX_ACTIONS} and greater than or equal to 1`,
  );
}

function placeOf(kind: string, input: Input, table: TableProperties): TransactionAction['place'] {
  const item = Object(kind === 'Put' ? input.Item : input.Key);
  const error = kind === 'Put' ? engine.validateItem(item, table) : engine.validateKey(item, table);
  if (error) return { invalid: toAwsError(error) };
  return { key: engine.createKey(item, table) };
}

function checkDistinct(actions: readonly TransactionAction[]): void {
  const places = actions.flatMap(({ table, place }) => ('key' in place ? [`${table}~${place.key}`] : []));
  if (new Set(places).size < places.length)
    throw invalid('Transaction request cannot include multiple operations on one item');
}

function checkSize(writes: readonly ItemWrite[]): void {
  const bytes = writes.reduce((sum, { after }) => sum + (after ? engine.itemSize(after) : 0), 0);
  if (bytes > MAX_BYTES) throw invalid('Collection size of items in TransactWriteItems exceeds limit: 4 MB');
}

function canceled(reasons: readonly Reason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    `${ERROR_PREFIX}TransactionCanceledException`,
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { fields: { CancellationReasons: reasons } },
  );
}

function failure(type: string, message: string): AwsError {
  return new AwsError(`${ERROR_PREFIX}${type}`, message);
}

function invalid(message: string): AwsError {
  return new AwsError('com.amazon.coral.validate#ValidationException', message);
}

function lowerFirst(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}
