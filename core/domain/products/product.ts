import { auditEvent, type Change, type ChangeContext, changedFields } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import type { RateLimit } from '../keys/api-key.ts';
import type { Environment } from '../keys/key-format.ts';
import type { DocumentRef } from './document.ts';
import type { ProtectedApi } from './protected-api.ts';

/** What a product's subscribers may consume. */
export interface Plan {
  readonly rateLimits: readonly RateLimit[];
  /** Calls per calendar day or month (UTC); absent means any number. */
  readonly quota?: { readonly limit: number; readonly period: 'day' | 'month' };
}

/** Who sees a product in the catalogue: everybody, the tenants that it names, or operators alone. */
export const VISIBILITIES = ['public', 'tenants', 'hidden'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

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
  /** Absent of what older versions made, which everybody sees. */
  readonly visibility?: Visibility;
  /** Who sees it, where that is for tenants. */
  readonly tenantIds?: readonly string[];
  /** What stands on its page, as Markdown. */
  readonly documentation?: DocumentRef;
  readonly termsUrl?: string;
  /** Whoever subscribes says that this version was accepted. */
  readonly termsVersion?: string;
  /** Its place in the catalogue: smaller ones first. */
  readonly order?: number;
  readonly createdAt: string;
  readonly revision: number;
}

/** What may be given, and taken back by null. */
type Optional = {
  readonly [field in (typeof OPTIONAL)[number]]?: Product[field] | null | undefined;
};

export type NewProduct = Omit<Product, 'environment' | 'createdAt' | 'revision' | keyof Optional> & Optional;

export type ProductUpdate = {
  readonly [field in (typeof REQUIRED)[number]]?: Product[field] | undefined;
} & Optional;

const REQUIRED = ['name', 'description', 'apiIds', 'requiresApproval', 'plan'] as const;
const OPTIONAL = ['visibility', 'tenantIds', 'documentation', 'termsUrl', 'termsVersion', 'order'] as const;

/** Whether those who act for these tenants see a product, and so may subscribe to it. */
export function isVisible(
  { visibility = 'public', tenantIds = [] }: Pick<Product, 'visibility' | 'tenantIds'>,
  tenants: '*' | readonly string[],
): boolean {
  if (tenants === '*' || visibility === 'public') return true;
  return visibility === 'tenants' && tenantIds.some((id) => tenants.includes(id));
}

/**
 * The product, for who acts for these tenants to subscribe to it.
 * @throws DomainError `invalid_request`, also for one that they do not see
 */
export function requireVisible(product: Product | undefined, tenants: '*' | readonly string[]): Product {
  if (product !== undefined && isVisible(product, tenants)) return product;
  throw new DomainError('invalid_request', 'productId names no product; GET /v1/products lists them', {
    param: 'productId',
  });
}

/**
 * @param accepted the version of the terms that whoever subscribes has accepted
 * @throws DomainError `invalid_request` where the product has terms and this is not their version
 */
export function requireTerms({ termsUrl, termsVersion }: Product, accepted: string | undefined): void {
  if (accepted === termsVersion) return;
  const message =
    termsVersion === undefined
      ? 'The product has no terms to accept; leave termsVersion out'
      : `Send termsVersion ${JSON.stringify(termsVersion)} to accept the product's terms: ${termsUrl}`;
  throw new DomainError('invalid_request', message, { param: 'termsVersion' });
}

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
  const { productId, name, description, apiIds, requiresApproval, plan } = input;
  const fields = { productId, name, description, apiIds, requiresApproval, plan };
  const place = { environment, createdAt: context.now.toISOString(), revision: 1 };
  const state: Product = { ...fields, ...optional(input, undefined), ...place };
  requireSense(state);
  const { productId: _, createdAt, revision, ...data } = state;
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
  const { productId, environment, createdAt } = product;
  const state: Product = {
    ...{ productId, environment, createdAt },
    ...optional(input, product),
    name: input.name ?? product.name,
    description: input.description ?? product.description,
    apiIds: input.apiIds ?? product.apiIds,
    requiresApproval: input.requiresApproval ?? product.requiresApproval,
    plan: input.plan ?? product.plan,
    revision: product.revision + 1,
  };
  requireSense(state);
  const data = changedFields(asShown(product), asShown(state), [...REQUIRED, ...OPTIONAL]);
  return data && { state, event: productEvent('product.updated', product.productId, data, context) };
}

/** What is given, and where nothing is what there was; null is none. */
function optional(input: Optional, before: Product | undefined): Partial<Pick<Product, keyof Optional>> {
  const entries = OPTIONAL.map((field) => [
    field,
    input[field] === undefined ? before?.[field] : input[field],
  ]);
  return Object.fromEntries(entries.filter(([, value]) => !isNothing(value)));
}

/** A change tells what people see, and that is more than what is stored. */
function asShown(product: Product) {
  const { visibility = 'public', tenantIds = [], order = 0 } = product;
  return { ...product, visibility, tenantIds, order };
}

/** What is so of every product that does not say it. */
function isNothing(value: unknown): boolean {
  return !value || value === 'public' || (Array.isArray(value) && value.length === 0);
}

/** @throws DomainError `invalid_request` for fields that only make sense together */
function requireSense({ visibility, tenantIds, termsUrl, termsVersion }: Product): void {
  if (visibility === 'tenants' && !tenantIds?.length) {
    throw new DomainError(
      'invalid_request',
      'tenantIds says whom a product for tenants is for; name at least one',
      {
        param: 'tenantIds',
      },
    );
  }
  if (termsVersion !== undefined && termsUrl === undefined) {
    throw new DomainError('invalid_request', 'termsUrl says where the terms of termsVersion are; give both', {
      param: 'termsUrl',
    });
  }
}

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
