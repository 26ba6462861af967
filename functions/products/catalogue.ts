import { isVisible } from '../../core/domain/products/product.ts';
import type { Answer } from '../../core/management/operation.ts';
import { presentPublicProduct } from '../../core/management/schemas/product-schemas.ts';
import type { ProductDependencies } from './dependencies.ts';

/** A catalogue is read by people: what is beyond is on the pages of GET /v1/products. */
const MOST_PRODUCTS = 100;

/** What whoever comes along sees: public products in the order that operators gave them, and published client keys. */
export async function getCatalogue({ products, apis, clientKeys }: ProductDependencies): Promise<Answer> {
  const matches = (product: Parameters<typeof isVisible>[0]) => isVisible(product, []);
  const { items } = await products.list({ limit: MOST_PRODUCTS, before: undefined, matches });
  const named = await apis.byId(items.flatMap(({ apiIds }) => apiIds));
  const published = await clientKeys.open(named.values());
  const sorted = [...items].sort(
    (a, b) => (a.order ?? 0) - (b.order ?? 0) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  const shown = sorted.map((product) => presentPublicProduct(product, named, published));
  return { status: 200, body: { items: shown } };
}
