import type { RateLimit } from './api-key.ts';
import type { Environment } from './key-format.ts';

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
