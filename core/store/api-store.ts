import type { Table } from '../aws/document-client.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import type { Idempotency } from '../domain/ground/idempotency.ts';
import type { ProtectedApi } from '../domain/products/protected-api.ts';
import { type Created, claimRequest, findMade, insertItem, readItem, stateOf, updateItem } from './item.ts';
import { itemsByKey } from './item-batches.ts';
import { itemKey, listPartition } from './item-keys.ts';
import { listItems } from './item-lists.ts';
import { type Page, takePage } from './listing.ts';

const MOST_EXAMINED = 1000;

/** Protected APIs in the main table: one item each, route table inside. */
export class ApiStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(apiId: string): Promise<ProtectedApi | undefined> {
    const item = await readItem(this.#table, itemKey.api(apiId));
    return item && stateOf<ProtectedApi>(item);
  }

  /** Those of these APIs that exist. */
  async named(apiIds: readonly string[]): Promise<ProtectedApi[]> {
    const apis = await Promise.all(apiIds.map((apiId) => this.get(apiId)));
    return apis.filter((api) => api !== undefined);
  }

  /** Those of these APIs that exist, by their ids. */
  async byId(apiIds: readonly string[]): Promise<ReadonlyMap<string, ProtectedApi>> {
    const apis = new Map<string, ProtectedApi>();
    const keys = [...new Set(apiIds)].map(itemKey.api);
    for await (const item of itemsByKey(this.#table, keys)) {
      const api = stateOf<ProtectedApi>(item);
      apis.set(api.apiId, api);
    }
    return apis;
  }

  /** What this request made before. @throws DomainError `idempotency_mismatch` */
  made(apiId: string, idempotency: Idempotency): Promise<ProtectedApi | undefined> {
    return findMade(this.#table, itemKey.api(apiId), idempotency);
  }

  /** Before anything is made for the request. @throws DomainError `idempotency_mismatch` */
  claim(idempotency: Idempotency): Promise<void> {
    return claimRequest(this.#table, itemKey.request('API', idempotency.key), idempotency);
  }

  /** @throws DomainError `already_exists`, `idempotency_mismatch` */
  create(change: Change<ProtectedApi>, idempotency: Idempotency | undefined): Promise<Created<ProtectedApi>> {
    const place = {
      ...itemKey.api(change.state.apiId),
      listPk: listPartition.apis,
      listSk: positionOf(change.state),
    };
    return insertItem(this.#table, place, change, idempotency);
  }

  /** @throws DomainError `conflict` when the API is no longer as `before` */
  update(before: ProtectedApi, change: Change<ProtectedApi>): Promise<void> {
    return updateItem(this.#table, itemKey.api(before.apiId), before, change);
  }

  /** All APIs, newest first; `before` is an earlier page's `next`. */
  list(options: {
    limit: number;
    before: string | undefined;
    matches?: (api: ProtectedApi) => boolean;
  }): Promise<Page<ProtectedApi>> {
    return takePage(listItems<ProtectedApi>(this.#table, listPartition.apis, options.before), {
      limit: options.limit,
      positionOf,
      matches: options.matches ?? (() => true),
      mostExamined: MOST_EXAMINED,
    });
  }
}

function positionOf({ createdAt, apiId }: ProtectedApi): string {
  return `${createdAt}#${apiId}`;
}
