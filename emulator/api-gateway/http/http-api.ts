import { type ApiStage, executeApiArn, type GatewayEnvironment } from '../api-stage.ts';
import { accessLogLine, type ContextVariables, recordReply, requestVariables } from '../context-variables.ts';
import { callFunction, functionArnOf } from '../lambda-call.ts';
import { matchPattern, splitPath } from '../path-pattern.ts';
import { proxyEvent } from '../proxy-event.ts';
import { jsonReply, type Reply } from '../reply.ts';
import { type ClientRequest, groupHeaders, type Header, parseQuery } from '../request.ts';
import { ResultCache } from '../result-cache.ts';
import { Throttle } from '../throttle.ts';
import { isPreflight, PREFLIGHT_REPLY, withCors } from './cors.ts';
import { authorizeByLambda, type LambdaAuthorizerResult } from './http-authorizer.ts';
import type { HttpApiDefinition, HttpRoute, HttpStageDefinition } from './http-definition.ts';
import { eventFacts, httpEvent, isBinary } from './http-event.ts';
import { type HttpExchange, identityValue } from './http-exchange.ts';
import { readHttpResponse } from './http-response.ts';
import { authorizeBySignature, identityOf } from './iam-authorizer.ts';
import { JwtVerifier } from './jwt-authorizer.ts';

/** What an authorizer lets a backend know, in the form of each payload format. */
interface BackendAuthorizer {
  readonly '1.0': Readonly<Record<string, unknown>>;
  readonly '2.0': Readonly<Record<string, unknown>>;
}

/** The stages of an HTTP API, each with its own authorizer cache and throttle. */
export function httpStages(api: HttpApiDefinition, environment: GatewayEnvironment): ApiStage[] {
  return api.stages.map((stage) => new HttpStage(api, stage, environment));
}

class HttpStage implements ApiStage {
  readonly apiId: string;
  readonly apiName: string;
  readonly stageName: string;
  readonly #api: HttpApiDefinition;
  readonly #stage: HttpStageDefinition;
  readonly #environment: GatewayEnvironment;
  readonly #cache: ResultCache<LambdaAuthorizerResult>;
  readonly #throttle: Throttle;
  readonly #jwt: JwtVerifier;

  constructor(api: HttpApiDefinition, stage: HttpStageDefinition, environment: GatewayEnvironment) {
    this.apiId = api.id;
    this.apiName = api.name;
    this.stageName = stage.name;
    this.#api = api;
    this.#stage = stage;
    this.#environment = environment;
    this.#cache = new ResultCache(environment.now);
    this.#throttle = new Throttle((routeKey) => stage.limitsOf(routeKey), environment.now);
    this.#jwt = new JwtVerifier(environment.now);
  }

  async handle(request: ClientRequest): Promise<Reply> {
    const path = decodedPath(request.path);
    const stagedPath = this.#stage.name === '$default' ? path : `/${this.#stage.name}${path ?? ''}`;
    const variables = requestVariables(request, {
      accountId: this.#environment.accountId,
      apiId: this.#api.id,
      stage: this.#stage.name,
      path: stagedPath ?? request.path,
    });
    const answered = await this.#answer(request, path, stagedPath ?? '', variables);
    const cors = this.#api.cors;
    const allowed = cors === null ? answered : withCors(cors, request, answered);
    const reply = {
      ...allowed,
      headers: [...allowed.headers, ['apigw-requestid', request.id] satisfies Header],
    };
    recordReply(variables, request, reply, this.#environment.now());
    const log = this.#stage.accessLog;
    if (log !== null) this.#environment.accessLog(accessLogLine(log.format, variables), log.destinationArn);
    return reply;
  }

  async #answer(
    request: ClientRequest,
    path: string | null,
    stagedPath: string,
    variables: ContextVariables,
  ): Promise<Reply> {
    if (request.oversized === 'body') return refuse(413, 'Request Entity Too Large', variables);
    if (request.oversized !== null) return refuse(431, 'Request Header Fields Too Large', variables);
    if (path === null) return refuse(400, 'Bad Request', variables);
    const found = findRoute(this.#api.routes, request.method, path);
    // A route that takes OPTIONS, as `ANY` does, comes first, with its authorizer: the guide asks for a
    // separate `OPTIONS /{proxy+}` beside `$default`. The gateway answers only what no route takes.
    if (found === null && this.#api.cors !== null && isPreflight(request)) {
      return PREFLIGHT_REPLY;
    }
    if (found === null) return refuse(404, 'Not Found', variables);
    variables.routeKey = found.route.key;
    const exchange: HttpExchange = {
      request,
      api: this.#api,
      stage: this.#stage,
      ...found,
      variables,
      path,
      stagedPath,
      query: parseQuery(request.query, '&'),
      ...headersAndCookies(request),
    };
    if (!this.#throttle.admits(found.route.key)) return refuse(429, 'Too Many Requests', variables);
    const authorized = await this.#authorize(exchange);
    return 'status' in authorized ? authorized : this.#callBackend(exchange, authorized.authorizer);
  }

  async #authorize(exchange: HttpExchange): Promise<Reply | { authorizer: BackendAuthorizer | null }> {
    const { route, variables } = exchange;
    if (route.authorizer === null) return { authorizer: null };
    if (route.authorizer.type === 'REQUEST') {
      const outcome = await authorizeByLambda(route.authorizer, exchange, this.#environment, this.#cache);
      if (outcome.kind === 'unauthorized') return refuse(401, 'Unauthorized', variables);
      if (outcome.kind === 'forbidden') return refuse(403, 'Forbidden', variables);
      if (outcome.kind !== 'allowed') return refuse(500, 'Internal Server Error', variables);
      const { context, principalId } = outcome.result;
      const principal = principalId === null ? {} : { principalId };
      return { authorizer: { '1.0': { ...context, ...principal }, '2.0': { lambda: context } } };
    }
    if (route.authorizer.type === 'AWS_IAM') {
      const { service } = route.authorizer;
      const now = this.#environment.now();
      const { method } = exchange.request;
      const resource = executeApiArn(
        this.#environment,
        this.#api.id,
        this.#stage.name,
        method,
        exchange.path,
      );
      const mayInvoke = (roleArn: string) =>
        service !== 'execute-api' || (this.#environment.mayInvoke?.(roleArn, resource) ?? true);
      const scope = { ...this.#environment, service, now, mayInvoke };
      const principal = authorizeBySignature(exchange.request, scope);
      if (principal === null) return refuse(403, 'Forbidden', variables);
      Object.assign(Object(variables.identity), identityOf(principal));
      return { authorizer: { '1.0': {}, '2.0': { iam: principal } } };
    }
    const presented = identityValue(route.authorizer.identitySource, exchange);
    const outcome = await this.#jwt.verify(route.authorizer, presented, route.scopes);
    if (outcome.kind !== 'valid') {
      const [status, message] = outcome.kind === 'forbidden' ? [403, 'Forbidden'] : [401, 'Unauthorized'];
      return refuse(Number(status), String(message), variables, [['www-authenticate', outcome.challenge]]);
    }
    variables.authorizer = { claims: outcome.claims };
    const jwt = { claims: outcome.claims, scopes: route.scopes.length === 0 ? null : outcome.scopes };
    return { authorizer: { '1.0': jwt, '2.0': { jwt } } };
  }

  async #callBackend(exchange: HttpExchange, authorizer: BackendAuthorizer | null): Promise<Reply> {
    const { request, variables } = exchange;
    const { uri, payloadFormat, timeoutMilliseconds } = exchange.route.integration;
    const { accountId, invoke, now } = this.#environment;
    const event =
      payloadFormat === '2.0'
        ? httpEvent(exchange, accountId, authorizer?.['2.0'] ?? null)
        : {
            version: '1.0',
            ...proxyEvent(request, eventFacts(exchange, accountId), {
              authorizer: authorizer?.['1.0'] ?? null,
              isBinary: isBinary(exchange.headers.get('content-type')),
            }),
          };
    const startedAt = now().getTime();
    const functionArn = functionArnOf(uri, exchange.stage.variables);
    const outcome = await callFunction(invoke, functionArn, event, timeoutMilliseconds);
    const latency = now().getTime() - startedAt;
    variables.integrationLatency = latency;
    variables.integration = { latency };
    if (outcome.kind === 'timed out') return refuse(503, 'Service Unavailable', variables);
    if (outcome.kind === 'too large') return refuse(413, 'Request Entity Too Large', variables);
    const reply = outcome.kind === 'returned' ? readHttpResponse(outcome.value, payloadFormat) : null;
    if (reply === null) {
      const error =
        outcome.kind === 'failed' ? outcome.errorMessage : 'The response is not in the expected format';
      variables.integration = { latency, error, integrationStatus: 200 };
      variables.integrationErrorMessage = error;
      return refuse(500, 'Internal Server Error', variables);
    }
    variables.integration = { latency, status: reply.status, integrationStatus: 200 };
    variables.integrationStatus = reply.status;
    return reply;
  }
}

/** The first route, in order of precedence, that takes this method and path. */
export function findRoute(
  routes: readonly HttpRoute[],
  method: string,
  path: string,
): { route: HttpRoute; pathParameters: Record<string, string> } | null {
  const segments = splitPath(path);
  for (const route of routes) {
    if (route.method !== 'ANY' && route.method !== method) continue;
    const pathParameters = route.pattern === null ? {} : matchPattern(route.pattern, segments);
    if (pathParameters !== null) return { route, pathParameters };
  }
  return null;
}

/**
 * An HTTP API decodes the path once, before routing (`%2F` is a separator), and drops what follows a
 * question mark that appears only then. Null when it is not valid percent-encoding.
 */
function decodedPath(path: string): string | null {
  try {
    return decodeURIComponent(path).split('?')[0] ?? null;
  } catch {
    return null;
  }
}

function headersAndCookies(request: ClientRequest): Pick<HttpExchange, 'headers' | 'cookies'> {
  const lower = groupHeaders(request.headers.map(([name, value]): Header => [name.toLowerCase(), value]));
  const cookies = (lower.get('cookie') ?? []).flatMap((value) => value.split(/;\s*/)).filter(Boolean);
  lower.delete('cookie');
  return { headers: new Map([...lower].map(([name, values]) => [name, values.join(',')])), cookies };
}

/** The gateway's own answers: nothing in them can be configured. */
function refuse(
  status: number,
  message: string,
  variables: ContextVariables,
  headers: readonly Header[] = [],
): Reply {
  variables.error = { message, messageString: JSON.stringify(message) };
  return jsonReply(status, { message }, headers);
}
