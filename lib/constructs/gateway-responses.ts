import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  AZURE_MESSAGES,
  AZURE_WWW_AUTHENTICATE,
  DENIAL_CONTEXT,
  READABLE_HEADERS,
  REFUSALS,
  type RefusalCode,
  WWW_AUTHENTICATE,
} from '../../core/contract/refusals.ts';
import { requireOneOf } from './required.ts';

/** How callers of an API identify themselves, as `POST /v1/apis` was told. */
export interface CallerScheme {
  /** `tenant` for API keys, `subscription` for subscription keys. */
  readonly scheme: string;
  /** Whether the API requires an OAuth access token beside a subscription key. Default: false. */
  readonly oauth?: boolean;
}

/** What an answer can say; `status` is undefined where API Gateway's own stays. */
interface ResponseTemplate {
  readonly status: number | undefined;
  readonly code: string;
  readonly message: string;
  readonly type: string;
}

/** A scheme's own words, and the body that it puts them into. */
interface Wording {
  body(saying: ResponseTemplate): unknown;
  readonly unauthenticated: string;
  /** Value of `WWW-Authenticate`. */
  readonly challenge: string;
  readonly overRateLimit: string;
  readonly overQuota: string;
  readonly notFound: string;
}

const TENANT: Wording = {
  body: ({ code, message, type }) => ({ error: { code, message, type } }),
  unauthenticated: REFUSALS.authentication_failed.message,
  challenge: WWW_AUTHENTICATE,
  overRateLimit: REFUSALS.rate_limit_exceeded.message,
  overQuota: REFUSALS.quota_exceeded.message,
  notFound: 'No such route',
};

/** Azure API Management's words, but for the time at which a quota is replenished. */
const SUBSCRIPTION: Wording = {
  body: ({ status, message }) => ({ ...(status !== undefined && { statusCode: status }), message }),
  unauthenticated: AZURE_MESSAGES.invalidKey,
  challenge: AZURE_WWW_AUTHENTICATE.key,
  overRateLimit: 'Rate limit is exceeded. Try again in 1 seconds.',
  overQuota: 'Out of call volume quota. Quota will be replenished when its period ends.',
  notFound: 'Resource not found',
};

/** An API has one 401 for a bad key and a bad token, so it asks for both (RFC 9110, 11.6.1). */
const SUBSCRIPTION_WITH_OAUTH: Wording = {
  ...SUBSCRIPTION,
  unauthenticated: AZURE_MESSAGES.invalidKeyOrToken,
  challenge: `${AZURE_WWW_AUTHENTICATE.key}, ${AZURE_WWW_AUTHENTICATE.token}`,
};

interface GatewayAnswer extends ResponseTemplate {
  readonly headers?: Readonly<Record<string, string>>;
}

function refusal(code: RefusalCode, message: string = REFUSALS[code].message): GatewayAnswer {
  const { status, type } = REFUSALS[code];
  return { status, code, message, type };
}

const fromAuthorizer = (key: string) => `$context.authorizer.${key}`;
const DENIED: GatewayAnswer = {
  status: 403,
  code: fromAuthorizer(DENIAL_CONTEXT.code),
  message: fromAuthorizer(DENIAL_CONTEXT.message),
  type: fromAuthorizer(DENIAL_CONTEXT.type),
};
const UNAVAILABLE: GatewayAnswer = { ...refusal('authorizer_unavailable'), headers: { 'Retry-After': '1' } };
const REFUSED_BEFORE: GatewayAnswer = {
  status: undefined,
  code: 'invalid_request',
  message: 'The request was refused before it reached the API',
  type: 'invalid_request_error',
};
const FAILED: GatewayAnswer = {
  status: undefined,
  code: 'internal_error',
  message: 'The API did not answer; retry shortly',
  type: 'api_error',
};

/** A throttle's bucket refills all the time. When a quota's period ends can't be said here. */
const THROTTLED_HEADERS = {
  'Retry-After': '1',
  RateLimit: '"gateway";r=0;t=1',
  'RateLimit-Remaining': '0',
  'RateLimit-Reset': '1',
};
const OVER_QUOTA_HEADERS = { 'Retry-After': '3600' };

/**
 * API Gateway's own answers, by type. A gateway response has one status and substitutes `$context` into
 * its body, so a denial's code, message and type come from the authorizer's context. A wrong key of any
 * kind, and AWS credentials where a key was expected, get one and the same 401.
 */
function answers(wording: Wording): readonly (readonly [ResponseType, GatewayAnswer])[] {
  const unauthenticated: GatewayAnswer = {
    ...refusal('authentication_failed', wording.unauthenticated),
    headers: { 'WWW-Authenticate': wording.challenge },
  };
  const notFound: GatewayAnswer = {
    status: 404,
    code: 'not_found',
    message: wording.notFound,
    type: 'invalid_request_error',
  };
  const throttled = refusal('rate_limit_exceeded', wording.overRateLimit);
  const overQuota = refusal('quota_exceeded', wording.overQuota);
  return [
    [ResponseType.UNAUTHORIZED, unauthenticated],
    [ResponseType.INVALID_API_KEY, unauthenticated],
    [ResponseType.INVALID_SIGNATURE, unauthenticated],
    [ResponseType.EXPIRED_TOKEN, unauthenticated],
    [ResponseType.ACCESS_DENIED, DENIED],
    [ResponseType.AUTHORIZER_FAILURE, UNAVAILABLE],
    [ResponseType.AUTHORIZER_CONFIGURATION_ERROR, UNAVAILABLE],
    [ResponseType.THROTTLED, { ...throttled, headers: THROTTLED_HEADERS }],
    [ResponseType.QUOTA_EXCEEDED, { ...overQuota, headers: OVER_QUOTA_HEADERS }],
    [ResponseType.MISSING_AUTHENTICATION_TOKEN, notFound],
    [ResponseType.RESOURCE_NOT_FOUND, notFound],
    [ResponseType.DEFAULT_4XX, REFUSED_BEFORE],
    [ResponseType.DEFAULT_5XX, FAILED],
  ];
}

/** Headers that let a page of any origin read why it was refused; the bodies hold nothing of anyone's. */
const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': READABLE_HEADERS.join(','),
};

/**
 * Makes API Gateway refuse callers of `api` with the bodies, statuses and headers of
 * core/contract/refusals.ts, in the shape of the scheme that the API was created with. An HTTP API has no
 * such responses: there only the status is ours. One that the API has already stays.
 */
export function addGatewayResponses(api: RestApi, callers: CallerScheme = { scheme: 'tenant' }): void {
  const wording = wordingOf(callers);
  for (const [type, { headers = {}, ...saying }] of answers(wording)) {
    if (api.node.tryFindChild(type.responseType) !== undefined) continue;
    api.addGatewayResponse(type.responseType, {
      type,
      ...(saying.status !== undefined && { statusCode: String(saying.status) }),
      responseHeaders: Object.fromEntries(
        Object.entries({ ...CORS, ...headers }).map(([name, value]) => [name, `'${value}'`]),
      ),
      templates: { 'application/json': JSON.stringify(wording.body(saying)) },
    });
  }
}

function wordingOf(callers: CallerScheme): Wording {
  requireOneOf('scheme', callers.scheme, ['tenant', 'subscription']);
  if (callers.scheme === 'tenant') return TENANT;
  return callers.oauth ? SUBSCRIPTION_WITH_OAUTH : SUBSCRIPTION;
}
