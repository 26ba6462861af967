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
  invalid_token: {
    status: 401,
    type: 'authentication_error',
    message: 'Unauthorized. Access token is missing or invalid.',
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
  subscription_not_active: {
    status: 403,
    type: 'permission_error',
    message: 'Access denied: the subscription is not active.',
  },
  product_not_subscribed: {
    status: 403,
    type: 'permission_error',
    message: 'Access denied: the product of this subscription does not contain this API.',
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

/**
 * Headers of a protected API's answers that a page of another origin may read: how much is left, when to come again,
 * why it was refused, and by which id the request is found in logs (of REST APIs, of HTTP APIs).
 */
export const READABLE_HEADERS = [
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'x-amzn-RequestId',
  'apigw-requestid',
] as const;

export type RefusalCode = keyof typeof REFUSALS;

/** The ids of requests, as API Gateway and Lambda give them. */
export const REQUEST_ID = /^[0-9A-Za-z=_-]{1,128}$/;

const OF_SUBSCRIPTION = 'subscription_';

/**
 * The message of a refusal; that of a subscription which is not active names its state.
 * @param cause as logs have it, such as `subscription_suspended`; undefined where it is not known
 */
export function refusalMessage(code: RefusalCode, cause: string | undefined): string {
  if (!cause?.startsWith(OF_SUBSCRIPTION)) return REFUSALS[code].message;
  return `Access denied: the subscription is ${cause.slice(OF_SUBSCRIPTION.length)}.`;
}

/** Value of the `WWW-Authenticate` header of every 401 of the tenant scheme (RFC 9110, 11.6.1). */
export const WWW_AUTHENTICATE = 'Bearer realm="keywright"';

/** What a refused caller of the subscription scheme is told, in Azure API Management's words. */
export const AZURE_MESSAGES = {
  missingKey:
    'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.',
  invalidKey:
    'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.',
  invalidToken: 'Unauthorized. Access token is missing or invalid.',
  /** For a gateway response, of which an API that requires OAuth has one for both. */
  invalidKeyOrToken:
    'Access denied due to an invalid subscription key or access token. Provide a valid key for an active subscription and a valid access token.',
} as const;

/** `WWW-Authenticate` of the subscription scheme's 401s: for the key, and for the token (RFC 6750, 3). */
export const AZURE_WWW_AUTHENTICATE = {
  key: 'AzureApiManagementKey realm="keywright",name="Ocp-Apim-Subscription-Key",type="header"',
  token: 'Bearer error="invalid_token"',
} as const;

/**
 * How an authorizer has an HTTP API answer what should be 401. `error` throws as for a REST API: 401 where API Gateway
 * takes it as one there too, which its guide says of REST APIs alone, and 500 else. `isAuthorized` says no in so many
 * words, which is documented and always 403.
 */
export type HttpApiUnauthenticated = 'error' | 'isAuthorized';
/** What the smoke test of a deployment found to be right, or may change. */
export const HTTP_API_UNAUTHENTICATED: HttpApiUnauthenticated = 'error';

/** Keys of the authorizer context that a denied request's gateway response substitutes. */
export const DENIAL_CONTEXT = { code: 'errorCode', message: 'errorMessage', type: 'errorType' } as const;
