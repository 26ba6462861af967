import { tagOf } from '../../core/domain/ground/entity-tag.ts';
import type { Person } from '../../core/domain/people/person.ts';
import type { Product } from '../../core/domain/products/product.ts';
import { type Answer, tagged } from '../../core/management/operation.ts';
import { presentProduct } from '../../core/management/schemas/product-schemas.ts';
import type { ProductDependencies } from './dependencies.ts';

/** One product, as an answer to who acts for these tenants, its documentation whole. */
export async function showProduct(
  status: 200 | 201,
  product: Product,
  tenants: Person['tenants'],
  { apis, documents }: Pick<ProductDependencies, 'apis' | 'documents'>,
): Promise<Answer> {
  const { productId, documentation } = product;
  const [named, text] = await Promise.all([
    apis.byId(product.apiIds),
    documentation ? documents.text(productId, documentation) : null,
  ]);
  const body = { ...presentProduct(product, named, tenants), documentation: text };
  return tagged(tagOf(product), { status, body });
}
