import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { isVisible } from '../../core/domain/products/product.ts';
import { type Operations, operation } from '../../core/management/operation.ts';
import { productSchemas } from '../../core/management/schemas/product-schemas.ts';
import { getCatalogue } from './catalogue.ts';
import { createProduct } from './create-product.ts';
import type { ProductDependencies } from './dependencies.ts';
import { listProducts } from './list-products.ts';
import { showProduct } from './show-product.ts';
import { updateProduct } from './update-product.ts';

export const productOperations: Operations<'products', ProductDependencies> = {
  createProduct: operation(productSchemas.createProduct, createProduct),
  getCatalogue: operation(productSchemas.getCatalogue, (_, dependencies: ProductDependencies) =>
    getCatalogue(dependencies),
  ),
  listProducts: operation(productSchemas.listProducts, listProducts),
  getProduct: operation(
    productSchemas.getProduct,
    async ({ path, person }, dependencies: ProductDependencies) => {
      const product = found(await dependencies.products.get(path.productId));
      if (!isVisible(product, person.tenants)) throw notFound();
      return showProduct(200, product, person.tenants, dependencies);
    },
  ),
  updateProduct: operation(productSchemas.updateProduct, updateProduct),
};
