import type { RefusalCode } from '../contract/refusals.ts';
import { type ApiKey, statusOf } from './api-key.ts';
import type { Environment, PresentedKey } from './key-format.ts';
import { AllowedNetworks } from './network.ts';
import { originAllowed } from './origin.ts';
import type { Digest, Pepper } from './pepper.ts';
import { narrow, Permissions } from './permission.ts';
import type { ProtectedApi } from './protected-api.ts';
import type { Requirement, RouteTable } from './route-table.ts';
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
export type TenantRecord = Pick<Tenant, 'tenantId' | 'status' | 'roles'>;
export type ApiRecord = Pick<ProtectedApi, 'apiId' | 'environment' | 'routes'>;

/** Who is calling, established without regard to the route, the address or the origin. */
export interface Caller {
  readonly keyId: string;
  readonly credentialId: string;
  readonly tenantId: string;
  readonly environment: Environment;
  readonly keyType: ApiKey['type'];
  readonly role: string;
  readonly permissions: readonly string[];
  readonly granted: Permissions;
  readonly networks: AllowedNetworks;
  readonly origins: readonly string[];
  /** Which of the key's secrets was presented. */
  readonly secretId: string;
  /** The digest that verified it. */
  readonly digest: Digest;
  /** When the key or the presented secret ends, in milliseconds since 1970; Infinity for never. */
  readonly endsAt: number;
}

/** Every verification hashes this often, so that work does not tell a known key from an unknown one. */
const DIGESTS_COMPARED = 2;

/**
 * The checks from «known» to «environment matches», in the contract's order but for one: that the tenant
 * matches comes before that it exists, so that a key tells nothing of tenants that are not its own.
 * @param tenantId what the caller sent as `x-tn`; undefined takes the key's own tenant (TOKEN authorizers
 *   see no other header)
 */
export function identify(
  key: PresentedKey,
  tenantId: string | undefined,
  records: { credential: CredentialRecord | undefined; tenant: TenantRecord | undefined; api: ApiRecord },
  pepper: Pepper,
  now: Date,
): Caller | Refusal {
  const { credential, tenant, api } = records;
  const refuse = (code: RefusalCode, cause: Cause): Refusal => ({
    allowed: false,
    code,
    cause,
    keyId: `key_${key.id}`,
  });
  const unauthenticated = (cause: Cause) => refuse('authentication_failed', cause);

  const secret = matchingSecret(key.text, credential, pepper);
  if (credential === undefined || !isOfKind(credential, key)) return unauthenticated('unknown_key');
  if (secret === undefined) return unauthenticated('wrong_secret');
  const status = statusOf(credential, now);
  if (status !== 'active') return unauthenticated(`key_${status}`);
  if (secret.endsAt <= now.getTime()) return unauthenticated('secret_expired');
  // Before the tenant's existence: to a stranger, every other tenant is the same 403, whether it exists or not.
  if (tenantId !== undefined && tenantId !== credential.tenantId)
    return refuse('tenant_mismatch', 'tenant_mismatch');
  if (tenant === undefined) return unauthenticated('unknown_tenant');
  if (tenant.status !== 'active') return unauthenticated('tenant_suspended');
  if (credential.environment !== api.environment)
    return refuse('environment_mismatch', 'environment_mismatch');

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
    endsAt: Math.min(secret.endsAt, endOf(credential.expiresAt)),
  };
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

function isOfKind(credential: CredentialRecord, key: PresentedKey): boolean {
  return (
    credential.type === (key.kind === 'pk' ? 'publishable' : 'secret') &&
    credential.environment === key.environment
  );
}

function matchingSecret(
  text: string,
  credential: CredentialRecord | undefined,
  pepper: Pepper,
): { id: string; digest: Digest; endsAt: number } | undefined {
  const nothing: Digest = { pepper: pepper.current, hmac: '' };
  let found: { id: string; digest: Digest; endsAt: number } | undefined;
  for (let i = 0; i < DIGESTS_COMPARED; i++) {
    const secret = credential?.secrets[i];
    const digest = (secret && credential?.digests[secret.id]) ?? nothing;
    if (pepper.verifies(text, digest) && secret !== undefined) {
      found = { id: secret.id, digest, endsAt: endOf(secret.expiresAt) };
    }
  }
  return found;
}

function endOf(time: string | undefined): number {
  return time === undefined ? Number.POSITIVE_INFINITY : Date.parse(time);
}
