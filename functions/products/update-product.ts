import { found } from '../../core/domain/ground/not-found.ts';
import { updateProduct as decide } from '../../core/domain/products/product.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { answerOfProduct, type productSchemas } from '../../core/management/schemas/product-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { ProductDependencies } from './dependencies.ts';

/** Changes a product's description, APIs, plan or approval rule. */
export async function updateProduct(
  { path, body, context }: OperationRequest<typeof productSchemas.updateProduct>,
  { products, apis, ...dependencies }: ProductDependencies,
): Promise<Answer> {
  const [product, named] = await Promise.all([products.get(path.productId), apis.named(body.apiIds ?? [])]);
  return decideUntilWritten(
    found(product),
    context,
    async (before, own) => {
      const change = decide(before, body, named, own);
      if (change !== undefined) await products.update(before, change);
      return answerOfProduct(200, change?.state ?? before);
    },
    dependencies,
  );
}
