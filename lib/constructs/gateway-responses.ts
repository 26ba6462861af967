import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  DENIAL_CONTEXT,
  REFUSALS,
  type RefusalCode,
  WWW_AUTHENTICATE,
} from '../../core/contract/refusals.ts';

interface GatewayAnswer {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const envelope = (code: string, message: string, type: string) => ({ error: { code, message, type } });

function refusal(code: RefusalCode, headers: Readonly<Record<string, string>> = {}): GatewayAnswer {
  const { status, message, type } = REFUSALS[code];
  return { status, body: envelope(code, message, type), headers };
}

const unauthenticated = refusal('authentication_failed', { 'WWW-Authenticate': WWW_AUTHENTICATE });
const unavailable = refusal('authorizer_unavailable', { 'Retry-After': '1' });
const notFound: GatewayAnswer = {
  status: 404,
  body: envelope('not_found', 'No such route', 'invalid_request_error'),
};
const fromAuthorizer = (key: string) => `$context.authorizer.${key}`;

/**
 * API Gateway's own answers, by type. A gateway response has one status and substitutes `$context` into
 * its body, so a denial's code, message and type come from the authorizer's context. A wrong key of any
 * kind, and AWS credentials where a key was expected, get one and the same 401.
 */
const ANSWERS: readonly (readonly [ResponseType, GatewayAnswer])[] = [
  [ResponseType.UNAUTHORIZED, unauthenticated],
  [ResponseType.INVALID_API_KEY, unauthenticated],
  [ResponseType.INVALID_SIGNATURE, unauthenticated],
  [ResponseType.EXPIRED_TOKEN, unauthenticated],
  [
    ResponseType.ACCESS_DENIED,
    {
      status: 403,
      body: envelope(
        fromAuthorizer(DENIAL_CONTEXT.code),
        fromAuthorizer(DENIAL_CONTEXT.message),
        fromAuthorizer(DENIAL_CONTEXT.type),
      ),
    },
  ],
  [ResponseType.AUTHORIZER_FAILURE, unavailable],
  [ResponseType.AUTHORIZER_CONFIGURATION_ERROR, unavailable],
  // A throttle's bucket refills all the time. When a quota's period ends can't be said here.
  [
    ResponseType.THROTTLED,
    refusal('rate_limit_exceeded', {
      'Retry-After': '1',
      RateLimit: '"gateway";r=0;t=1',
      'RateLimit-Remaining': '0',
      'RateLimit-Reset': '1',
    }),
  ],
  [ResponseType.QUOTA_EXCEEDED, refusal('quota_exceeded', { 'Retry-After': '3600' })],
  [ResponseType.MISSING_AUTHENTICATION_TOKEN, notFound],
  [ResponseType.RESOURCE_NOT_FOUND, notFound],
  [
    ResponseType.DEFAULT_4XX,
    {
      body: envelope(
        'invalid_request',
        'The request was refused before it reached the API',
        'invalid_request_error',
      ),
    },
  ],
  [
    ResponseType.DEFAULT_5XX,
    { body: envelope('internal_error', 'The API did not answer; retry shortly', 'api_error') },
  ],
];

/** Headers that let a page of any origin read why it was refused; the bodies hold nothing of anyone's. */
const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'WWW-Authenticate,Retry-After,RateLimit',
};

/**
 * Makes API Gateway refuse callers of `api` with the bodies, statuses and headers of
 * core/contract/refusals.ts. An HTTP API has no such responses: there only the status is ours.
 */
export function addGatewayResponses(api: RestApi): void {
  for (const [type, { status, body, headers = {} }] of ANSWERS) {
    api.addGatewayResponse(type.responseType, {
      type,
      ...(status !== undefined && { statusCode: String(status) }),
      responseHeaders: Object.fromEntries(
        Object.entries({ ...CORS, ...headers }).map(([name, value]) => [name, `'${value}'`]),
      ),
      templates: { 'application/json': JSON.stringify(body) },
    });
  }
}
