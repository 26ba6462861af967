import { executeApiArn, type GatewayEnvironment } from '../api-stage.ts';
import { contextVariable } from '../context-variables.ts';
import { callFunction, functionArnOf } from '../lambda-call.ts';
import { evaluatePolicy, type PolicyStatement, parsePolicy } from '../policy.ts';
import { type EventFacts, requestAuthorizerEvent } from '../proxy-event.ts';
import type { ResultCache } from '../result-cache.ts';
import type { RestAuthorizerDefinition } from './rest-definition.ts';
import { type GatewayFailure, mappedParameter, type RestExchange } from './rest-exchange.ts';

/** What an authorizer function returned, in the form that is cached and given to backends. */
export interface AuthorizerResult {
  readonly statements: readonly PolicyStatement[];
  /** `$context.authorizer`: the context and `principalId`, all of them text. */
  readonly context: Readonly<Record<string, string>>;
  readonly usageIdentifierKey: string | null;
}

/** Quotas: how long an authorizer may take, how long a method's ARN may be, how large an answer. */
const TIMEOUT_MILLISECONDS = 10_000;
const MAX_ARN_BYTES = 1600;
const MAX_RESULT_BYTES = 8 * 1024;

const UNAUTHORIZED: GatewayFailure = { type: 'UNAUTHORIZED', message: 'Unauthorized' };
const FAILURE: GatewayFailure = { type: 'AUTHORIZER_FAILURE', message: null };
const CONFIGURATION_ERROR: GatewayFailure = { type: 'AUTHORIZER_CONFIGURATION_ERROR', message: null };

/**
 * Lets a method's authorizer decide. Null when the request may go on; `$context.authorizer` is set in
 * any case in which there is a result, for the gateway responses that use it.
 */
export async function authorize(
  authorizer: RestAuthorizerDefinition,
  exchange: RestExchange,
  facts: EventFacts,
  environment: GatewayEnvironment,
  cache: ResultCache<AuthorizerResult>,
): Promise<GatewayFailure | null> {
  const { request, api, stage, variables } = exchange;
  // The guide calls it the ARN of the method with "the resource path as it is called": path parameters
  // are filled in. We hold it in the encoded form in which the client sent it, as `path` is, so that a
  // slash that the client encoded does not become a separator in what policies are matched against.
  const methodArn = executeApiArn(environment, api.id, stage.name, request.method, request.path);
  if (Buffer.byteLength(methodArn) > MAX_ARN_BYTES) {
    return { type: 'DEFAULT_4XX', message: 'Request URI too long', status: 414 };
  }
  const identity = authorizer.identitySources.map((source) => mappedParameter(source, exchange) ?? '');
  if (identityIsRequired(authorizer) && identity.includes('')) return UNAUTHORIZED;
  if (authorizer.validation !== null && !authorizer.validation.test(identity[0] ?? '')) return UNAUTHORIZED;

  const key = JSON.stringify([authorizer.id, ...identity]);
  const cached = authorizer.ttlSeconds > 0 ? cache.get(key) : undefined;
  const result = cached ?? (await callAuthorizer(authorizer, exchange, facts, methodArn, environment));
  if ('type' in result) return result;
  if (cached === undefined && authorizer.ttlSeconds > 0) cache.set(key, result, authorizer.ttlSeconds);
  const latency = contextVariable(variables, 'authorizer.integrationLatency');
  variables.authorizer = { ...(variables.authorizer as object | undefined), ...result.context };
  exchange.usageIdentifierKey = result.usageIdentifierKey;
  exchange.authorizerContext = { ...result.context, integrationLatency: Number(latency ?? 0) };
  return verdict(evaluatePolicy(result.statements, methodArn));
}

/**
 * A TOKEN authorizer is never called without its token. A REQUEST authorizer's identity sources are its
 * cache key and must be there when results are cached; "when caching is disabled, it is not necessary to
 * specify an identity source", and what is specified is not looked at.
 */
function identityIsRequired(authorizer: RestAuthorizerDefinition): boolean {
  return authorizer.type === 'TOKEN' || authorizer.ttlSeconds > 0;
}

async function callAuthorizer(
  authorizer: RestAuthorizerDefinition,
  exchange: RestExchange,
  facts: EventFacts,
  methodArn: string,
  environment: GatewayEnvironment,
): Promise<AuthorizerResult | GatewayFailure> {
  const token = mappedParameter(authorizer.identitySources[0] ?? '', exchange) ?? '';
  const event =
    authorizer.type === 'TOKEN'
      ? { type: 'TOKEN', methodArn, authorizationToken: token }
      : requestAuthorizerEvent(exchange.request, facts, methodArn);
  const startedAt = environment.now().getTime();
  const functionArn = functionArnOf(authorizer.uri, exchange.stage.variables);
  const outcome = await callFunction(environment.invoke, functionArn, event, TIMEOUT_MILLISECONDS);
  const latency = environment.now().getTime() - startedAt;
  exchange.variables.authorizer = { latency, integrationLatency: latency };
  if (outcome.kind === 'returned') return readResult(outcome.value) ?? CONFIGURATION_ERROR;
  if (outcome.kind !== 'failed') return FAILURE;
  exchange.variables.authorizer = { latency, integrationLatency: latency, error: outcome.errorMessage };
  return outcome.errorMessage === 'Unauthorized' ? UNAUTHORIZED : FAILURE;
}

/** Null when it is no valid output: too large, no principal, no policy, or a context value that is an object. */
function readResult(value: unknown): AuthorizerResult | null {
  if (typeof value !== 'object' || value === null) return null;
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_RESULT_BYTES) return null;
  const {
    principalId,
    policyDocument,
    context = {},
    usageIdentifierKey = null,
  } = value as Record<string, unknown>;
  const statements = parsePolicy(policyDocument);
  const strings = stringifiedContext(context);
  if (typeof principalId !== 'string' || statements === null || strings === null) return null;
  if (usageIdentifierKey !== null && typeof usageIdentifierKey !== 'string') return null;
  return { statements, context: { ...strings, principalId }, usageIdentifierKey };
}

/** "The returned values are all stringified. You cannot set a JSON object or array as a valid value." */
function stringifiedContext(context: unknown): Record<string, string> | null {
  if (typeof context !== 'object' || context === null || Array.isArray(context)) return null;
  const entries = Object.entries(context);
  if (entries.some(([, value]) => typeof value === 'object')) return null;
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function verdict(outcome: ReturnType<typeof evaluatePolicy>): GatewayFailure | null {
  const message = 'User is not authorized to access this resource';
  if (outcome === 'allow') return null;
  return {
    type: 'ACCESS_DENIED',
    message: outcome === 'implicit deny' ? message : `${message} with an explicit deny`,
  };
}
