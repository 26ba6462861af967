import { substituteVariables } from '../context-variables.ts';
import { isSendable, type Reply } from '../reply.ts';
import { type Header, headerOf } from '../request.ts';
import {
  type GatewayFailure,
  type GatewayResponseType,
  mappedParameter,
  type RestExchange,
} from './rest-exchange.ts';

/** The guide's "Gateway response types", with the error type that AWS names in `x-amzn-ErrorType`. */
const DEFAULTS: Readonly<Record<GatewayResponseType, { status: number; errorType: string }>> = {
  ACCESS_DENIED: { status: 403, errorType: 'AccessDeniedException' },
  API_CONFIGURATION_ERROR: { status: 500, errorType: 'InternalServerErrorException' },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, errorType: 'AuthorizerConfigurationException' },
  AUTHORIZER_FAILURE: { status: 500, errorType: 'InternalServerErrorException' },
  BAD_REQUEST_PARAMETERS: { status: 400, errorType: 'BadRequestException' },
  DEFAULT_4XX: { status: 400, errorType: 'BadRequestException' },
  INTEGRATION_FAILURE: { status: 504, errorType: 'InternalServerErrorException' },
  INTEGRATION_TIMEOUT: { status: 504, errorType: 'InternalServerErrorException' },
  INVALID_API_KEY: { status: 403, errorType: 'ForbiddenException' },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, errorType: 'MissingAuthenticationTokenException' },
  QUOTA_EXCEEDED: { status: 429, errorType: 'LimitExceededException' },
  REQUEST_TOO_LARGE: { status: 413, errorType: 'RequestTooLargeException' },
  RESOURCE_NOT_FOUND: { status: 404, errorType: 'NotFoundException' },
  THROTTLED: { status: 429, errorType: 'TooManyRequestsException' },
  UNAUTHORIZED: { status: 401, errorType: 'UnauthorizedException' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, errorType: 'UnsupportedMediaTypeException' },
};

const DEFAULT_TEMPLATES: ReadonlyMap<string, string> = new Map([
  ['application/json', '{"message":$context.error.messageString}'],
]);

/** For ACCESS_DENIED AWS spells the key with a capital. */
const ACCESS_DENIED_TEMPLATES: ReadonlyMap<string, string> = new Map([
  ['application/json', '{"Message":$context.error.messageString}'],
]);

/**
 * The answer to a failure: the API's gateway response of that type, or of DEFAULT_4XX / DEFAULT_5XX, or
 * AWS's own. Templates are not Velocity: variables are replaced, absent ones by nothing.
 */
export function gatewayResponse(failure: GatewayFailure, exchange: RestExchange): Reply {
  const { message } = failure;
  exchange.variables.error = {
    message: message ?? undefined,
    messageString: message === null ? 'null' : JSON.stringify(message),
    responseType: failure.type,
  };
  const { status: typeStatus, errorType } = DEFAULTS[failure.type];
  const status = failure.status ?? typeStatus;
  const declared = declaredResponse(failure.type, status, exchange);
  const templates = declared?.templates.size ? declared.templates : ownTemplates(failure.type);
  const [contentType, template] = templateFor(templates, exchange);
  const headers = [...(declared?.headers ?? [])].flatMap(([name, expression]): Header[] => {
    const value = mappedParameter(expression, exchange);
    return value === undefined || !isSendable([name, value]) ? [] : [[name, value]];
  });
  const body = substituteVariables(template, (name) => mappedParameter(name, exchange) ?? '');
  return {
    status: declared?.statusCode ?? status,
    headers: [['Content-Type', contentType], ['x-amzn-ErrorType', errorType], ...headers],
    body: Buffer.from(body),
  };
}

function declaredResponse(type: GatewayResponseType, status: number, exchange: RestExchange) {
  // "Customizing the default gateway response for 413 REQUEST_TOO_LARGE isn't currently supported."
  if (type === 'REQUEST_TOO_LARGE') return undefined;
  const responses = exchange.api.gatewayResponses;
  return responses.get(type) ?? responses.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
}

function ownTemplates(type: GatewayResponseType): ReadonlyMap<string, string> {
  return type === 'ACCESS_DENIED' ? ACCESS_DENIED_TEMPLATES : DEFAULT_TEMPLATES;
}

/** The template for the media type that the client accepts first, else JSON's, else the first. */
function templateFor(templates: ReadonlyMap<string, string>, exchange: RestExchange): [string, string] {
  const accepted = headerOf(exchange.request, 'accept')?.split(/[,;]/)[0]?.trim() ?? '';
  for (const type of [accepted, 'application/json']) {
    const template = templates.get(type);
    if (template !== undefined) return [type, template];
  }
  return [...templates][0] ?? ['application/json', ''];
}
