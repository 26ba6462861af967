/**
 * What a refused caller of a protected API is told. The gateway responses that `lib/` deploys and the
 * authorizer's context both read this table, so that a body never depends on who answered.
 */

export const REFUSALS = {
  authentication_failed: {
    status: 401,
    type: 'authentication_error',
    message: 'Invalid API key provided',
  },
  tenant_mismatch: {
    status: 403,
    type: 'permission_error',
    message: 'The x-tn header does not name the tenant that owns this API key',
  },
  environment_mismatch: {
    status: 403,
    type: 'permission_error',
    message: 'This API key belongs to the other environment; use a key of the environment you are calling',
  },
  insufficient_permissions: {
    status: 403,
    type: 'permission_error',
    message: 'This API key does not have permission to call this route',
  },
  network_not_allowed: {
    status: 403,
    type: 'permission_error',
    message: 'This API key may not be used from this network',
  },
  origin_not_allowed: {
    status: 403,
    type: 'permission_error',
    message: 'This API key may not be used from this origin',
  },
  rate_limit_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    message: 'Rate limit exceeded; retry after the time given in the Retry-After header',
  },
  quota_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    message: 'Quota exceeded; retry after the time given in the Retry-After header',
  },
  authorizer_unavailable: {
    status: 503,
    type: 'api_error',
    message: 'Authorization is temporarily unavailable; retry shortly',
  },
} as const satisfies Record<string, { status: number; type: string; message: string }>;

export type RefusalCode = keyof typeof REFUSALS;

/** Value of the `WWW-Authenticate` header of every 401 of the tenant scheme (RFC 9110, 11.6.1). */
export const WWW_AUTHENTICATE = 'Bearer realm="keywright"';

/** Keys of the authorizer context that a denied request's gateway response substitutes. */
export const DENIAL_CONTEXT = { code: 'errorCode', message: 'errorMessage', type: 'errorType' } as const;
