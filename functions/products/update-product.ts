import { found } from '../../core/domain/ground/not-found.ts';
import { updateProduct as decide } from '../../core/domain/products/product.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { productSchemas } from '../../core/management/schemas/product-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { ProductDependencies } from './dependencies.ts';
import { showProduct } from './show-product.ts';

/**
 * Changes what a product says of itself, its APIs, plan or approval rule. A new documentation is kept before the
 * write that refers to it, and the old one ends after it.
 */
export async function updateProduct(
  { path, body, context }: OperationRequest<typeof productSchemas.updateProduct>,
  dependencies: ProductDependencies,
): Promise<Answer> {
  const { products, apis, documents } = dependencies;
  const { documentation: text, ...fields } = body;
  const { productId } = path;
  const [product, named] = await Promise.all([products.get(productId), apis.named(body.apiIds ?? [])]);
  const read = found(product);
  decide(read, fields, named, context);
  const old = read.documentation && (await documents.text(productId, read.documentation));
  const isNew = text !== undefined && text !== (old ?? null);
  const documentation = !isNew ? undefined : text === null ? null : await documents.add(productId, text);
  return decideUntilWritten(
    read,
    context,
    async (before, own) => {
      const change = decide(before, { ...fields, documentation }, named, own);
      if (change !== undefined) await products.update(before, change);
      if (isNew && before.documentation) await documents.release(productId, before.documentation, own.now);
      return showProduct(200, change?.state ?? before, '*', dependencies);
    },
    dependencies,
  );
}
