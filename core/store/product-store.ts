import type { Table } from '../aws/document-client.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import type { Idempotency } from '../domain/ground/idempotency.ts';
import type { Product } from '../domain/products/product.ts';
import { type Created, claimRequest, findMade, insertItem, readItem, stateOf, updateItem } from './item.ts';
import { itemsByKey } from './item-batches.ts';
import { itemKey, listPartition } from './item-keys.ts';
import { listItems } from './item-lists.ts';
import { type Page, takePage } from './listing.ts';

const MOST_EXAMINED = 1000;

/** Products in the main table: one item each, plan and membership inside. */
export class ProductStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(productId: string): Promise<Product | undefined> {
    const item = await readItem(this.#table, itemKey.product(productId));
    return item && stateOf<Product>(item);
  }

  /** Those of these products that there are, by their ids. */
  async named(productIds: readonly string[]): Promise<ReadonlyMap<string, Product>> {
    const products = new Map<string, Product>();
    const keys = [...new Set(productIds)].map(itemKey.product);
    for await (const item of itemsByKey(this.#table, keys)) {
      const product = stateOf<Product>(item);
      products.set(product.productId, product);
    }
    return products;
  }

  /** What this request made before. @throws DomainError `idempotency_mismatch` */
  made(productId: string, idempotency: Idempotency): Promise<Product | undefined> {
    return findMade(this.#table, itemKey.product(productId), idempotency);
  }

  /** Before anything is made for the request. @throws DomainError `idempotency_mismatch` */
  claim(idempotency: Idempotency): Promise<void> {
    return claimRequest(this.#table, itemKey.request('PRODUCT', idempotency.key), idempotency);
  }

  /** @throws DomainError `already_exists`, `idempotency_mismatch` */
  create(change: Change<Product>, idempotency: Idempotency | undefined): Promise<Created<Product>> {
    const place = {
      ...itemKey.product(change.state.productId),
      listPk: listPartition.products,
      listSk: positionOf(change.state),
    };
    return insertItem(this.#table, place, change, idempotency);
  }

  /** @throws DomainError `conflict` when the product is no longer as `before` */
  update(before: Product, change: Change<Product>): Promise<void> {
    return updateItem(this.#table, itemKey.product(before.productId), before, change);
  }

  /** All products, newest first; `before` is an earlier page's `next`. */
  list(options: {
    limit: number;
    before: string | undefined;
    matches?: (product: Product) => boolean;
  }): Promise<Page<Product>> {
    return takePage(listItems<Product>(this.#table, listPartition.products, options.before), {
      limit: options.limit,
      positionOf,
      matches: options.matches ?? (() => true),
      mostExamined: MOST_EXAMINED,
    });
  }
}

function positionOf({ createdAt, productId }: Product): string {
  return `${createdAt}#${productId}`;
}
