import type { ApiStage, GatewayEnvironment } from '../api-stage.ts';
import { accessLogLine, recordReply, requestVariables } from '../context-variables.ts';
import { callFunction, functionArnOf } from '../lambda-call.ts';
import { bySpecificity, matchPattern, splitPath } from '../path-pattern.ts';
import { proxyEvent } from '../proxy-event.ts';
import { readProxyResponse, replyOf } from '../proxy-response.ts';
import { hasHeader, type Reply } from '../reply.ts';
import { type ClientRequest, type Header, headerOf, parseQuery } from '../request.ts';
import { ResultCache } from '../result-cache.ts';
import { Throttle } from '../throttle.ts';
import type { UsagePlans } from '../usage-plans.ts';
import { gatewayResponse } from './gateway-response.ts';
import { answerMock } from './mock-integration.ts';
import { type AuthorizerResult, authorize } from './rest-authorizer.ts';
import type { ProxyIntegration, RestDefinition, RestMethod, RestStageDefinition } from './rest-definition.ts';
import type { GatewayFailure, RestExchange } from './rest-exchange.ts';

/** Methods that API Gateway accepts; `ANY` stands for these. */
const METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** Response headers of a function that a REST API passes on under another name. */
const REMAPPED = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
  'www-authenticate',
]);

/** Larger than API Gateway takes, or than Lambda does, which is less. */
const TOO_LARGE: GatewayFailure = { type: 'REQUEST_TOO_LARGE', message: 'Request Too Long' };

/** The stages of a REST API, each with its own authorizer cache and throttle. */
export function restStages(
  api: RestDefinition,
  environment: GatewayEnvironment,
  usagePlans: UsagePlans,
): ApiStage[] {
  return api.stages.map((stage) => new RestStage(api, stage, environment, usagePlans));
}

class RestStage implements ApiStage {
  readonly apiId: string;
  readonly apiName: string;
  readonly stageName: string;
  readonly #api: RestDefinition;
  readonly #stage: RestStageDefinition;
  readonly #environment: GatewayEnvironment;
  readonly #cache: ResultCache<AuthorizerResult>;
  readonly #throttle: Throttle;
  readonly #usagePlans: UsagePlans;

  constructor(
    api: RestDefinition,
    stage: RestStageDefinition,
    environment: GatewayEnvironment,
    usagePlans: UsagePlans,
  ) {
    this.apiId = api.id;
    this.apiName = api.name;
    this.stageName = stage.name;
    this.#api = { ...api, resources: api.resources.toSorted((a, b) => bySpecificity(a.pattern, b.pattern)) };
    this.#stage = stage;
    this.#environment = environment;
    this.#cache = new ResultCache(environment.now);
    this.#usagePlans = usagePlans;
    this.#throttle = new Throttle((key) => {
      const [method = '', path = ''] = key.split(' ');
      return stage.limitsOf(path, method);
    }, environment.now);
  }

  async handle(request: ClientRequest): Promise<Reply> {
    const exchange: RestExchange = {
      request,
      api: this.#api,
      stage: this.#stage,
      variables: requestVariables(request, {
        accountId: this.#environment.accountId,
        apiId: this.#api.id,
        stage: this.#stage.name,
        path: `/${this.#stage.name}${request.path}`,
      }),
      // REST APIs take a semicolon for a separator too.
      query: parseQuery(request.query, /[&;]/),
      facts: null,
      authorizerContext: null,
      usageIdentifierKey: null,
    };
    const outcome = await this.#answer(exchange);
    const answered = 'type' in outcome ? gatewayResponse(outcome, exchange) : outcome;
    const reply = withGatewayHeaders(answered, request);
    recordReply(exchange.variables, request, reply, this.#environment.now());
    const log = this.#stage.accessLog;
    if (log !== null)
      this.#environment.accessLog(accessLogLine(log.format, exchange.variables), log.destinationArn);
    return reply;
  }

  async #answer(exchange: RestExchange): Promise<Reply | GatewayFailure> {
    const { request } = exchange;
    if (request.oversized === 'body') return TOO_LARGE;
    if (request.oversized === 'headers') {
      return { type: 'DEFAULT_4XX', message: 'Request Header Fields Too Large', status: 431 };
    }
    const method = this.#findMethod(exchange);
    if (method === null || exchange.facts === null) {
      return { type: 'MISSING_AUTHENTICATION_TOKEN', message: 'Missing Authentication Token' };
    }
    if (!this.#throttle.admits(`${request.method} ${exchange.facts.resourcePath}`)) {
      return { type: 'THROTTLED', message: 'Too Many Requests' };
    }
    if (method.authorizer !== null) {
      const refused = await authorize(
        method.authorizer,
        exchange,
        exchange.facts,
        this.#environment,
        this.#cache,
      );
      if (refused !== null) return refused;
    }
    if (method.apiKeyRequired) {
      const refused = this.#count(exchange, exchange.facts.resourcePath);
      if (refused !== null) return refused;
    }
    const { integration } = method;
    return integration.type === 'MOCK'
      ? answerMock(integration, exchange)
      : this.#callBackend(integration, exchange);
  }

  /** Lets the usage plan of the request's API key count it. */
  #count(
    { request, api, stage, usageIdentifierKey }: RestExchange,
    resourcePath: string,
  ): GatewayFailure | null {
    const value = api.apiKeySource === 'HEADER' ? headerOf(request, 'x-api-key') : usageIdentifierKey;
    const method = `${resourcePath}/${request.method}`;
    switch (this.#usagePlans.count(value ?? undefined, { apiId: api.id, stage: stage.name, method })) {
      case 'invalid':
        return { type: 'INVALID_API_KEY', message: 'Forbidden' };
      case 'throttled':
        return { type: 'THROTTLED', message: 'Too Many Requests' };
      case 'over quota':
        return { type: 'QUOTA_EXCEEDED', message: 'Limit Exceeded' };
      default:
        return null;
    }
  }

  /** The most specific resource decides: if it lacks the method, no less specific one is asked. */
  #findMethod(exchange: RestExchange): RestMethod | null {
    const { request, api, stage, variables } = exchange;
    const segments = splitPath(request.path.length > 1 ? request.path.replace(/\/$/, '') : request.path);
    for (const resource of api.resources) {
      const pathParameters = matchPattern(resource.pattern, segments, decoded);
      if (pathParameters === null) continue;
      const method =
        resource.methods.get(request.method) ??
        (METHODS.has(request.method) ? resource.methods.get('ANY') : undefined);
      if (method === undefined) return null;
      variables.resourceId = resource.id;
      variables.resourcePath = resource.pattern.text;
      exchange.facts = {
        accountId: this.#environment.accountId,
        apiId: api.id,
        stage: stage.name,
        stageVariables: stage.variables,
        resourcePath: resource.pattern.text,
        resourceId: resource.id,
        path: request.path,
        contextPath: `/${stage.name}${request.path}`,
        pathParameters,
        query: exchange.query,
        headers: request.headers,
      };
      return method;
    }
    return null;
  }

  async #callBackend(integration: ProxyIntegration, exchange: RestExchange): Promise<Reply | GatewayFailure> {
    const { request, facts, variables } = exchange;
    if (facts === null) throw new Error('a backend is called before its resource is found');
    const event = proxyEvent(request, facts, {
      authorizer: exchange.authorizerContext,
      isBinary: this.#isBinary(headerOf(request, 'content-type')),
    });
    const startedAt = this.#environment.now().getTime();
    const functionArn = functionArnOf(integration.uri, exchange.stage.variables);
    const { invoke } = this.#environment;
    const outcome = await callFunction(invoke, functionArn, event, integration.timeoutMilliseconds);
    const latency = this.#environment.now().getTime() - startedAt;
    variables.integrationLatency = latency;
    variables.integration = { latency };
    if (outcome.kind === 'timed out') {
      return { type: 'INTEGRATION_TIMEOUT', message: 'Endpoint request timed out' };
    }
    if (outcome.kind === 'too large') return TOO_LARGE;
    const response = outcome.kind === 'returned' ? readProxyResponse(outcome.value) : null;
    if (response === null) {
      const error = outcome.kind === 'failed' ? outcome.errorMessage : 'Malformed Lambda proxy response';
      variables.integration = { latency, error, integrationStatus: 200 };
      variables.integrationErrorMessage = error;
      // The type's own status is 504; a function that fails or answers nonsense is a 502.
      return { type: 'INTEGRATION_FAILURE', message: 'Internal server error', status: 502 };
    }
    variables.integration = { latency, status: response.status, integrationStatus: 200 };
    const decodeBody = response.isBase64Encoded && this.#isBinary(headerOf(request, 'accept')?.split(',')[0]);
    return asIntegrationReply(replyOf(response, decodeBody));
  }

  /** Whether the API declares a media type as binary. */
  #isBinary(header: string | undefined): boolean {
    const [type = '', subtype = ''] = (header?.split(';')[0] ?? 'application/json')
      .trim()
      .toLowerCase()
      .split('/');
    return this.#api.binaryMediaTypes.some((declared) => {
      const [declaredType, declaredSubtype] = declared.toLowerCase().split('/');
      return (
        declared === '*/*' ||
        (declaredType === type && (declaredSubtype === '*' || declaredSubtype === subtype))
      );
    });
  }
}

function asIntegrationReply(reply: Reply): Reply {
  const headers = reply.headers.map(([name, value]): Header => {
    return REMAPPED.has(name.toLowerCase()) ? [`x-amzn-Remapped-${name}`, value] : [name, value];
  });
  const typed: Header[] = hasHeader(headers, 'content-type') ? [] : [['Content-Type', 'application/json']];
  return { ...reply, headers: [...typed, ...headers] };
}

function withGatewayHeaders(reply: Reply, request: ClientRequest): Reply {
  const ids: Header[] = [
    ['x-amzn-RequestId', request.id],
    ['x-amz-apigw-id', request.id],
  ];
  return {
    ...reply,
    headers: [...ids.filter(([name]) => !hasHeader(reply.headers, name)), ...reply.headers],
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
