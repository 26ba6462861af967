import { found } from '../../core/domain/ground/not-found.ts';
import { decodeCursor, encodeCursor } from '../../core/management/cursor.ts';
import { type Operations, operation } from '../../core/management/operation.ts';
import {
  answerOfProduct,
  presentProduct,
  productSchemas,
} from '../../core/management/schemas/product-schemas.ts';
import { createProduct } from './create-product.ts';
import type { ProductDependencies } from './dependencies.ts';
import { updateProduct } from './update-product.ts';

const LIST = 'products';

export const productOperations: Operations<'products', ProductDependencies> = {
  createProduct: operation(productSchemas.createProduct, createProduct),
  listProducts: operation(
    productSchemas.listProducts,
    async ({ query }, { products }: ProductDependencies) => {
      const before = decodeCursor(LIST, query.cursor);
      const page = await products.list({ limit: query.limit, before });
      return {
        status: 200,
        body: { items: page.items.map(presentProduct), nextCursor: encodeCursor(LIST, page.next) },
      };
    },
  ),
  getProduct: operation(productSchemas.getProduct, async ({ path }, { products }: ProductDependencies) =>
    answerOfProduct(200, found(await products.get(path.productId))),
  ),
  updateProduct: operation(productSchemas.updateProduct, updateProduct),
};
