import type { RefusalCode } from '../../contract/refusals.ts';
import type { SubscriptionState } from '../products/subscription.ts';

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
  | 'scope_missing'
  | 'route_not_public'
  | 'unknown_api'
  | 'rate_limit_exceeded'
  | 'quota_exceeded'
  | 'no_context'
  | 'unavailable';

/** What a cause means to all who act on it. */
export interface CauseMeaning {
  /** What the caller is told. */
  readonly code: RefusalCode;
  /**
   * Whom the refusal is counted against: the network that it came from, the key that it named, and the key's owner.
   * The owner only once the secret was verified: anybody can name a key. Not the network of a caller that was
   * identified: nobody tries keys there, and access logs have it.
   */
  readonly against: readonly ('network' | 'key' | 'owner')[];
  /**
   * Whether it says something against the key, so that an admission before it is not recalled while nothing can be
   * read; what was only sent beside the key says nothing against it.
   */
  readonly endsGrace: boolean;
  /** What a presented key like that looks like: somebody tries keys, or goes on with one that has ended. */
  readonly sign: 'guess' | 'ended' | undefined;
}

const NOBODY = [] as const;
const NETWORK = ['network'] as const;
const NAMED_KEY = ['network', 'key'] as const;
const OWNER = ['network', 'key', 'owner'] as const;
const CALLER = ['owner'] as const;

const ENDS_GRACE = true;

const means = (
  code: RefusalCode,
  against: CauseMeaning['against'],
  endsGrace = false,
  sign?: CauseMeaning['sign'],
): CauseMeaning => ({ code, against, endsGrace, sign });

const unauthenticated = means.bind(undefined, 'authentication_failed');
const inactive = means('subscription_not_active', OWNER, ENDS_GRACE);
const badToken = means('invalid_token', OWNER);
const lacking = means('insufficient_permissions', CALLER);
const ended = unauthenticated(OWNER, ENDS_GRACE, 'ended');

/** The meaning of every cause, the only place that says it. */
export const CAUSES: Readonly<Record<Cause, CauseMeaning>> = {
  no_key: unauthenticated(NETWORK),
  malformed_key: unauthenticated(NETWORK, false, 'guess'),
  two_keys: unauthenticated(NETWORK),
  no_tenant: unauthenticated(NAMED_KEY),
  // Anybody can make up the id of a key that does not exist.
  unknown_key: unauthenticated(NETWORK, ENDS_GRACE, 'guess'),
  wrong_secret: unauthenticated(NAMED_KEY, ENDS_GRACE, 'guess'),
  key_revoked: ended,
  key_disabled: ended,
  key_expired: ended,
  secret_expired: ended,
  tenant_mismatch: means('tenant_mismatch', OWNER),
  unknown_tenant: unauthenticated(OWNER, ENDS_GRACE),
  tenant_suspended: unauthenticated(OWNER, ENDS_GRACE),
  environment_mismatch: means('environment_mismatch', OWNER, ENDS_GRACE),
  product_not_subscribed: means('product_not_subscribed', OWNER, ENDS_GRACE),
  subscription_pending: inactive,
  subscription_suspended: inactive,
  subscription_cancelled: inactive,
  subscription_rejected: inactive,
  no_client_key: unauthenticated(OWNER),
  wrong_client_key: unauthenticated(OWNER),
  no_token: badToken,
  invalid_token: badToken,
  token_of_other_client: badToken,
  network_not_allowed: means('network_not_allowed', CALLER),
  origin_not_allowed: means('origin_not_allowed', CALLER),
  permission_missing: lacking,
  scope_missing: lacking,
  route_not_public: lacking,
  rate_limit_exceeded: means('rate_limit_exceeded', CALLER),
  quota_exceeded: means('quota_exceeded', CALLER),
  no_context: unauthenticated(NAMED_KEY),
  unknown_api: means('authorizer_unavailable', NAMED_KEY),
  unavailable: means('authorizer_unavailable', NOBODY),
};

/** Of a newer version's items and log lines: the caller is told least, and nothing is granted in doubt. */
const UNKNOWN = unauthenticated(OWNER, ENDS_GRACE);

/** The meaning of a cause, also of one that only another version knows. */
export function meaningOf(cause: string): CauseMeaning {
  return Object.hasOwn(CAUSES, cause) ? CAUSES[cause as Cause] : UNKNOWN;
}
