import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import type { Change } from '../domain/audit-event.ts';
import type { Idempotency } from '../domain/idempotency.ts';
import type { Tenant } from '../domain/tenant.ts';
import { type Created, claimRequest, findMade, insertItem, readItem, stateOf, updateItem } from './item.ts';
import { itemKey, listPartition } from './item-keys.ts';
import { listItems } from './item-lists.ts';
import { type Page, takePage } from './listing.ts';

const MOST_EXAMINED = 1000;
/** DynamoDB's limit of a BatchGetItem. */
const BATCH_SIZE = 100;

/** Tenants and their roles in the main table: one item each. */
export class TenantStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(tenantId: string): Promise<Tenant | undefined> {
    const item = await readItem(this.#table, itemKey.tenant(tenantId));
    return item && stateOf<Tenant>(item);
  }

  /** What this request made before. @throws DomainError `idempotency_mismatch` */
  made(tenantId: string, idempotency: Idempotency): Promise<Tenant | undefined> {
    return findMade(this.#table, itemKey.tenant(tenantId), idempotency);
  }

  /** Before anything is made for the request. @throws DomainError `idempotency_mismatch` */
  claim(idempotency: Idempotency): Promise<void> {
    return claimRequest(this.#table, itemKey.request('TENANT', idempotency.key), idempotency);
  }

  /** @throws DomainError `already_exists`, `idempotency_mismatch` */
  create(change: Change<Tenant>, idempotency: Idempotency | undefined): Promise<Created<Tenant>> {
    const place = {
      ...itemKey.tenant(change.state.tenantId),
      listPk: listPartition.tenants,
      listSk: positionOf(change.state),
    };
    return insertItem(this.#table, place, change, idempotency);
  }

  /** @throws DomainError `conflict` when the tenant is no longer as `before` */
  update(before: Tenant, change: Change<Tenant>): Promise<void> {
    return updateItem(this.#table, itemKey.tenant(before.tenantId), before, change);
  }

  /**
   * Tenants, newest first.
   * @param which their ids, or `*` for all
   * @param options `before` is an earlier page's `next`
   */
  async list(
    which: '*' | readonly string[],
    options: { limit: number; before: string | undefined },
  ): Promise<Page<Tenant>> {
    const { limit, before } = options;
    const tenants =
      which === '*'
        ? listItems<Tenant>(this.#table, listPartition.tenants, before)
        : await this.#named(which, before);
    return takePage(tenants, {
      limit,
      positionOf,
      shownOf: ({ roles, ...shown }) => shown,
      matches: () => true,
      mostExamined: MOST_EXAMINED,
    });
  }

  async #named(tenantIds: readonly string[], before: string | undefined): Promise<Tenant[]> {
    const tenants: Tenant[] = [];
    let keys = [...new Set(tenantIds)].map(itemKey.tenant);
    while (keys.length > 0) {
      const { Responses, UnprocessedKeys } = await this.#table.client.send(
        new BatchGetCommand({
          RequestItems: { [this.#table.name]: { Keys: keys.slice(0, BATCH_SIZE), ConsistentRead: true } },
        }),
      );
      tenants.push(...(Responses?.[this.#table.name] ?? []).map((item) => stateOf<Tenant>(item)));
      const unprocessed = (UnprocessedKeys?.[this.#table.name]?.Keys ?? []) as typeof keys;
      keys = [...unprocessed, ...keys.slice(BATCH_SIZE)];
    }
    return tenants
      .filter((tenant) => before === undefined || positionOf(tenant) < before)
      .sort((a, b) => (positionOf(a) < positionOf(b) ? 1 : -1));
  }
}

function positionOf({ createdAt, tenantId }: Tenant): string {
  return `${createdAt}#${tenantId}`;
}
