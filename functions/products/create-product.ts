import { newItemId } from '../../core/domain/ground/idempotency.ts';
import { createProduct as decide } from '../../core/domain/products/product.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { repeated } from '../../core/management/plan.ts';
import { idempotencyOfRequest } from '../../core/management/replay.ts';
import type { productSchemas } from '../../core/management/schemas/product-schemas.ts';
import type { ProductDependencies } from './dependencies.ts';
import { showProduct } from './show-product.ts';

/** Creates a product of APIs that exist, under the id that was asked for or one of our own. Its documentation is kept before it refers to it. */
export async function createProduct(
  request: OperationRequest<typeof productSchemas.createProduct>,
  dependencies: ProductDependencies,
): Promise<Answer> {
  const { products, apis, documents, randomBytes } = dependencies;
  const { documentation: text, ...body } = request.body;
  const { context } = request;
  const idempotency = idempotencyOfRequest('createProduct', request);
  const productId = body.productId ?? `prod_${newItemId(idempotency, randomBytes)}`;
  const made = idempotency && (await products.made(productId, idempotency));
  if (made !== undefined) return repeated(await showProduct(200, made, '*', dependencies));
  const named = await apis.named(body.apiIds);
  decide({ ...body, productId }, named, context);
  const documentation = text ? await documents.add(productId, text) : undefined;
  const change = decide({ ...body, productId, documentation }, named, context);
  if (idempotency !== undefined) await products.claim(idempotency);
  const { state, replayed } = await products.create(change, idempotency);
  return replayed
    ? repeated(await showProduct(200, state, '*', dependencies))
    : showProduct(201, state, '*', dependencies);
}
