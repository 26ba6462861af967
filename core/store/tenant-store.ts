import type { Table } from '../aws/document-client.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import type { Idempotency } from '../domain/ground/idempotency.ts';
import type { Tenant } from '../domain/tenants/tenant.ts';
import { type Created, claimRequest, findMade, insertItem, readItem, stateOf, updateItem } from './item.ts';
import { itemsByKey } from './item-batches.ts';
import { itemKey, listPartition } from './item-keys.ts';
import { listItems } from './item-lists.ts';
import { type Page, takePage } from './listing.ts';

const MOST_EXAMINED = 1000;

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

  /** Those of these tenants that there are, by their ids. */
  async named(tenantIds: readonly string[]): Promise<ReadonlyMap<string, Tenant>> {
    const tenants = new Map<string, Tenant>();
    const keys = [...new Set(tenantIds)].map(itemKey.tenant);
    for await (const item of itemsByKey(this.#table, keys)) {
      const tenant = stateOf<Tenant>(item);
      tenants.set(tenant.tenantId, tenant);
    }
    return tenants;
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
      listSk: positionOfTenant(change.state),
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
        : await this.#namedBefore(which, before);
    return takePage(tenants, {
      limit,
      positionOf: positionOfTenant,
      shownOf: ({ roles, ...shown }) => shown,
      matches: () => true,
      mostExamined: MOST_EXAMINED,
    });
  }

  async #namedBefore(tenantIds: readonly string[], before: string | undefined): Promise<Tenant[]> {
    const tenants = await this.named(tenantIds);
    return [...tenants.values()]
      .filter((tenant) => before === undefined || positionOfTenant(tenant) < before)
      .sort((a, b) => (positionOfTenant(a) < positionOfTenant(b) ? 1 : -1));
  }
}

/** A tenant's place in lists. */
export function positionOfTenant({ createdAt, tenantId }: Tenant): string {
  return `${createdAt}#${tenantId}`;
}
