import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { TABLE_INDEX } from '../contract/deployment.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import type { Idempotency } from '../domain/ground/idempotency.ts';
import type { ApiKey } from '../domain/keys/api-key.ts';
import { nameKeyOf, searchedHintOf } from '../domain/keys/key-query.ts';
import { dueAt } from '../domain/keys/key-reminders.ts';
import type { LastUse } from '../domain/keys/last-use.ts';
import type { RoleHolders } from '../domain/tenants/tenant.ts';
import { type Created, findMade, insertItem, moveItem, readItem, stateOf, updateItem } from './item.ts';
import { credentialIdOf, duePlace, type ItemKey, itemKey, listPartition } from './item-keys.ts';
import { importedItems, listItems } from './item-lists.ts';
import type { LastUseStore } from './last-use-store.ts';
import { inGroups, type Page, takePage } from './listing.ts';

const MOST_EXAMINED = 1000;
/** Of a megabyte each. */
const MOST_PAGES = 20;

/** A key, and when it was last used. */
export interface UsedKey {
  readonly key: ApiKey;
  readonly lastUse: LastUse | undefined;
}

type ImportedKey = Pick<ApiKey, 'status' | 'expiresAt' | 'imported' | 'digests'>;

/** API keys in the main table: one item each, listed by tenant. */
export class KeyStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** The key, if it is this tenant's. */
  async get(tenantId: string, keyId: string): Promise<ApiKey | undefined> {
    const key = await this.find(keyId);
    return key?.tenantId === tenantId ? key : undefined;
  }

  /** The key, whosever it is. */
  async find(keyId: string): Promise<ApiKey | undefined> {
    const item = await readItem(this.#table, itemKey.credential(credentialIdOf(keyId)));
    return item?.keyId === keyId ? stateOf<ApiKey>(item) : undefined;
  }

  /** What this request made before. @throws DomainError `idempotency_mismatch` */
  made(keyId: string, idempotency: Idempotency): Promise<ApiKey | undefined> {
    return findMade(this.#table, itemKey.credential(credentialIdOf(keyId)), idempotency);
  }

  /** @throws DomainError `already_exists`, `idempotency_mismatch` */
  create(change: Change<ApiKey>, idempotency: Idempotency | undefined): Promise<Created<ApiKey>> {
    const { keyId, tenantId } = change.state;
    const place = {
      ...itemKey.credential(credentialIdOf(keyId)),
      listPk: listPartition.keysOf(tenantId),
      listSk: positionOf(change.state),
      ...placeOf(change.state),
    };
    return insertItem(this.#table, place, change, idempotency);
  }

  /** @throws DomainError `conflict` when the key is no longer as `before` */
  update(before: ApiKey, change: Change<ApiKey>): Promise<void> {
    return updateItem(this.#table, keyOf(before), before, change, placeOf);
  }

  /** Notes when a key is to be looked at next. @throws DomainError `conflict` as `update` */
  remind(before: ApiKey, after: ApiKey): Promise<void> {
    return moveItem(this.#table, keyOf(before), before, after, placeOf);
  }

  /** Those of a tenant's keys that were imported, as much of each as says what became of it. */
  imported(tenantId: string): AsyncGenerator<ImportedKey> {
    return importedItems(this.#table, listPartition.keysOf(tenantId), ['status', 'expiresAt']);
  }

  /**
   * How many of a tenant's keys have a role's name, of those that have not ended. Of a tenant with very many
   * keys the newest are looked at, some twenty thousand.
   */
  async holdersOf(tenantId: string, role: string, now: Date): Promise<RoleHolders> {
    let count = 0;
    let start: Record<string, unknown> | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const { Count = 0, LastEvaluatedKey } = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          IndexName: TABLE_INDEX.list,
          KeyConditionExpression: 'listPk = :listPk',
          FilterExpression:
            '#role = :role AND #status <> :revoked AND (attribute_not_exists(expiresAt) OR expiresAt > :now)',
          ExpressionAttributeNames: { '#role': 'role', '#status': 'status' },
          ExpressionAttributeValues: {
            ':listPk': listPartition.keysOf(tenantId),
            ':role': role,
            ':revoked': 'revoked',
            ':now': now.toISOString(),
          },
          Select: 'COUNT',
          ScanIndexForward: false,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      count += Count;
      start = LastEvaluatedKey;
      if (start === undefined) return { count, isAll: true };
    }
    return { count, isAll: false };
  }

  /** A tenant's keys, newest first, each with its last use; `before` is an earlier page's `next`. */
  list(
    tenantId: string,
    lastUses: LastUseStore,
    options: { limit: number; before: string | undefined; matches: (used: UsedKey) => boolean },
  ): Promise<Page<UsedKey>> {
    const { limit, before, matches } = options;
    const keys = listItems<ApiKey>(this.#table, listPartition.keysOf(tenantId), before);
    return takePage(withLastUse(keys, lastUses, limit), {
      limit,
      matches,
      positionOf: ({ key }) => positionOf(key),
      mostExamined: MOST_EXAMINED,
    });
  }
}

/** Keys with their last uses, which are read as many at once as a page has. */
export async function* withLastUse(
  keys: AsyncIterable<ApiKey>,
  lastUses: LastUseStore,
  limit: number,
): AsyncGenerator<UsedKey> {
  // A page is known to be the last one when there is no key after it.
  for await (const group of inGroups(keys, limit + 1)) {
    const known = await lastUses.lastUsed(group.map(({ keyId }) => keyId));
    for (const key of group) yield { key, lastUse: known.get(key.keyId) };
  }
}

function keyOf({ keyId }: ApiKey): ItemKey {
  return itemKey.credential(credentialIdOf(keyId));
}

function placeOf(key: ApiKey) {
  const hintKey = searchedHintOf(key);
  return {
    ...duePlace(keyOf(key), dueAt(key)),
    namePk: listPartition.keyNamesOf(key.tenantId),
    nameKey: nameKeyOf(key),
    ...(hintKey !== undefined && { hintKey }),
  };
}

/** A key's place in its tenant's list. */
export function positionOf({ createdAt, keyId }: ApiKey): string {
  return `${createdAt}#${keyId}`;
}
