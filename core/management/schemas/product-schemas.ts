import * as z from 'zod';
import { tagOf } from '../../domain/ground/entity-tag.ts';
import type { Product } from '../../domain/products/product.ts';
import { type Answer, type OperationSchema, tagged } from '../operation.ts';
import {
  apiId,
  cursor,
  limit,
  name,
  pageOf,
  productId,
  quota,
  rateLimits,
  someOf,
  unique,
} from './fields.ts';
import { maybeWords } from './texts.ts';

const MOST_APIS = 50;

const description = maybeWords(1000);
const apiIds = z
  .array(apiId)
  .min(1)
  .max(MOST_APIS)
  .transform(unique)
  .meta({ description: 'APIs of one environment, which is then the product’s' });
const requiresApproval = z
  .boolean()
  .meta({ description: 'Whether a subscription waits for an admin before it is active' });
const plan = z
  .strictObject({ rateLimits: rateLimits.default([]), quota: quota.default(null) })
  .transform(({ rateLimits, quota }) => ({ rateLimits, ...(quota && { quota }) }));

const productShape = z
  .strictObject({
    productId,
    name: z.string(),
    description: z.string(),
    apiIds: z.array(apiId),
    requiresApproval: z.boolean(),
    plan: z.strictObject({ rateLimits, quota }),
  })
  .meta({ id: 'Product' });

/** A product as people see it. */
export function presentProduct(product: Product): z.output<typeof productShape> {
  const { rateLimits, quota } = product.plan;
  return {
    productId: product.productId,
    name: product.name,
    description: product.description,
    apiIds: [...product.apiIds],
    requiresApproval: product.requiresApproval,
    plan: { rateLimits: [...rateLimits], quota: quota ?? null },
  };
}

/** One product, as an answer. */
export function answerOfProduct(status: 200 | 201, product: Product): Answer {
  return tagged(tagOf(product), { status, body: presentProduct(product) });
}

const productPath = z.object({ productId });

export const productSchemas = {
  createProduct: {
    summary: 'Create a product',
    body: z.strictObject({
      name,
      description: description.default(''),
      apiIds,
      requiresApproval: requiresApproval.default(true),
      plan: plan.default({ rateLimits: [] }),
    }),
    idempotent: true,
    answers: { 201: productShape, 200: productShape.meta({ description: 'A repeat: the same product' }) },
  },
  listProducts: {
    summary: 'List products, newest first',
    query: z.strictObject({ limit, cursor }),
    answers: { 200: pageOf(productShape) },
  },
  getProduct: { summary: 'Read a product', path: productPath, answers: { 200: productShape } },
  updateProduct: {
    summary: 'Change a product; its subscriptions follow within seconds',
    path: productPath,
    body: someOf({
      name: name.optional(),
      description: description.optional(),
      apiIds: apiIds.optional(),
      requiresApproval: requiresApproval.optional(),
      plan: plan.optional(),
    }),
    answers: { 200: productShape },
  },
} as const satisfies Record<string, OperationSchema>;
