import { statusOf } from '../keys/api-key.ts';
import { type PresentedKey, publicIdOf } from '../keys/key-format.ts';
import { AllowedNetworks } from '../keys/network.ts';
import type { Digest, Pepper } from '../keys/pepper.ts';
import { SLOTS, type Slot } from '../products/subscription.ts';
import { narrow, Permissions } from '../tenants/permission.ts';
import {
  type ApiRecord,
  type Caller,
  type Cause,
  type CredentialRecord,
  codeOf,
  ownerOf,
  type PartyRecords,
  type Refusal,
  type SubscriptionRecord,
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
 * The checks from «known» to «client key matches», in the contract's order but for one: that the tenant
 * matches comes before that it exists, since to a stranger every other tenant is the same 403, whether it
 * exists or not.
 * @param sent.tenantId `x-tn`; undefined takes the key's own tenant (TOKEN authorizers see no other header,
 *   and subscription keys need none)
 */
export function identify(
  key: PresentedKey,
  sent: Sent,
  records: PartyRecords,
  pepper: Pepper,
  now: Date,
): Caller | Refusal {
  const { credential } = records;
  const secret = matchingSecret(key.text, credential, pepper);
  if (credential === undefined || !fits(credential, key, records.api)) return refusal(key, 'unknown_key');
  if (secret === undefined) return refusal(key, 'wrong_secret');
  return 'subscriptionId' in credential
    ? identifySubscription(key, credential, secret, { ...records, ...sent }, pepper)
    : identifyApiKey(key, credential, secret, { ...records, ...sent }, now);
}

function identifyApiKey(
  key: PresentedKey,
  credential: CredentialRecord,
  secret: MatchedSecret,
  { tenant, api, tenantId }: PartyRecords & Sent,
  now: Date,
): Caller | Refusal {
  const status = statusOf(credential, now);
  if (status !== 'active') return refusal(key, `key_${status}`);
  if (secret.endsAt <= now.getTime()) return refusal(key, 'secret_expired');
  if (tenantId !== undefined && tenantId !== credential.tenantId) return refusal(key, 'tenant_mismatch');
  if (tenant === undefined) return refusal(key, 'unknown_tenant');
  if (tenant.status !== 'active') return refusal(key, 'tenant_suspended');
  if (api !== undefined && credential.environment !== api.environment)
    return refusal(key, 'environment_mismatch');

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
    usageIdentifierKey: credential.usageIdentifierKey,
    digest: secret.digest,
    subscription: undefined,
    limits: policiesOf(credential.rateLimits),
    oauthClientId: undefined,
    endsAt: Math.min(secret.endsAt, endOf(credential.expiresAt)),
  };
}

function identifySubscription(
  key: PresentedKey,
  subscription: SubscriptionRecord,
  secret: MatchedSecret,
  { tenant, product, api, ...sent }: PartyRecords & Sent,
  pepper: Pepper,
): Caller | Refusal {
  const { subscriptionId, productId, tenantId, environment, state } = subscription;
  if (sent.tenantId !== undefined && sent.tenantId !== tenantId) return refusal(key, 'tenant_mismatch');
  if (tenant === undefined) return refusal(key, 'unknown_tenant');
  if (tenant.status !== 'active') return refusal(key, 'tenant_suspended');
  if (api !== undefined && environment !== api.environment) return refusal(key, 'environment_mismatch');
  if (product === undefined || (api !== undefined && !product.apiIds.includes(api.apiId))) {
    return refusal(key, 'product_not_subscribed');
  }
  if (state !== 'active') return refusal(key, `subscription_${state}`);
  if (api?.clientKeyRequired) {
    if (sent.clientKey === undefined) return refusal(key, 'no_client_key');
    if (api.clientKey === undefined || !pepper.verifies(sent.clientKey, api.clientKey.digest)) {
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
    usageIdentifierKey: subscription.usageIdentifierKey,
    digest: secret.digest,
    subscription: { subscriptionId, productId },
    limits: policiesOf(product.plan.rateLimits, product.plan.quota),
    oauthClientId: undefined,
    endsAt: Number.POSITIVE_INFINITY,
  };
}

function refusal(key: PresentedKey, cause: Cause): Refusal {
  return { allowed: false, code: codeOf(cause), cause, keyId: publicIdOf(key) };
}

/** What is found before a secret is verified: whose key was named says nothing about who sent it. */
const UNVERIFIED: ReadonlySet<Cause> = new Set(['unknown_key', 'wrong_secret']);

/** What `identify` came to, with whose the key is where its secret was verified. */
export function withOwner(verdict: Caller | Refusal, { credential }: PartyRecords): Caller | Refusal {
  if (!('allowed' in verdict) || credential === undefined || UNVERIFIED.has(verdict.cause)) return verdict;
  const keyType = 'subscriptionId' in credential ? 'subscription' : credential.type;
  return { ...verdict, owner: ownerOf({ ...credential, keyType }) };
}

const KEY_KINDS = { publishable: 'pk', secret: 'sk' } as const;

/** Whether the record is of the kind and environment that the key says, and of the API's scheme. */
function fits(
  credential: CredentialRecord | SubscriptionRecord,
  key: PresentedKey,
  api: ApiRecord | undefined,
): boolean {
  const isSubscription = 'subscriptionId' in credential;
  const kind = isSubscription ? 'sub' : KEY_KINDS[credential.type];
  return (
    kind === key.kind &&
    credential.environment === key.environment &&
    (api === undefined || isSubscription === (api.scheme === 'subscription'))
  );
}

interface MatchedSecret {
  readonly id: string;
  readonly digest: Digest;
  readonly endsAt: number;
}

/** The secret or slot of a credential that a key's text is, ended ones included; the work is the same for all. */
export function matchingSecret(
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
