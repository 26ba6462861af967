import { newItemId } from '../../core/domain/ground/idempotency.ts';
import { createProduct as decide } from '../../core/domain/products/product.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { repeated } from '../../core/management/plan.ts';
import { idempotencyOfRequest } from '../../core/management/replay.ts';
import { answerOfProduct, type productSchemas } from '../../core/management/schemas/product-schemas.ts';
import type { ProductDependencies } from './dependencies.ts';

/** Creates a product of APIs that exist. */
export async function createProduct(
  request: OperationRequest<typeof productSchemas.createProduct>,
  { products, apis, randomBytes }: ProductDependencies,
): Promise<Answer> {
  const { body, context } = request;
  const idempotency = idempotencyOfRequest('createProduct', request);
  const productId = `prod_${newItemId(idempotency, randomBytes)}`;
  const made = idempotency && (await products.made(productId, idempotency));
  if (made !== undefined) return repeated(answerOfProduct(200, made));
  const change = decide({ ...body, productId }, await apis.named(body.apiIds), context);
  const { state, replayed } = await products.create(change, idempotency);
  return replayed ? repeated(answerOfProduct(200, state)) : answerOfProduct(201, state);
}
