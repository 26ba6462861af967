import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import type { LastUse } from '../domain/keys/last-use.ts';
import { writeIf } from './conditional-write.ts';
import { isTooLarge } from './item.ts';
import { itemsByKey } from './item-batches.ts';
import { credentialIdOf, type ItemKey, itemKey } from './item-keys.ts';
import {
  type CredentialUse,
  PRECISION_MILLISECONDS,
  RecentUses,
  recentUsesOf,
  usesIn,
} from './recent-uses.ts';
import type { UncountedPart } from './usage-writing.ts';

const SECRET_PREFIX = 'u#';
/** By the secret too: the log that told of it. */
const LOG_PREFIX = 'g#';
/**
 * Of how many of a credential's secrets the last use is kept, those that were used last: two are live at once,
 * and each rotation leaves one behind. Beyond, the oldest are forgotten, some at a time.
 */
export const MOST_SECRETS = 64;
const FORGOTTEN_AT_ONCE = 16;
/** What one update takes out at most: an expression may measure 4 KB. */
const MOST_REMOVED = 150;

/** When credentials were last used, and how far that is known: an item of the usage table for each, and for each log. */
export class LastUseStore {
  readonly #table: Table;
  readonly #recent: RecentUses;

  constructor(table: Table) {
    this.#table = table;
    this.#recent = new RecentUses(table, (use) => this.note(use));
  }

  /**
   * When each of these was last used; those that never were are missing.
   * @param keyIds `key_…` and `sub_…`
   */
  async lastUsed(keyIds: readonly string[]): Promise<ReadonlyMap<string, LastUse>> {
    const byPartition = new Map(
      keyIds.map((keyId) => [itemKey.lastUse(credentialIdOf(keyId)).pk, keyId] as const),
    );
    const found = new Map<string, Record<string, unknown>>();
    const recent: CredentialUse[] = [];
    const own = [...byPartition.values()].map((keyId) => itemKey.lastUse(credentialIdOf(keyId)));
    const keys = [...own, ...recentUsesOf([...byPartition.values()])];
    for await (const item of itemsByKey(this.#table, keys, { ConsistentRead: false })) {
      const keyId = byPartition.get(String(item.pk));
      if (keyId !== undefined) found.set(keyId, { ...item });
      else recent.push(...usesIn(item));
    }
    for (const use of recent) {
      const keyId = byPartition.get(itemKey.lastUse(credentialIdOf(use.keyId)).pk);
      if (keyId !== undefined) found.set(keyId, withUse(found.get(keyId) ?? {}, use));
    }
    return new Map([...found].map(([keyId, item]) => [keyId, lastUseOf(item)]));
  }

  /** When this one was last used; undefined when it never was. */
  async lastUseOf(keyId: string): Promise<LastUse | undefined> {
    return (await this.lastUsed([keyId])).get(keyId);
  }

  /**
   * Notes a use, unless one is known that is as late or less than a minute earlier: so it may be told again
   * and in any order.
   * @param use.at in milliseconds since 1970
   */
  async note(use: CredentialUse): Promise<void> {
    const key = itemKey.lastUse(credentialIdOf(use.keyId));
    try {
      const item = await this.#set(key, use);
      if (secretsOf(item).length >= MOST_SECRETS + FORGOTTEN_AT_ONCE) await this.#forget(key, item);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return;
      if (!isTooLarge(error)) throw error;
      // An earlier version forgot none.
      await this.#forget(key, await this.#remove(key, []));
      await this.#set(key, use);
    }
  }

  /** Notes uses that came together, as `note` does and in fewer writes. @returns what could not be noted */
  noteTogether(uses: readonly CredentialUse[], now: Date): Promise<UncountedPart[]> {
    return this.#recent.note(uses, now);
  }

  /** Time (ISO 8601 UTC) of the newest line of a log in a batch that was counted whole; undefined for none. */
  async heardUntil(log: string): Promise<string | undefined> {
    const { pk, sk } = itemKey.heard(log);
    const get = new GetCommand({ TableName: this.#table.name, Key: { pk, sk }, ConsistentRead: true });
    const at = (await this.#table.client.send(get)).Item?.at;
    return typeof at === 'string' ? at : undefined;
  }

  /** Notes that a log's lines are counted up to `at` (milliseconds since 1970); forward only. */
  async noteHeard(log: string, at: number): Promise<void> {
    const update = new UpdateCommand({
      TableName: this.#table.name,
      Key: itemKey.heard(log),
      UpdateExpression: 'SET #at = :at',
      ConditionExpression: 'attribute_not_exists(#at) OR #at < :at',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: { ':at': new Date(at).toISOString() },
    });
    await writeIf(this.#table, update);
  }

  /** @returns the item as it is then */
  async #set(key: ItemKey, { secretId, at, log }: CredentialUse) {
    const update = new UpdateCommand({
      TableName: this.#table.name,
      Key: key,
      UpdateExpression: `SET #secret = :at${log === undefined ? '' : ', #log = :log'}`,
      ConditionExpression: 'attribute_not_exists(#secret) OR #secret <= :before',
      ExpressionAttributeNames: {
        '#secret': SECRET_PREFIX + secretId,
        ...(log !== undefined && { '#log': LOG_PREFIX + secretId }),
      },
      ExpressionAttributeValues: {
        ':at': new Date(at).toISOString(),
        ...(log !== undefined && { ':log': log }),
        ':before': new Date(at - PRECISION_MILLISECONDS).toISOString(),
      },
      ReturnValues: 'ALL_NEW',
    });
    return (await this.#table.client.send(update)).Attributes ?? {};
  }

  /** Takes out what is beyond the bound, the longest unused first. */
  async #forget(key: ItemKey, item: Record<string, unknown>): Promise<void> {
    const newestFirst = secretsOf(item).sort(([, one], [, other]) => (one < other ? 1 : -1));
    const names = newestFirst.slice(MOST_SECRETS).map(([name]) => name);
    for (let i = 0; i < names.length; i += MOST_REMOVED)
      await this.#remove(key, names.slice(i, i + MOST_REMOVED));
  }

  /** @returns the item as it is then */
  async #remove(key: ItemKey, names: readonly string[]): Promise<Record<string, unknown>> {
    // A name that no secret has, so that an update of nothing is one.
    const logs = names.map((name) => LOG_PREFIX + name.slice(SECRET_PREFIX.length));
    const removed = [SECRET_PREFIX, ...names, ...logs];
    const update = new UpdateCommand({
      TableName: this.#table.name,
      Key: key,
      UpdateExpression: `REMOVE ${removed.map((_, i) => `#n${i}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(removed.map((name, i) => [`#n${i}`, name])),
      ReturnValues: 'ALL_NEW',
    });
    return (await this.#table.client.send(update)).Attributes ?? {};
  }
}

/** The attributes that hold last uses. */
function secretsOf(item: Record<string, unknown>): [name: string, at: string][] {
  return Object.entries(item).flatMap(([name, at]) =>
    name.startsWith(SECRET_PREFIX) ? [[name, String(at)] as [string, string]] : [],
  );
}

/** A credential's item with a use that may be later than the one it has. */
function withUse(
  item: Record<string, unknown>,
  { secretId, at, log }: CredentialUse,
): Record<string, unknown> {
  const [name, time] = [SECRET_PREFIX + secretId, new Date(at).toISOString()];
  if (String(item[name] ?? '') >= time) return item;
  return { ...item, [name]: time, ...(log !== undefined && { [LOG_PREFIX + secretId]: log }) };
}

function lastUseOf(item: Record<string, unknown>): LastUse {
  const bySecret = Object.fromEntries(
    secretsOf(item).map(([name, at]) => [name.slice(SECRET_PREFIX.length), at]),
  );
  const at = Object.values(bySecret).sort().at(-1) ?? '';
  const logs = Object.fromEntries(
    Object.entries(item).flatMap(([name, log]) =>
      name.startsWith(LOG_PREFIX) ? [[name.slice(LOG_PREFIX.length), String(log)] as const] : [],
    ),
  );
  return { at, bySecret, ...(Object.keys(logs).length > 0 && { logs }) };
}
