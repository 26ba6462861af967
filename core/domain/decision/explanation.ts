import type { Cause } from './causes.ts';

/** A check as people read it, and what can be wrong with it. */
interface Step {
  readonly check: string;
  readonly causes: readonly Cause[];
  /** Whose credentials alone are asked; absent where all are. */
  readonly of?: Kind;
}

type Kind = 'key' | 'subscription';

/** Why a check was not asked of the other kind. */
const NOT_ASKED: Readonly<Record<Kind, string>> = {
  key: 'It is asked of API keys alone, and this is a subscription’s.',
  subscription: 'It is asked of subscriptions’ keys alone, and this is an API key.',
};

/** The checks of checks.ts in their order, and the limits, which come after them. */
const STEPS: readonly Step[] = [
  { check: 'one_well_formed_key', causes: ['no_key', 'malformed_key', 'two_keys'] },
  { check: 'tenant_named', of: 'key', causes: ['no_tenant'] },
  { check: 'key_known', causes: ['unknown_key'] },
  { check: 'secret_matches', causes: ['wrong_secret'] },
  { check: 'key_active', of: 'key', causes: ['key_revoked', 'key_disabled', 'key_expired'] },
  { check: 'secret_live', causes: ['secret_expired'] },
  { check: 'tenant_matches', of: 'key', causes: ['tenant_mismatch'] },
  { check: 'tenant_known', causes: ['unknown_tenant'] },
  { check: 'tenant_active', causes: ['tenant_suspended'] },
  { check: 'environment_matches', causes: ['environment_mismatch'] },
  { check: 'api_in_product', of: 'subscription', causes: ['product_not_subscribed'] },
  {
    check: 'subscription_active',
    of: 'subscription',
    causes: [
      'subscription_pending',
      'subscription_suspended',
      'subscription_cancelled',
      'subscription_rejected',
    ],
  },
  { check: 'client_key_matches', of: 'subscription', causes: ['no_client_key', 'wrong_client_key'] },
  {
    check: 'token_valid',
    of: 'subscription',
    causes: ['no_token', 'invalid_token', 'token_of_other_client'],
  },
  { check: 'network_allowed', of: 'key', causes: ['network_not_allowed'] },
  { check: 'origin_allowed', of: 'key', causes: ['origin_not_allowed'] },
  { check: 'permission_granted', causes: ['permission_missing', 'scope_missing', 'route_not_public'] },
  { check: 'within_limits', causes: ['rate_limit_exceeded', 'quota_exceeded'] },
];

export const CHECK_NAMES = STEPS.map(({ check }) => check);

/** What would mend it: in words, and the operation of the management API that does, where one does. */
export interface Mending {
  readonly text: string;
  readonly operation: string | null;
}

const mend = (text: string, operation: string | null = null): Mending => ({ text, operation });
const SUBSCRIBE = 'Have the subscription approved or resumed, or use one that is active.';

/** For every cause what the caller or the key's owner can do about it. */
const MENDINGS: Readonly<Record<Cause, Mending>> = {
  no_key: mend(
    'Send the key in x-api-key, in Authorization as a bearer token, or in Ocp-Apim-Subscription-Key.',
  ),
  malformed_key: mend('Send the whole key: a part is missing, or a character is wrong.'),
  two_keys: mend('Send one key, in one header.'),
  no_tenant: mend('Name the tenant in x-tn, once.'),
  unknown_key: mend('Use a key that was made here, for an API of its kind and environment.', 'createKey'),
  wrong_secret: mend('Use the secret that was shown at the last rotation, or rotate the key.', 'rotateKey'),
  key_revoked: mend('Revoked is final: create another key.', 'createKey'),
  key_disabled: mend('Enable the key.', 'enableKey'),
  key_expired: mend('An expired key is final: create another one.', 'createKey'),
  secret_expired: mend(
    'The overlap of a rotation is over: use the newer secret, or rotate again.',
    'rotateKey',
  ),
  tenant_mismatch: mend('Name in x-tn the tenant that owns the key.'),
  unknown_tenant: mend('The key’s tenant is gone: create a key of another one.', 'createKey'),
  tenant_suspended: mend('Resume the tenant.', 'updateTenant'),
  environment_mismatch: mend('Use a key of the API’s environment.', 'createKey'),
  product_not_subscribed: mend('Subscribe to a product that has this API.', 'createSubscription'),
  subscription_pending: mend(SUBSCRIBE, 'approveSubscription'),
  subscription_suspended: mend(SUBSCRIBE, 'resumeSubscription'),
  subscription_cancelled: mend('A cancelled subscription is final: subscribe again.', 'createSubscription'),
  subscription_rejected: mend('A rejected subscription is final: ask again.', 'createSubscription'),
  no_client_key: mend('Send the API’s client key in Client-Key.'),
  wrong_client_key: mend('Send the API’s present client key in Client-Key.', 'revealClientKey'),
  no_token: mend('Send an access token of the API’s issuer in Authorization.'),
  invalid_token: mend('Get a new access token, with the audience, scopes and roles that the API asks for.'),
  token_of_other_client: mend('Get the access token as a client that the subscription names.'),
  network_not_allowed: mend(
    'Call from a network that the key allows, or add this one to allowedCidrs.',
    'updateKey',
  ),
  origin_not_allowed: mend(
    'Call from an origin that the key allows, or add this one to allowedOrigins.',
    'updateKey',
  ),
  permission_missing: mend(
    'Give the key’s role, or the key itself, the permission of this route.',
    'putRole',
  ),
  scope_missing: mend('Get an access token with the scopes that this route asks for beside the API’s own.'),
  route_not_public: mend('A publishable key reads public routes alone: use a secret key.', 'createKey'),
  rate_limit_exceeded: mend('Call less often, as Retry-After says, or raise the limit.', 'updateKey'),
  quota_exceeded: mend('Wait for the quota’s next period, or for a plan with a higher one.'),
  no_context: mend('The guard was not told of a caller: put the authorizer before its API.'),
  unknown_api: mend('The authorizer names an API that is not registered: register it.', 'createApi'),
  unavailable: mend('A dependency did not answer in time, and nothing was decided: call again.'),
};

/** Why a request was refused: the checks in their order, of which the first that fails decides. */
export interface Explanation {
  /** Empty where no check decided. */
  readonly checks: readonly {
    readonly check: string;
    readonly result: 'passed' | 'failed' | 'not_asked' | 'not_reached';
    /** Why it was not asked. */
    readonly why?: string;
  }[];
  readonly mend: Mending;
}

/**
 * @param cause as logs have it; one that only another version knows has no checks
 * @param keyId of the key or subscription that was named, by whose kind some checks are not asked
 */
export function explain(cause: string, keyId?: string): Explanation {
  const failed = STEPS.findIndex(({ causes }) => (causes as readonly string[]).includes(cause));
  const known = Object.hasOwn(MENDINGS, cause) ? MENDINGS[cause as Cause] : undefined;
  const kind = kindOf(keyId);
  const checks = STEPS.map(({ check, of = kind }, i) => {
    if (i === failed) return { check, result: 'failed' as const };
    if (of !== undefined && kind !== undefined && of !== kind)
      return { check, result: 'not_asked' as const, why: NOT_ASKED[of] };
    return { check, result: i < failed ? ('passed' as const) : ('not_reached' as const) };
  });
  return {
    checks: failed < 0 ? [] : checks,
    mend: known ?? mend('This cause is not known here; look for it in the authorizer’s log.'),
  };
}

/** Undefined where no key was named, or none that could be told. */
function kindOf(keyId = ''): Kind | undefined {
  if (keyId.startsWith('key_')) return 'key';
  return keyId.startsWith('sub_') ? 'subscription' : undefined;
}
