import type { Table } from '../aws/document-client.ts';
import type { ApiKey } from '../domain/api-key.ts';
import type { Change } from '../domain/audit-event.ts';
import type { Idempotency } from '../domain/idempotency.ts';
import { type Created, insertItem, listItems, readItem, stateOf, updateItem } from './item.ts';
import { credentialIdOf, itemKey, listPartition } from './item-keys.ts';
import { type Page, takePage } from './listing.ts';

const MOST_EXAMINED = 1000;

/** API keys in the main table: one item each, listed by tenant. */
export class KeyStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** The key, if it is this tenant's. */
  async get(tenantId: string, keyId: string): Promise<ApiKey | undefined> {
    const item = await readItem(this.#table, itemKey.credential(credentialIdOf(keyId)));
    return item !== undefined && item.keyId === keyId && item.tenantId === tenantId
      ? stateOf<ApiKey>(item)
      : undefined;
  }

  /** @throws DomainError `already_exists`, `idempotency_mismatch` */
  create(change: Change<ApiKey>, idempotency: Idempotency | undefined): Promise<Created<ApiKey>> {
    const { keyId, tenantId } = change.state;
    const place = {
      ...itemKey.credential(credentialIdOf(keyId)),
      listPk: listPartition.keysOf(tenantId),
      listSk: positionOf(change.state),
    };
    return insertItem(this.#table, place, change, idempotency);
  }

  /** @throws DomainError `conflict` when the key is no longer as `before` */
  update(before: ApiKey, change: Change<ApiKey>): Promise<void> {
    return updateItem(this.#table, itemKey.credential(credentialIdOf(before.keyId)), before, change);
  }

  /** A tenant's keys, newest first; `before` is an earlier page's `next`. */
  list(
    tenantId: string,
    options: { limit: number; before: string | undefined; matches: (key: ApiKey) => boolean },
  ): Promise<Page<ApiKey>> {
    const { limit, before, matches } = options;
    return takePage(listItems<ApiKey>(this.#table, listPartition.keysOf(tenantId), before), {
      limit,
      matches,
      positionOf,
      mostExamined: MOST_EXAMINED,
    });
  }
}

function positionOf({ createdAt, keyId }: ApiKey): string {
  return `${createdAt}#${keyId}`;
}
