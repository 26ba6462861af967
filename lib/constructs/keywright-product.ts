import { Construct } from 'constructs';
import type { KeywrightApi } from './keywright-api.ts';
import { deployedManagement, type ManagementApiReference } from './management-reference.ts';
import { idAt, Registration } from './registration.ts';
import { requireId } from './required.ts';

/** At most `limit` requests in any `windowSeconds`. */
export interface PlanRateLimitProps {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Calls in a `day` or `month` of the calendar, in UTC. */
export interface PlanQuotaProps {
  readonly limit: number;
  readonly period: string;
}

export interface KeywrightProductProps {
  /** What people call it. Default: the construct's id. */
  readonly name?: string;
  /** APIs of one environment, which is then the product's. */
  readonly apis?: KeywrightApi[];
  /** Ids of APIs that were registered elsewhere, beside those of `apis`. */
  readonly apiIds?: string[];
  /** Default: what people wrote in the portal. */
  readonly description?: string;
  /** Whether a subscription waits for an admin before it is active. Default: true. */
  readonly requiresApproval?: boolean;
  /** Of each subscription. Default: none. */
  readonly rateLimits?: PlanRateLimitProps[];
  /** Of each subscription. Default: none. */
  readonly quota?: PlanQuotaProps;
  /** `public`, `tenants` for those of `tenantIds`, or `operators`. Default: public. */
  readonly visibility?: string;
  readonly tenantIds?: string[];
  /** Its page, as Markdown. Default: what people wrote in the portal. */
  readonly documentation?: string;
  readonly termsUrl?: string;
  /** Whoever subscribes has to accept this version. */
  readonly termsVersion?: string;
  /** Its place in the catalogue: smaller ones first. Default: 0. */
  readonly order?: number;
  /** `prod_` and 12 base62. Default: by the construct's path and the stack's name. */
  readonly productId?: string;
  /** Default: the Keywright deployed in this account and Region. */
  readonly management?: ManagementApiReference;
  /** Default: 90. */
  readonly logRetentionDays?: number;
}

/**
 * A product that developers subscribe to, registered as the stack is deployed. A stack that is deleted leaves it, since
 * subscriptions hang on it.
 */
export class KeywrightProduct extends Construct {
  readonly productId: string;

  constructor(scope: Construct, id: string, props: KeywrightProductProps) {
    super(scope, id);
    const { apis = [], management = deployedManagement(), logRetentionDays = 90 } = props;
    this.productId = props.productId ?? idAt('prod', this);
    requireId('prod', 'productId', this.productId);
    const apiIds = [...apis.map(({ apiId }) => apiId), ...(props.apiIds ?? [])];
    if (apiIds.length === 0) throw new Error('A product needs an API: name one in apis or apiIds.');
    const registration = new Registration(this, 'Registration', {
      kind: 'product',
      id: this.productId,
      fields: () => ({ ...fieldsOf(props), apiIds, name: props.name ?? this.node.id }),
      management,
      logRetentionDays,
    });
    // A product is of APIs that exist.
    registration.node.addDependency(...apis);
  }
}

function fieldsOf(props: KeywrightProductProps): Readonly<Record<string, unknown>> {
  const { description, requiresApproval, rateLimits, quota, visibility, tenantIds } = props;
  const { documentation, termsUrl, termsVersion, order } = props;
  const plan = rateLimits || quota ? { rateLimits: rateLimits ?? [], quota: quota ?? null } : undefined;
  return {
    ...{ description, requiresApproval, plan, visibility, tenantIds },
    ...{ documentation, termsUrl, termsVersion, order },
  };
}
