import type { RefusalCode } from '../../contract/refusals.ts';
import type { ApiKey } from '../keys/api-key.ts';
import type { Environment } from '../keys/key-format.ts';
import type { AllowedNetworks } from '../keys/network.ts';
import type { Digest } from '../keys/pepper.ts';
import type { KeyType } from '../products/credential.ts';
import type { Product } from '../products/product.ts';
import type { ProtectedApi } from '../products/protected-api.ts';
import type { Subscription } from '../products/subscription.ts';
import type { Permissions } from '../tenants/permission.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { type Cause, meaningOf } from './causes.ts';
import type { LimitPolicy } from './limit.ts';

export interface Refusal {
  readonly allowed: false;
  readonly code: RefusalCode;
  readonly cause: Cause;
  /** The key's public id, where the request named a well-formed one. */
  readonly keyId?: string;
  /** Whose the key is, where the request held its secret: never anybody whom a stranger only named. */
  readonly owner?: KeyOwner;
}

/**
 * The refusal of a request, as its cause has it.
 * @param keyId of the key that the request named
 * @param owner whose it is, where its secret was verified; of what is given, no more than that is kept
 */
export function refusal(cause: Cause, keyId?: string, owner?: KeyOwner): Refusal {
  const { code } = meaningOf(cause);
  return {
    allowed: false,
    code,
    cause,
    ...(keyId !== undefined && { keyId }),
    ...(owner && { owner: ownerOf(owner) }),
  };
}

/** A caller that was identified and may go on. */
export interface Admission {
  readonly allowed: true;
  readonly caller: Caller;
}

/** Who calls, or why not: the one form in which a caller or a refusal is handed on. */
export type Verdict = Admission | Refusal;

/** Whose a verified key is: what its refusals are counted by. */
export type KeyOwner = Pick<Caller, 'tenantId' | 'environment' | 'keyType'>;

function ownerOf({ tenantId, environment, keyType }: KeyOwner): KeyOwner {
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
  | 'type'
  | 'subscriptionId'
  | 'tenantId'
  | 'productId'
  | 'environment'
  | 'state'
  | 'digests'
  | 'imported'
  | 'oauthClientIds'
  | 'limits'
  | 'usageIdentifierKey'
>;
/** A credential: its `type` tells which. */
export type AnyCredentialRecord = CredentialRecord | SubscriptionRecord;
export type ProductRecord = Pick<Product, 'productId' | 'apiIds' | 'plan'>;
export type TenantRecord = Pick<Tenant, 'tenantId' | 'status' | 'roles'>;
export type ApiRecord = Pick<
  ProtectedApi,
  'apiId' | 'environment' | 'scheme' | 'routes' | 'clientKeyRequired' | 'clientKey' | 'oauth'
>;

/** What is stored of one request's parties. */
export interface PartyRecords {
  readonly credential: AnyCredentialRecord | undefined;
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
  readonly keyType: KeyType;
  /** Of API keys; a subscription's product says what it may call. */
  readonly role: string | undefined;
  readonly permissions: readonly string[];
  readonly granted: Permissions;
  readonly networks: AllowedNetworks;
  readonly origins: readonly string[];
  /** Which of the key's secrets, or of the subscription's slots, was presented. */
  readonly secretId: string;
  readonly subscription: { readonly subscriptionId: string; readonly productId: string } | undefined;
  /** Of the key or subscription itself, or of its product's plan; none where none has any. */
  readonly limits: readonly LimitPolicy[];
  /** The client that an OAuth token came from, where the API requires one. */
  readonly oauthClientId: string | undefined;
  /** Of the scopes that the API's routes ask for those that the token has; absent for none. */
  readonly scopes?: readonly string[] | undefined;
  /** What API Gateway's usage plans count it by, if anything. */
  readonly usageIdentifierKey: string | undefined;
  /** The digest that verified it. */
  readonly digest: Digest;
  /** When the key or the presented secret ends, in milliseconds since 1970; Infinity for never. */
  readonly endsAt: number;
}
