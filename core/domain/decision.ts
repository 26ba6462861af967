import type { RefusalCode } from '../contract/refusals.ts';
import type { VerifiedToken } from './access-token.ts';
import { type ApiKey, statusOf } from './api-key.ts';
import type { Environment, PresentedKey } from './key-format.ts';
import { AllowedNetworks } from './network.ts';
import { originAllowed } from './origin.ts';
import type { Digest, Pepper } from './pepper.ts';
import { narrow, Permissions } from './permission.ts';
import type { Product } from './product.ts';
import type { ProtectedApi } from './protected-api.ts';
import type { Requirement, RouteTable } from './route-table.ts';
import { SLOTS, type Slot, type Subscription, type SubscriptionState } from './subscription.ts';
import type { Tenant } from './tenant.ts';

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
  | 'unavailable';

export interface Refusal {
  readonly allowed: false;
  readonly code: RefusalCode;
  readonly cause: Cause;
  /** The key's public id, where the request named a well-formed one. */
  readonly keyId?: string;
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
  | 'secrets'
  | 'digests'
>;
export type SubscriptionRecord = Pick<
  Subscription,
  'subscriptionId' | 'tenantId' | 'productId' | 'environment' | 'state' | 'digests' | 'oauthClientIds'
>;
export type ProductRecord = Pick<Product, 'productId' | 'apiIds'>;
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
  readonly api: ApiRecord;
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
  /** The client that an OAuth token came from, where the API requires one. */
  readonly oauthClientId: string | undefined;
  /** The digest that verified it. */
  readonly digest: Digest;
  /** When the key or the presented secret ends, in milliseconds since 1970; Infinity for never. */
  readonly endsAt: number;
}

/** Every verification hashes this often, so that work does not tell a known key from an unknown one. */
const DIGESTS_COMPARED = 2;

/** A subscription may call every route of its product's APIs. */
const EVERYTHING = ['*:*'];

/**
 * The checks from «known» to «client key matches», in the contract's order but for one: that the tenant
 * matches comes before that it exists, so that a key tells nothing of tenants that are not its own.
 * @param sent.tenantId `x-tn`; undefined takes the key's own tenant (TOKEN authorizers see no other header,
 *   and subscription keys need none)
 */
export function identify(
  key: PresentedKey,
  sent: { readonly tenantId: string | undefined; readonly clientKey: string | undefined },
  records: PartyRecords,
  pepper: Pepper,
  now: Date,
): Caller | Refusal {
  const { credential } = records;
  const secret = matchingSecret(key.text, credential, pepper);
  if (credential === undefined || !fits(credential, key, records.api)) return refusal(key, 'unknown_key');
  if (secret === undefined) return refusal(key, 'wrong_secret');
  return 'subscriptionId' in credential
    ? identifySubscription(key, credential, secret, { ...records, clientKey: sent.clientKey }, pepper)
    : identifyApiKey(key, credential, secret, { ...records, tenantId: sent.tenantId }, now);
}

function identifyApiKey(
  key: PresentedKey,
  credential: CredentialRecord,
  secret: MatchedSecret,
  { tenant, api, tenantId }: PartyRecords & { tenantId: string | undefined },
  now: Date,
): Caller | Refusal {
  const status = statusOf(credential, now);
  if (status !== 'active') return refusal(key, `key_${status}`);
  if (secret.endsAt <= now.getTime()) return refusal(key, 'secret_expired');
  // Before the tenant's existence: to a stranger, every other tenant is the same 403, whether it exists or not.
  if (tenantId !== undefined && tenantId !== credential.tenantId) return refusal(key, 'tenant_mismatch');
  if (tenant === undefined) return refusal(key, 'unknown_tenant');
  if (tenant.status !== 'active') return refusal(key, 'tenant_suspended');
  if (credential.environment !== api.environment) return refusal(key, 'environment_mismatch');

  const permissions = narrow(tenant.roles[credential.role]?.permissions ?? [], credential.permissions);
  return {
    keyId: credential.keyId,
    credentialId: key.id,
    tenantId: credential.tenantId,
    environment: credential.environment,
    keyType: credential.type,
    role: credential.role,
    permissions,
    granted: new Permissions(permissions),
    networks: new AllowedNetworks(credential.allowedCidrs),
    origins: credential.allowedOrigins,
    secretId: secret.id,
    digest: secret.digest,
    subscription: undefined,
    oauthClientId: undefined,
    endsAt: Math.min(secret.endsAt, endOf(credential.expiresAt)),
  };
}

function identifySubscription(
  key: PresentedKey,
  subscription: SubscriptionRecord,
  secret: MatchedSecret,
  { tenant, product, api, clientKey }: PartyRecords & { clientKey: string | undefined },
  pepper: Pepper,
): Caller | Refusal {
  const { subscriptionId, productId, tenantId, environment, state } = subscription;
  if (tenant === undefined) return refusal(key, 'unknown_tenant');
  if (tenant.status !== 'active') return refusal(key, 'tenant_suspended');
  if (environment !== api.environment) return refusal(key, 'environment_mismatch');
  if (!product?.apiIds.includes(api.apiId)) return refusal(key, 'product_not_subscribed');
  if (state !== 'active') return refusal(key, `subscription_${state}`);
  if (api.clientKeyRequired) {
    if (clientKey === undefined) return refusal(key, 'no_client_key');
    if (api.clientKey === undefined || !pepper.verifies(clientKey, api.clientKey.digest)) {
      return refusal(key, 'wrong_client_key');
    }
  }
  return {
    keyId: subscriptionId,
    credentialId: key.id,
    tenantId,
    environment,
    keyType: 'subscription',
    role: undefined,
    permissions: EVERYTHING,
    granted: new Permissions(EVERYTHING),
    networks: new AllowedNetworks([]),
    origins: [],
    secretId: secret.id,
    digest: secret.digest,
    subscription: { subscriptionId, productId },
    oauthClientId: undefined,
    endsAt: Number.POSITIVE_INFINITY,
  };
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

/** The checks from «network allowed» to «permission granted»; undefined when all hold. */
export function refusalOf(
  caller: Caller,
  request: { sourceIp: string | undefined; origin: string | undefined; method: string; path: string },
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

function codeOf(cause: Cause): RefusalCode {
  return CODES[cause] ?? 'authentication_failed';
}

function refusal(key: PresentedKey, cause: Cause): Refusal {
  const prefix = key.kind === 'sub' ? 'sub' : 'key';
  return { allowed: false, code: codeOf(cause), cause, keyId: `${prefix}_${key.id}` };
}

const KEY_KINDS = { publishable: 'pk', secret: 'sk' } as const;

/** Whether the record is of the kind and environment that the key says, and of the API's scheme. */
function fits(credential: CredentialRecord | SubscriptionRecord, key: PresentedKey, api: ApiRecord): boolean {
  const isSubscription = 'subscriptionId' in credential;
  const kind = isSubscription ? 'sub' : KEY_KINDS[credential.type];
  return (
    kind === key.kind &&
    credential.environment === key.environment &&
    isSubscription === (api.scheme === 'subscription')
  );
}

interface MatchedSecret {
  readonly id: string;
  readonly digest: Digest;
  readonly endsAt: number;
}

function matchingSecret(
  text: string,
  credential: CredentialRecord | SubscriptionRecord | undefined,
  pepper: Pepper,
): MatchedSecret | undefined {
  const secrets = secretsOf(credential);
  const nothing: Digest = { pepper: pepper.current, hmac: '' };
  let found: MatchedSecret | undefined;
  for (let i = 0; i < DIGESTS_COMPARED; i++) {
    const secret = secrets[i];
    const digest = (secret && credential?.digests[secret.id as Slot]) ?? nothing;
    if (pepper.verifies(text, digest) && secret !== undefined) {
      found = { id: secret.id, digest, endsAt: endOf(secret.expiresAt) };
    }
  }
  return found;
}

function secretsOf(
  credential: CredentialRecord | SubscriptionRecord | undefined,
): readonly { readonly id: string; readonly expiresAt?: string }[] {
  if (credential === undefined) return [];
  return 'subscriptionId' in credential ? SLOTS.map((id) => ({ id })) : credential.secrets;
}

function endOf(time: string | undefined): number {
  return time === undefined ? Number.POSITIVE_INFINITY : Date.parse(time);
}
