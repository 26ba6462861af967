import { type ContextVariables, contextVariable } from '../context-variables.ts';
import type { EventFacts } from '../proxy-event.ts';
import { type ClientRequest, headerOf } from '../request.ts';
import type { RestDefinition, RestStageDefinition } from './rest-definition.ts';

/** One request to a REST API while it is handled. */
export interface RestExchange {
  readonly request: ClientRequest;
  readonly api: RestDefinition;
  readonly stage: RestStageDefinition;
  readonly variables: ContextVariables;
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** Null until a resource is found. */
  facts: EventFacts | null;
  /** What a backend gets as `requestContext.authorizer`; null while nothing has been authorized. */
  authorizerContext: Readonly<Record<string, unknown>> | null;
  /** The API key that the authorizer names; null where it names none. */
  usageIdentifierKey: string | null;
}

/** A reason to answer without, or instead of, the integration. */
export interface GatewayFailure {
  readonly type: GatewayResponseType;
  /** `$context.error.message`; null where API Gateway tells the client nothing. */
  readonly message: string | null;
  /** Where this failure's own status differs from the type's. */
  readonly status?: number;
}

export type GatewayResponseType =
  | 'ACCESS_DENIED'
  | 'API_CONFIGURATION_ERROR'
  | 'AUTHORIZER_CONFIGURATION_ERROR'
  | 'AUTHORIZER_FAILURE'
  | 'BAD_REQUEST_PARAMETERS'
  | 'DEFAULT_4XX'
  | 'INTEGRATION_FAILURE'
  | 'INTEGRATION_TIMEOUT'
  | 'INVALID_API_KEY'
  | 'MISSING_AUTHENTICATION_TOKEN'
  | 'QUOTA_EXCEEDED'
  | 'REQUEST_TOO_LARGE'
  | 'RESOURCE_NOT_FOUND'
  | 'THROTTLED'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED_MEDIA_TYPE';

/**
 * A parameter mapping's value: `'static'`, `context.x`, `stageVariables.x`, `method.request.header.x`,
 * `method.request.querystring.x`, `method.request.path.x`. Undefined when the request does not have it.
 */
export function mappedParameter(expression: string, exchange: RestExchange): string | undefined {
  const text = /^'(.*)'$/s.exec(expression)?.[1];
  if (text !== undefined) return text;
  const [, source = '', name = ''] =
    /^(context|stageVariables|method\.request\.(?:header|querystring|path))\.(.+)$/.exec(expression) ?? [];
  switch (source) {
    case 'context':
      return contextVariable(exchange.variables, name);
    case 'stageVariables':
      return own(exchange.stage.variables, name);
    case 'method.request.header':
      return headerOf(exchange.request, name);
    case 'method.request.querystring':
      return exchange.query.get(name)?.at(-1);
    case 'method.request.path':
      return own(exchange.facts?.pathParameters ?? {}, name);
    default:
      return undefined;
  }
}

function own(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
