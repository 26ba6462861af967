import * as z from 'zod';
import { actsFor, type Person } from '../../domain/people/person.ts';
import { type Product, VISIBILITIES } from '../../domain/products/product.ts';
import type { ProtectedApi } from '../../domain/products/protected-api.ts';
import { SUBSCRIPTION_STATES } from '../../domain/products/subscription.ts';
import type { OperationSchema } from '../operation.ts';
import {
  apiId,
  cursor,
  environment,
  limit,
  name,
  pageOf,
  productId,
  quota,
  rateLimits,
  someOf,
  tenantId,
  termsVersion,
  unique,
  webAddress,
} from './fields.ts';
import { markdown, maybeWords } from './texts.ts';

const MOST_APIS = 50;
const MOST_TENANTS = 100;
const MOST_DOCUMENTATION_BYTES = 50 * 1024;
const MOST_PLACES = 1_000_000;

const description = maybeWords(1000).meta({ example: 'Charge cards and refund them' });
const productName = { example: 'Payments' };
const apiIds = z
  .array(apiId)
  .min(1)
  .max(MOST_APIS)
  .transform(unique)
  .meta({ description: 'APIs of one environment, which is then the product’s' });
const requiresApproval = z
  .boolean()
  .meta({ description: 'Whether a subscription waits for an admin before it is active' });
const PLAN = { rateLimits: [{ limit: 600, windowSeconds: 60 }], quota: { limit: 100_000, period: 'month' } };
const plan = z
  .strictObject({ rateLimits: rateLimits.default([]), quota: quota.default(null) })
  .transform(({ rateLimits, quota }) => ({ rateLimits, ...(quota && { quota }) }))
  .meta({ example: PLAN });

const visibility = z.enum(VISIBILITIES).meta({
  description:
    'Who sees it and may subscribe: everybody, the tenants of tenantIds, or operators alone, who subscribe others',
});
const tenantIds = z
  .array(tenantId)
  .max(MOST_TENANTS)
  .transform(unique)
  .meta({ description: 'Whom a product for tenants is for' });
const documentation = markdown(MOST_DOCUMENTATION_BYTES).meta({
  description: 'Its page, as Markdown; HTML in it is shown as text',
  example: '# Payments\n\nCharge cards and refund them.',
});
const termsUrl = webAddress.meta({
  description: 'Where its terms are',
  example: 'https://example.com/terms',
});
const termsVersionOfProduct = termsVersion.meta({
  description: 'Whoever subscribes has to accept this version; those who did before keep theirs',
  example: '2026-10',
});
const order = z
  .number()
  .int()
  .min(-MOST_PLACES)
  .max(MOST_PLACES)
  .meta({ description: 'Its place in the catalogue: smaller ones first, then by name' });

const productApi = z.strictObject({
  apiId,
  name: z.string().meta({ example: 'payments' }),
  environment,
  operations: z.int().nullable().meta({
    description:
      'How many its OpenAPI document has for who reads this: internal ones are counted for operators alone; null where it has none',
    example: 12,
  }),
});
const productShape = z.strictObject({
  productId,
  name: z.string().meta(productName),
  description: z.string().meta({ example: 'Charge cards and refund them' }),
  environment,
  apiIds: z.array(apiId),
  apis: z.array(productApi).meta({ description: 'Those of apiIds that exist' }),
  requiresApproval: z.boolean(),
  plan: z.strictObject({ rateLimits, quota }).meta({ example: PLAN }),
  visibility,
  tenantIds: z.array(z.string()).meta({ description: 'Those of them that you act for', example: [] }),
  termsUrl: z.string().nullable().meta({ example: 'https://example.com/terms' }),
  termsVersion: z.string().nullable().meta({ example: '2026-10' }),
  order: z.int().meta({ example: 10 }),
});
const wholeProductShape = productShape
  .extend({
    documentation: z.string().nullable().meta({ example: '# Payments\n\nCharge cards and refund them.' }),
  })
  .meta({ id: 'Product' });
const publicProduct = productShape
  .extend({
    apis: z.array(
      productApi.extend({
        clientKey: z.string().nullable().meta({
          description: 'What callers send in Client-Key; null where the operator does not publish it',
          example: 'ck_dev_Hq3vB8nX1mZ6…h7Kp',
        }),
      }),
    ),
  })
  .meta({ id: 'PublicProduct' });
const subscribableProduct = productShape
  .extend({
    subscription: z
      .strictObject({ id: z.string(), state: z.enum(SUBSCRIPTION_STATES) })
      .nullable()
      .meta({
        description: 'The newest of the tenants that you act for; null for none, and for operators',
        example: { id: 'sub_4fG8jK2lZ6xC', state: 'active' },
      }),
  })
  .meta({ id: 'ListedProduct' });

/**
 * A product as people see it, without the page about it. Whom else it is for is told to nobody.
 * @param apis its own among them
 * @param tenants those that whoever reads it acts for
 */
export function presentProduct(
  product: Product,
  apis: ReadonlyMap<string, ProtectedApi>,
  tenants: Person['tenants'],
): z.output<typeof productShape> {
  const { rateLimits, quota } = product.plan;
  return {
    productId: product.productId,
    name: product.name,
    description: product.description,
    environment: product.environment,
    apiIds: [...product.apiIds],
    apis: product.apiIds.flatMap((id) => {
      const api = apis.get(id);
      if (api === undefined) return [];
      const { apiId, name, environment, openapi } = api;
      const known = tenants === '*' ? undefined : openapi?.callersOperations;
      return [{ apiId, name, environment, operations: known ?? openapi?.operations ?? null }];
    }),
    requiresApproval: product.requiresApproval,
    plan: { rateLimits: [...rateLimits], quota: quota ?? null },
    visibility: product.visibility ?? 'public',
    tenantIds: (product.tenantIds ?? []).filter((id) => actsFor({ tenants }, id)),
    termsUrl: product.termsUrl ?? null,
    termsVersion: product.termsVersion ?? null,
    order: product.order ?? 0,
  };
}

/** A product as everybody sees it. @param clientKeys those that are published, by their APIs' ids */
export function presentPublicProduct(
  product: Product,
  apis: ReadonlyMap<string, ProtectedApi>,
  clientKeys: ReadonlyMap<string, string>,
): z.output<typeof publicProduct> {
  const shown = presentProduct(product, apis, []);
  const withKey = shown.apis.map((api) => ({ ...api, clientKey: clientKeys.get(api.apiId) ?? null }));
  return { ...shown, apis: withKey };
}

/** null takes it back. */
const catalogue = {
  visibility: visibility.optional(),
  tenantIds: tenantIds.optional(),
  documentation: documentation.nullish(),
  termsUrl: termsUrl.nullish(),
  termsVersion: termsVersionOfProduct.nullish(),
  order: order.optional(),
};
const productPath = z.object({ productId });

export const productSchemas = {
  createProduct: {
    summary: 'Create a product',
    body: z.strictObject({
      productId: productId.optional(),
      name: name.meta(productName),
      description: description.default(''),
      apiIds,
      requiresApproval: requiresApproval.default(true),
      plan: plan.default({ rateLimits: [] }),
      ...catalogue,
    }),
    idempotent: true,
    answers: {
      201: wholeProductShape,
      200: wholeProductShape.meta({ description: 'A repeat: the same product' }),
    },
  },
  getCatalogue: {
    summary: 'The public products, in the operator’s order; a hundred at most',
    open: true,
    answers: { 200: z.strictObject({ items: z.array(publicProduct) }) },
  },
  listProducts: {
    summary: 'List the products that you see, newest first, with your own subscription to each',
    query: z.strictObject({
      tenantId: tenantId.optional().meta({ description: 'As this tenant sees them' }),
      limit,
      cursor,
    }),
    answers: { 200: pageOf(subscribableProduct) },
  },
  getProduct: {
    summary: 'Read a product that you see, its documentation too',
    path: productPath,
    answers: { 200: wholeProductShape },
  },
  updateProduct: {
    summary: 'Change a product; its subscriptions follow within seconds',
    path: productPath,
    body: someOf({
      name: name.meta(productName).optional(),
      description: description.optional(),
      apiIds: apiIds.optional(),
      requiresApproval: requiresApproval.optional(),
      plan: plan.optional(),
      ...catalogue,
    }),
    answers: { 200: wholeProductShape },
  },
} as const satisfies Record<string, OperationSchema>;
