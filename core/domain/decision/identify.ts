import { type PresentedKey, publicIdOf } from '../keys/key-format.ts';
import { AllowedNetworks } from '../keys/network.ts';
import type { Digest, Pepper } from '../keys/pepper.ts';
import { keyTypeOf } from '../products/credential.ts';
import type { RouteTable } from '../products/route-table.ts';
import { planFor, SLOTS, type Slot } from '../products/subscription.ts';
import { narrow, Permissions } from '../tenants/permission.ts';
import { type Cause, meaningOf } from './causes.ts';
import { type Call, CHECKS, firstFailure, type MatchedSecret, type PresentedToken } from './checks.ts';
import {
  type AnyCredentialRecord,
  type Caller,
  type CredentialRecord,
  type KeyOwner,
  type PartyRecords,
  type ProductRecord,
  type Refusal,
  refusal,
  type SubscriptionRecord,
  type TenantRecord,
  type Verdict,
} from './decision.ts';
import { policiesOf } from './limit.ts';

/** Every verification hashes this often, so that work does not tell a known key from an unknown one. */
const DIGESTS_COMPARED = 2;

/** A subscription may call every route of its product's APIs. */
const EVERYTHING = ['*:*'];

/** What a request says of its caller beside the key. */
interface Sent {
  readonly tenantId: string | undefined;
  readonly clientKey: string | undefined;
}

/**
 * The checks of a presented key and of what is stored of it.
 * @param sent.tenantId `x-tn`; undefined takes the key's own tenant (TOKEN authorizers see no other header,
 *   and subscription keys need none)
 */
export function identify(
  key: PresentedKey,
  sent: Sent,
  records: PartyRecords,
  pepper: Pepper,
  now: Date,
): Verdict {
  const secret = matchingSecret(key.text, records.credential, pepper);
  const cause = firstFailure(CHECKS.presented, { ...records, ...sent, key, secret, pepper, now });
  const caller = cause ? undefined : callerOf(key, records, secret);
  if (caller) return { allowed: true, caller };
  return refusal(cause ?? 'unknown_key', publicIdOf(key), ownerOfVerified(cause, records));
}

/** Whose the key is, where its secret was verified before the refusal. */
function ownerOfVerified(cause: Cause = 'unknown_key', { credential }: PartyRecords): KeyOwner | undefined {
  return credential && meaningOf(cause).against.includes('owner')
    ? { ...credential, keyType: keyTypeOf(credential) }
    : undefined;
}

/** Undefined where any of it is missing, which the checks let nobody past with. */
function callerOf(
  key: PresentedKey,
  { credential, tenant, product }: PartyRecords,
  secret: MatchedSecret | undefined,
): Caller | undefined {
  if (!credential || !tenant || !secret) return undefined;
  const { tenantId, environment, usageIdentifierKey } = credential;
  const own = credential.type
    ? ownOfKey(credential, tenant)
    : product && ownOfSubscription(credential, product);
  if (!own) return undefined;
  const { keyId, role, permissions, cidrs, origins, subscription, limits, endsAt } = own;
  // Each by its name: what is spread lies in two objects, and an authorizer remembers very many callers.
  return {
    keyId,
    role,
    permissions,
    origins,
    subscription,
    limits,
    credentialId: key.id,
    tenantId,
    environment,
    keyType: keyTypeOf(credential),
    granted: Permissions.of(permissions),
    networks: AllowedNetworks.of(cidrs),
    secretId: secret.id,
    usageIdentifierKey,
    digest: secret.digest,
    oauthClientId: undefined,
    endsAt: Math.min(secret.endsAt, endOf(endsAt)),
  };
}

function ownOfKey(key: CredentialRecord, { roles }: TenantRecord) {
  const { keyId, role, permissions, allowedCidrs, allowedOrigins, rateLimits, expiresAt } = key;
  return {
    keyId,
    role,
    permissions: narrow(roles[role]?.permissions ?? [], permissions),
    cidrs: allowedCidrs,
    origins: allowedOrigins,
    subscription: undefined,
    limits: policiesOf(rateLimits),
    endsAt: expiresAt,
  };
}

function ownOfSubscription(subscription: SubscriptionRecord, product: ProductRecord) {
  const { subscriptionId, productId } = subscription;
  const plan = planFor(subscription, product.plan);
  return {
    keyId: subscriptionId,
    role: undefined,
    permissions: EVERYTHING,
    cidrs: [],
    origins: [],
    subscription: { subscriptionId, productId },
    limits: policiesOf(plan.rateLimits, plan.quota),
    endsAt: undefined,
  };
}

/** The checks of an OAuth token: the caller with its client, or why the token won't do. */
export function withToken(caller: Caller, token: PresentedToken): Verdict {
  const { verified } = token;
  const cause = firstFailure(CHECKS.token, token);
  if (cause || !verified) {
    return refusal(cause ?? 'invalid_token', caller.keyId, caller);
  }
  const endsAt = Math.min(caller.endsAt, verified.expiresAt);
  const { clientId, scopes } = verified;
  return { allowed: true, caller: { ...caller, oauthClientId: clientId, scopes, endsAt } };
}

/** The checks of what an identified caller asks for; undefined when all hold. */
export function refusalOf(
  caller: Caller,
  request: Omit<Call, 'caller' | 'routes'>,
  routes: RouteTable,
): Refusal | undefined {
  const cause = firstFailure(CHECKS.call, { ...request, caller, routes });
  return cause && refusal(cause, caller.keyId, caller);
}

/** The secret or slot of a credential that a key's text is, ended ones included; the work is the same for all. */
export function matchingSecret(
  text: string,
  credential: AnyCredentialRecord | undefined,
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
  credential: AnyCredentialRecord | undefined,
): readonly { readonly id: string; readonly expiresAt?: string }[] {
  if (!credential) return [];
  return credential.type ? credential.secrets : SLOTS.map((id) => ({ id }));
}

function endOf(time: string | undefined): number {
  return time === undefined ? Number.POSITIVE_INFINITY : Date.parse(time);
}
