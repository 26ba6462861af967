import { executeApiArn, type GatewayEnvironment } from '../api-stage.ts';
import { callFunction, functionArnOf } from '../lambda-call.ts';
import { evaluatePolicy, type PolicyStatement, parsePolicy } from '../policy.ts';
import { requestAuthorizerEvent } from '../proxy-event.ts';
import type { ResultCache } from '../result-cache.ts';
import type { HttpLambdaAuthorizer } from './http-definition.ts';
import { eventFacts, httpAuthorizerEvent } from './http-event.ts';
import { type HttpExchange, identityValue } from './http-exchange.ts';

/** What an authorizer function returned, in the form that is cached and given to backends. */
export interface LambdaAuthorizerResult {
  /** A simple response is an allow or deny of everything; a policy is evaluated for each route. */
  readonly decision: boolean | readonly PolicyStatement[];
  readonly principalId: string | null;
  readonly context: Readonly<Record<string, unknown>> | null;
}

export type HttpAuthorization =
  | { readonly kind: 'allowed'; readonly result: LambdaAuthorizerResult }
  | { readonly kind: 'unauthorized' | 'forbidden' | 'failed' };

/** Quotas: how long an authorizer may take, and how large its answer may be. */
const TIMEOUT_MILLISECONDS = 10_000;
const MAX_RESULT_BYTES = 8 * 1024;

/** Lets a route's Lambda authorizer decide, from the cache where its TTL and identity sources allow. */
export async function authorizeByLambda(
  authorizer: HttpLambdaAuthorizer,
  exchange: HttpExchange,
  environment: GatewayEnvironment,
  cache: ResultCache<LambdaAuthorizerResult>,
): Promise<HttpAuthorization> {
  const { api, stage, request } = exchange;
  const identity = authorizer.identitySources.map((source) => identityValue(source, exchange) ?? '');
  // "If the client's request doesn't include the identity sources, API Gateway doesn't invoke" it.
  if (identity.includes('')) return { kind: 'unauthorized' };

  // The path in its decoded form, as `rawPath` is: an HTTP API decodes it once, before it routes.
  const routeArn = executeApiArn(environment, api.id, stage.name, request.method, exchange.path);
  const cacheable = authorizer.ttlSeconds > 0 && identity.length > 0;
  const key = JSON.stringify([authorizer.id, ...identity]);
  const cached = cacheable ? cache.get(key) : undefined;
  const result = cached ?? (await callAuthorizer(authorizer, exchange, routeArn, identity, environment));
  if ('kind' in result) return result;
  if (cached === undefined && cacheable) cache.set(key, result, authorizer.ttlSeconds);
  const { principalId, context } = result;
  exchange.variables.authorizer = { ...context, ...(principalId === null ? {} : { principalId }) };
  return isAllowed(result.decision, routeArn) ? { kind: 'allowed', result } : { kind: 'forbidden' };
}

async function callAuthorizer(
  authorizer: HttpLambdaAuthorizer,
  exchange: HttpExchange,
  routeArn: string,
  identity: readonly string[],
  environment: GatewayEnvironment,
): Promise<LambdaAuthorizerResult | HttpAuthorization> {
  const event =
    authorizer.payloadFormat === '2.0'
      ? httpAuthorizerEvent(
          exchange,
          environment.accountId,
          routeArn,
          identity.length === 0 ? null : identity,
        )
      : eventV1(exchange, environment, routeArn, identity);
  const functionArn = functionArnOf(authorizer.uri, exchange.stage.variables);
  const outcome = await callFunction(environment.invoke, functionArn, event, TIMEOUT_MILLISECONDS);
  if (outcome.kind === 'returned') {
    const result = readResult(outcome.value, authorizer.simpleResponses);
    if (result !== null) return result;
  }
  const error = outcome.kind === 'failed' ? outcome.errorMessage : 'The authorizer gave no valid response';
  exchange.variables.authorizer = { error };
  return { kind: error === 'Unauthorized' ? 'unauthorized' : 'failed' };
}

function eventV1(
  exchange: HttpExchange,
  environment: GatewayEnvironment,
  routeArn: string,
  identity: readonly string[],
) {
  const identitySource = identity.length === 0 ? null : identity.join(',');
  return {
    version: '1.0',
    ...requestAuthorizerEvent(exchange.request, eventFacts(exchange, environment.accountId), routeArn),
    identitySource,
    authorizationToken: identitySource,
  };
}

/** Null when it is not what the authorizer's payload format and response type call for. */
function readResult(value: unknown, simple: boolean): LambdaAuthorizerResult | null {
  if (typeof value !== 'object' || value === null) return null;
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_RESULT_BYTES) return null;
  const { isAuthorized, principalId, policyDocument, context = null } = value as Record<string, unknown>;
  if (typeof context !== 'object' || Array.isArray(context)) return null;
  const common = { context: context as Record<string, unknown> | null };
  if (simple) {
    return typeof isAuthorized === 'boolean'
      ? { ...common, decision: isAuthorized, principalId: null }
      : null;
  }
  const decision = parsePolicy(policyDocument);
  return decision === null || typeof principalId !== 'string' ? null : { ...common, decision, principalId };
}

function isAllowed(decision: boolean | readonly PolicyStatement[], routeArn: string): boolean {
  return typeof decision === 'boolean' ? decision : evaluatePolicy(decision, routeArn) === 'allow';
}
