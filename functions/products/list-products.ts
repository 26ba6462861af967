import { notFound } from '../../core/domain/ground/not-found.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { isVisible } from '../../core/domain/products/product.ts';
import { isFinal, type Subscription } from '../../core/domain/products/subscription.ts';
import { decodeCursor, encodeCursor } from '../../core/management/cursor.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { presentProduct, type productSchemas } from '../../core/management/schemas/product-schemas.ts';
import type { ProductDependencies } from './dependencies.ts';

const LIST = 'products';
/** Of a hundred each. */
const MOST_PAGES = 10;

/** The products that a person sees, newest first, each with where the person's tenants stand with it. */
export async function listProducts(
  { person, query }: OperationRequest<typeof productSchemas.listProducts>,
  { products, apis, subscriptions }: ProductDependencies,
): Promise<Answer> {
  const { tenantId, limit, cursor } = query;
  if (tenantId !== undefined && !actsFor(person, tenantId)) throw notFound();
  const list = tenantId === undefined ? LIST : `${LIST} ${tenantId}`;
  const before = decodeCursor(list, cursor);
  const whose = tenantId === undefined ? person.tenants : [tenantId];
  const page = await products.list({ limit, before, matches: (product) => isVisible(product, whose) });
  const [named, subscribed] = await Promise.all([
    apis.byId(page.items.flatMap(({ apiIds }) => apiIds)),
    whose === '*' ? undefined : subscriptionsOf(whose, subscriptions),
  ]);
  const items = page.items.map((product) => ({
    ...presentProduct(product, named, whose),
    subscription: subscribed?.get(product.productId) ?? null,
  }));
  return { status: 200, body: { items, nextCursor: encodeCursor(list, page.next) } };
}

/** By product, the newest subscription that works, else one that has not ended, else the newest of all. */
async function subscriptionsOf(
  tenants: readonly string[],
  subscriptions: ProductDependencies['subscriptions'],
): Promise<ReadonlyMap<string, { readonly id: string; readonly state: Subscription['state'] }>> {
  const newest = new Map<string, { id: string; state: Subscription['state'] }>();
  let before: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const options = { limit: 100, before, state: undefined, productId: undefined };
    const { items, next } = await subscriptions.list(tenants, options);
    for (const { productId, subscriptionId: id, state } of items) {
      const known = newest.get(productId);
      if (known === undefined || standing({ state }) > standing(known)) newest.set(productId, { id, state });
    }
    if (next === null) break;
    before = next;
  }
  return newest;
}

function standing({ state }: Pick<Subscription, 'state'>): number {
  return state === 'active' ? 2 : isFinal({ state }) ? 0 : 1;
}
