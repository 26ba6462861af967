import type { Person } from '../../core/domain/people/person.ts';
import { isVisible } from '../../core/domain/products/product.ts';
import type { ProtectedApi } from '../../core/domain/products/protected-api.ts';
import { isFinal } from '../../core/domain/products/subscription.ts';
import type { Page } from '../../core/store/listing.ts';
import type { ApiDependencies } from './dependencies.ts';

/** Of a hundred each. */
const MOST_PAGES = 10;

type Seeing = Pick<ApiDependencies, 'products' | 'subscriptions'>;
type Api = Pick<ProtectedApi, 'apiId' | 'scheme'>;

/**
 * Whether a person sees an API. Every tenant's keys call those of the tenant scheme; of the others it takes a product
 * that the person sees or that a tenant of the person's is subscribed to. Who acts for every tenant sees all.
 */
export async function isSeen(
  api: Api,
  person: Pick<Person, 'tenants'>,
  dependencies: Seeing,
): Promise<boolean> {
  return api.scheme === 'tenant' || (await seenBy(person, dependencies))(api);
}

/** The same of many APIs. */
export async function seenBy(
  { tenants }: Pick<Person, 'tenants'>,
  { products, subscriptions }: Seeing,
): Promise<(api: Api) => boolean> {
  if (tenants === '*') return () => true;
  const subscribed = new Set<string>();
  const any = { limit: 100, state: undefined, productId: undefined };
  await throughAll(
    (before) => subscriptions.list(tenants, { ...any, before }),
    (subscription) => {
      if (!isFinal(subscription)) subscribed.add(subscription.productId);
    },
  );
  const seen = new Set<string>();
  await throughAll(
    (before) =>
      products.list({
        ...{ limit: 100, before },
        matches: (product) => isVisible(product, tenants) || subscribed.has(product.productId),
      }),
    ({ apiIds }) => {
      for (const apiId of apiIds) seen.add(apiId);
    },
  );
  return ({ apiId, scheme }) => scheme === 'tenant' || seen.has(apiId);
}

async function throughAll<Item>(
  pageAfter: (before: string | undefined) => Promise<Page<Item>>,
  note: (item: Item) => void,
): Promise<void> {
  let before: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const { items, next } = await pageAfter(before);
    for (const item of items) note(item);
    if (next === null) return;
    before = next;
  }
}
