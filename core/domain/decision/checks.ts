import { statusOf } from '../keys/api-key.ts';
import type { PresentedKey } from '../keys/key-format.ts';
import { originAllowed } from '../keys/origin.ts';
import type { Digest, Pepper } from '../keys/pepper.ts';
import { keyTypeOf } from '../products/credential.ts';
import type { Requirement, RouteTable } from '../products/route-table.ts';
import type { VerifiedToken } from './access-token.ts';
import type { Cause } from './causes.ts';
import type { Credentials } from './credentials.ts';
import type { AnyCredentialRecord, ApiRecord, Caller, PartyRecords } from './decision.ts';

/** The cause of a refusal where a check fails; anything else where it holds. */
type Check<Facts> = (facts: Facts) => Cause | false | undefined;

/** A request's headers, and whether they must name a tenant. */
export interface Carried extends Pick<Credentials, 'key' | 'problem' | 'tenantId'> {
  readonly namesTenant: boolean;
}

/** A key, what is sent beside it, and all that is stored of both. */
export interface Presented extends PartyRecords {
  readonly key: PresentedKey;
  /** `x-tn`; undefined where the key itself says whose it is. */
  readonly tenantId: string | undefined;
  readonly clientKey: string | undefined;
  /** The secret or slot that the key's text is; undefined for none. */
  readonly secret: MatchedSecret | undefined;
  readonly pepper: Pepper;
  readonly now: Date;
}

export interface MatchedSecret {
  readonly id: string;
  readonly digest: Digest;
  readonly endsAt: number;
}

/** The bearer token that an API requires beside a key. */
export interface PresentedToken {
  readonly sent: string | undefined;
  /** What the verifier made of it; undefined where it was refused. */
  readonly verified: VerifiedToken | undefined;
  /** The clients that it may come from; undefined for any. */
  readonly clientIds: readonly string[] | undefined;
}

/** What an identified caller asks for. */
export interface Call {
  readonly caller: Caller;
  readonly sourceIp: string | undefined;
  readonly origin: string | undefined;
  readonly method: string;
  /** Undefined where no route is asked about: then no permission is checked. */
  readonly path: string | undefined;
  readonly routes: RouteTable;
}

/**
 * Every check of a request, in the contract's order but for one: that the tenant matches comes before that it
 * exists, since to a stranger every other tenant is the same 403, whether it exists or not. The first that fails
 * decides. Each of the four parts needs more than those before it, which is read or verified in between.
 */
export const CHECKS = {
  carried: [
    // One well-formed key
    ({ key, problem }) => !key && (problem ?? 'no_key'),
    // A tenant is named
    ({ tenantId, namesTenant }) => namesTenant && tenantId === undefined && 'no_tenant',
  ] satisfies Check<Carried>[],

  presented: [
    // The key is known
    ({ credential, key, api }) => !fits(credential, key, api) && 'unknown_key',
    // The secret matches
    ({ secret }) => !secret && 'wrong_secret',
    // The key is not revoked, disabled or expired
    ({ credential, now }) => {
      const status = credential?.type ? statusOf(credential, now) : 'active';
      return status !== 'active' && `key_${status}`;
    },
    // Nor is the secret
    ({ secret, now }) => secret && secret.endsAt <= now.getTime() && 'secret_expired',
    // The tenant matches
    ({ tenantId, credential }) =>
      tenantId !== undefined && tenantId !== credential?.tenantId && 'tenant_mismatch',
    // The tenant exists
    ({ tenant }) => !tenant && 'unknown_tenant',
    // The tenant is active
    ({ tenant }) => tenant?.status !== 'active' && 'tenant_suspended',
    // The environment matches
    ({ credential, api }) => api && credential?.environment !== api.environment && 'environment_mismatch',
    // The API is in the subscription's product
    ({ credential, product, api }) =>
      !credential?.type &&
      !(product && (!api || product.apiIds.includes(api.apiId))) &&
      'product_not_subscribed',
    // The subscription is active
    ({ credential }) => {
      const state = credential?.type ? 'active' : credential?.state;
      return state && state !== 'active' && `subscription_${state}`;
    },
    // The client key matches
    ({ credential, api, clientKey, pepper }) => {
      if (credential?.type || !api?.clientKeyRequired) return undefined;
      if (clientKey === undefined) return 'no_client_key';
      return !(api.clientKey && pepper.verifies(clientKey, api.clientKey.digest)) && 'wrong_client_key';
    },
  ] satisfies Check<Presented>[],

  token: [
    // There is an OAuth token
    ({ sent }) => sent === undefined && 'no_token',
    // It is valid
    ({ verified }) => !verified && 'invalid_token',
    // It comes from a client that the subscription names
    ({ verified, clientIds }) =>
      clientIds &&
      !(verified?.clientId !== undefined && clientIds.includes(verified.clientId)) &&
      'token_of_other_client',
  ] satisfies Check<PresentedToken>[],

  call: [
    // The network is allowed
    ({ caller, sourceIp }) => !caller.networks.include(sourceIp) && 'network_not_allowed',
    // The origin is allowed
    ({ caller, origin }) => !originAllowed(caller.origins, origin) && 'origin_not_allowed',
    // The permission is granted
    ({ caller, method, path, routes }) =>
      path !== undefined && permissionRefusal(caller, routes.requirement(method, path)),
  ] satisfies Check<Call>[],
} as const;

/** Why the first check that fails does; undefined when all hold. */
export function firstFailure<Facts>(checks: readonly Check<Facts>[], facts: Facts): Cause | undefined {
  for (const check of checks) {
    const cause = check(facts);
    if (cause) return cause;
  }
  return undefined;
}

const KEY_KINDS = { publishable: 'pk', secret: 'sk', subscription: 'sub' } as const;

/** Whether there is a record of the kind and environment that the key says, and of the API's scheme. */
function fits(
  credential: AnyCredentialRecord | undefined,
  key: PresentedKey,
  api: ApiRecord | undefined,
): boolean {
  return (
    credential !== undefined &&
    KEY_KINDS[keyTypeOf(credential)] === key.kind &&
    credential.environment === key.environment &&
    (!api || (credential.type === undefined) === (api.scheme === 'subscription'))
  );
}

/** Why the caller may not call a route; undefined when it may. */
export function permissionRefusal(
  caller: Pick<Caller, 'keyType' | 'granted' | 'scopes'>,
  requirement: Requirement,
): 'permission_missing' | 'route_not_public' | 'scope_missing' | undefined {
  if (requirement.scopes?.some((scope) => !caller.scopes?.includes(scope))) return 'scope_missing';
  if (requirement.open) return undefined;
  if (caller.keyType === 'publishable') return 'route_not_public';
  return requirement.needs.every((need) => caller.granted.allow(need)) ? undefined : 'permission_missing';
}
