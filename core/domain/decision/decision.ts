import type { RefusalCode } from '../../contract/refusals.ts';
import type { ApiKey } from '../keys/api-key.ts';
import type { Environment } from '../keys/key-format.ts';
import type { AllowedNetworks } from '../keys/network.ts';
import { originAllowed } from '../keys/origin.ts';
import type { Digest } from '../keys/pepper.ts';
import type { Product } from '../products/product.ts';
import type { ProtectedApi } from '../products/protected-api.ts';
import type { Requirement, RouteTable } from '../products/route-table.ts';
import type { Subscription, SubscriptionState } from '../products/subscription.ts';
import type { Permissions } from '../tenants/permission.ts';
import type { Tenant } from '../tenants/tenant.ts';
import type { VerifiedToken } from './access-token.ts';
import type { LimitPolicy } from './limit.ts';

/** Why a request was refused, for logs and metrics; callers see the code alone. */
export type Cause =
  | 'no_key'
  | 'malformed_key'
  | 'two_keys'
  | 'no_tenant'
  | 'unknown_key'
  | 'wrong_secret'
  | 'key_revoked'
  | 'key_disabled'
  | 'key_expired'
  | 'secret_expired'
  | 'unknown_tenant'
  | 'tenant_suspended'
  | 'tenant_mismatch'
  | 'environment_mismatch'
  | 'product_not_subscribed'
  | `subscription_${Exclude<SubscriptionState, 'active'>}`
  | 'no_client_key'
  | 'wrong_client_key'
  | 'no_token'
  | 'invalid_token'
  | 'token_of_other_client'
  | 'network_not_allowed'
  | 'origin_not_allowed'
  | 'permission_missing'
  | 'route_not_public'
  | 'unknown_api'
  | 'rate_limit_exceeded'
  | 'quota_exceeded'
  | 'no_context'
  | 'unavailable';

export interface Refusal {
  readonly allowed: false;
  readonly code: RefusalCode;
  readonly cause: Cause;
  /** The key's public id, where the request named a well-formed one. */
  readonly keyId?: string;
  /** Whose the key is, where the request held its secret: never anybody whom a stranger only named. */
  readonly owner?: KeyOwner;
}

/** Whose a verified key is: what its refusals are counted by. */
export type KeyOwner = Pick<Caller, 'tenantId' | 'environment' | 'keyType'>;

export function ownerOf({ tenantId, environment, keyType }: KeyOwner): KeyOwner {
  return { tenantId, environment, keyType };
}

/** What a decision needs of the stored items. */
export type CredentialRecord = Pick<
  ApiKey,
  | 'keyId'
  | 'tenantId'
  | 'type'
  | 'environment'
  | 'role'
  | 'permissions'
  | 'status'
  | 'expiresAt'
  | 'allowedCidrs'
  | 'allowedOrigins'
  | 'rateLimits'
  | 'secrets'
  | 'digests'
  | 'imported'
  | 'usageIdentifierKey'
>;
export type SubscriptionRecord = Pick<
  Subscription,
  | 'subscriptionId'
  | 'tenantId'
  | 'productId'
  | 'environment'
  | 'state'
  | 'digests'
  | 'imported'
  | 'oauthClientIds'
  | 'usageIdentifierKey'
>;
export type ProductRecord = Pick<Product, 'productId' | 'apiIds' | 'plan'>;
export type TenantRecord = Pick<Tenant, 'tenantId' | 'status' | 'roles'>;
export type ApiRecord = Pick<
  ProtectedApi,
  'apiId' | 'environment' | 'scheme' | 'routes' | 'clientKeyRequired' | 'clientKey' | 'oauth'
>;

/** What is stored of one request's parties. */
export interface PartyRecords {
  readonly credential: CredentialRecord | SubscriptionRecord | undefined;
  readonly tenant: TenantRecord | undefined;
  /** A subscription's product. */
  readonly product: ProductRecord | undefined;
  /** Undefined where none is called: then nothing is checked that an API asks for. */
  readonly api: ApiRecord | undefined;
}

/** Who is calling, established without regard to the route, the address or the origin. */
export interface Caller {
  readonly keyId: string;
  readonly credentialId: string;
  readonly tenantId: string;
  readonly environment: Environment;
  readonly keyType: ApiKey['type'] | 'subscription';
  /** Of API keys; a subscription's product says what it may call. */
  readonly role: string | undefined;
  readonly permissions: readonly string[];
  readonly granted: Permissions;
  readonly networks: AllowedNetworks;
  readonly origins: readonly string[];
  /** Which of the key's secrets, or of the subscription's slots, was presented. */
  readonly secretId: string;
  readonly subscription: { readonly subscriptionId: string; readonly productId: string } | undefined;
  /** Of the key itself or of its product's plan; none where neither has any. */
  readonly limits: readonly LimitPolicy[];
  /** The client that an OAuth token came from, where the API requires one. */
  readonly oauthClientId: string | undefined;
  /** What API Gateway's usage plans count it by, if anything. */
  readonly usageIdentifierKey: string | undefined;
  /** The digest that verified it. */
  readonly digest: Digest;
  /** When the key or the presented secret ends, in milliseconds since 1970; Infinity for never. */
  readonly endsAt: number;
}

/**
 * The check «OAuth token valid»: the caller with its client, or why the token won't do.
 * @param token what the verifier made of the presented token; undefined where it was refused
 */
export function withToken(
  caller: Caller,
  sent: string | undefined,
  token: VerifiedToken | undefined,
  clientIds: readonly string[] | undefined,
): Caller | Refusal {
  const refuse = (cause: Cause): Refusal => ({
    allowed: false,
    code: codeOf(cause),
    cause,
    keyId: caller.keyId,
  });
  if (sent === undefined) return refuse('no_token');
  if (token === undefined) return refuse('invalid_token');
  const { clientId } = token;
  if (clientIds !== undefined && (clientId === undefined || !clientIds.includes(clientId))) {
    return refuse('token_of_other_client');
  }
  return { ...caller, oauthClientId: clientId, endsAt: Math.min(caller.endsAt, token.expiresAt) };
}

/**
 * The checks from «network allowed» to «permission granted»; undefined when all hold.
 * @param request.path undefined where no route is asked about: then no permission is checked
 */
export function refusalOf(
  caller: Caller,
  request: {
    sourceIp: string | undefined;
    origin: string | undefined;
    method: string;
    path: string | undefined;
  },
  routes: RouteTable,
): Refusal | undefined {
  const refuse = (code: RefusalCode, cause: Cause): Refusal => ({
    allowed: false,
    code,
    cause,
    keyId: caller.keyId,
  });
  if (!caller.networks.include(request.sourceIp)) return refuse('network_not_allowed', 'network_not_allowed');
  if (!originAllowed(caller.origins, request.origin))
    return refuse('origin_not_allowed', 'origin_not_allowed');
  if (request.path === undefined) return undefined;
  const cause = permissionRefusal(caller, routes.requirement(request.method, request.path));
  return cause === undefined ? undefined : refuse('insufficient_permissions', cause);
}

type Grants = Pick<Caller, 'keyType' | 'granted'>;

/** Why the caller may not call a route; undefined when it may. */
export function permissionRefusal(
  caller: Grants,
  requirement: Requirement,
): 'permission_missing' | 'route_not_public' | undefined {
  if (requirement.open) return undefined;
  if (caller.keyType === 'publishable') return 'route_not_public';
  return requirement.needs.every((need) => caller.granted.allow(need)) ? undefined : 'permission_missing';
}

/** What a caller is told for each cause that is not just «authentication failed». */
const CODES: Partial<Record<Cause, RefusalCode>> = {
  tenant_mismatch: 'tenant_mismatch',
  environment_mismatch: 'environment_mismatch',
  product_not_subscribed: 'product_not_subscribed',
  subscription_pending: 'subscription_not_active',
  subscription_suspended: 'subscription_not_active',
  subscription_cancelled: 'subscription_not_active',
  subscription_rejected: 'subscription_not_active',
  no_token: 'invalid_token',
  invalid_token: 'invalid_token',
  token_of_other_client: 'invalid_token',
};

/** What a caller is told of a cause. */
export function codeOf(cause: Cause): RefusalCode {
  return CODES[cause] ?? 'authentication_failed';
}
