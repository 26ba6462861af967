import { auditEvent, type Change, type ChangeContext, changedFields } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import type { RateLimit } from '../keys/api-key.ts';
import type { Environment } from '../keys/key-format.ts';
import type { ProtectedApi } from './protected-api.ts';

/** What a product's subscribers may consume. */
export interface Plan {
  readonly rateLimits: readonly RateLimit[];
  /** Calls per calendar day or month (UTC); absent means any number. */
  readonly quota?: { readonly limit: number; readonly period: 'day' | 'month' };
}

/** A bundle of APIs with a plan, as it is stored: one item. */
export interface Product {
  /** `prod_` + 12 base62. */
  readonly productId: string;
  readonly name: string;
  readonly description: string;
  /** Its APIs' environment, and so its subscriptions': a product bundles APIs of one environment. */
  readonly environment: Environment;
  readonly apiIds: readonly string[];
  readonly requiresApproval: boolean;
  readonly plan: Plan;
  readonly createdAt: string;
  readonly revision: number;
}

export type NewProduct = Omit<Product, 'environment' | 'createdAt' | 'revision'>;

export type ProductUpdate = {
  readonly [field in 'name' | 'description' | 'apiIds' | 'requiresApproval' | 'plan']?:
    | Product[field]
    | undefined;
};

/**
 * @param apis those that `input.apiIds` names, as far as they exist
 * @throws DomainError `invalid_request` for APIs that don't exist or are of different environments
 */
export function createProduct(
  input: NewProduct,
  apis: readonly ProtectedApi[],
  context: ChangeContext,
): Change<Product> {
  const environment = requireApis(input.apiIds, apis, undefined);
  const state = { ...input, environment, createdAt: context.now.toISOString(), revision: 1 };
  const { productId, createdAt, revision, ...data } = state;
  return { state, event: productEvent('product.created', productId, data, context) };
}

/**
 * Undefined when nothing would change. Subscriptions follow at once: what a product allows is stored
 * nowhere else.
 * @param apis those that `input.apiIds` names, as far as they exist
 * @throws DomainError `invalid_request` for APIs that don't exist or are of another environment
 */
export function updateProduct(
  product: Product,
  input: ProductUpdate,
  apis: readonly ProtectedApi[],
  context: ChangeContext,
): Change<Product> | undefined {
  if (input.apiIds !== undefined) requireApis(input.apiIds, apis, product.environment);
  const state: Product = {
    ...product,
    name: input.name ?? product.name,
    description: input.description ?? product.description,
    apiIds: input.apiIds ?? product.apiIds,
    requiresApproval: input.requiresApproval ?? product.requiresApproval,
    plan: input.plan ?? product.plan,
    revision: product.revision + 1,
  };
  const data = changedFields(product, state, UPDATABLE);
  return data && { state, event: productEvent('product.updated', product.productId, data, context) };
}

const UPDATABLE = ['name', 'description', 'apiIds', 'requiresApproval', 'plan'] as const;

/** The environment of APIs that all exist and share it. */
function requireApis(
  apiIds: readonly string[],
  apis: readonly ProtectedApi[],
  environment: Environment | undefined,
): Environment {
  const expected = environment ?? apis[0]?.environment;
  if (expected === undefined || apiIds.some((id) => !apis.some(({ apiId }) => apiId === id))) {
    throw new DomainError('invalid_request', 'apiIds names an API that does not exist; register it first', {
      param: 'apiIds',
    });
  }
  if (apis.some((api) => api.environment !== expected)) {
    throw new DomainError(
      'invalid_request',
      environment === undefined
        ? 'A product bundles APIs of one environment; make one for sandbox and one for live'
        : `This product is for ${environment}; name APIs of that environment`,
      { param: 'apiIds' },
    );
  }
  return expected;
}

function productEvent(
  type: 'product.created' | 'product.updated',
  productId: string,
  data: Record<string, unknown>,
  context: ChangeContext,
) {
  return auditEvent(context, { type, tenantId: null, subject: { type: 'product', id: productId }, data });
}
