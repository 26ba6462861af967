import { commonLogTime } from '../context-variables.ts';
import type { EventFacts } from '../proxy-event.ts';
import type { HttpExchange } from './http-exchange.ts';

/** The event of a Lambda integration, payload format 2.0. What is empty is absent. */
export function httpEvent(
  exchange: HttpExchange,
  accountId: string,
  authorizer: Readonly<Record<string, unknown>> | null,
): Record<string, unknown> {
  const { request } = exchange;
  const isBase64Encoded = request.body.length > 0 && isBinary(exchange.headers.get('content-type'));
  return {
    version: '2.0',
    ...routeFacts(exchange),
    requestContext: {
      ...requestContext(exchange, accountId),
      ...(authorizer === null ? {} : { authorizer }),
    },
    ...parameterFacts(exchange),
    ...(request.body.length === 0
      ? {}
      : { body: request.body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

/** The event of a Lambda authorizer, payload format 2.0. */
export function httpAuthorizerEvent(
  exchange: HttpExchange,
  accountId: string,
  routeArn: string,
  identitySource: readonly string[] | null,
): Record<string, unknown> {
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn,
    identitySource,
    ...routeFacts(exchange),
    requestContext: requestContext(exchange, accountId),
    ...parameterFacts(exchange),
  };
}

/** What the 1.0 formats say. An HTTP API decodes `path` there too, and puts the stage in front of it. */
export function eventFacts(exchange: HttpExchange, accountId: string): EventFacts {
  const { route, api, stage } = exchange;
  return {
    accountId,
    apiId: api.id,
    stage: stage.name,
    stageVariables: stage.variables,
    resourcePath: route.pattern?.text ?? '$default',
    resourceId: route.key,
    path: exchange.stagedPath,
    contextPath: exchange.stagedPath,
    pathParameters: exchange.pathParameters,
    query: exchange.query,
    headers: [
      ...exchange.headers,
      ...(exchange.cookies.length === 0 ? [] : [['cookie', exchange.cookies.join('; ')] as const]),
    ],
  };
}

/** An HTTP API declares no binary media types: what is not evidently text is handed on as base64. */
export function isBinary(contentType: string | undefined): boolean {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? 'text/plain';
  return !/^(?:text\/.+|application\/(?:.+\+)?(?:json|xml)|application\/javascript)$/.test(type);
}

function routeFacts(exchange: HttpExchange) {
  return {
    routeKey: exchange.route.key,
    rawPath: exchange.stagedPath,
    rawQueryString: exchange.request.query,
    ...(exchange.cookies.length === 0 ? {} : { cookies: exchange.cookies }),
    headers: Object.fromEntries(exchange.headers),
    ...(exchange.query.size === 0
      ? {}
      : {
          queryStringParameters: Object.fromEntries(
            [...exchange.query].map(([name, values]) => [name, values.join(',')]),
          ),
        }),
  };
}

function parameterFacts({ pathParameters, stage }: HttpExchange) {
  return {
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
    ...(Object.keys(stage.variables).length === 0 ? {} : { stageVariables: stage.variables }),
  };
}

function requestContext(exchange: HttpExchange, accountId: string) {
  const { request, api, stage, route } = exchange;
  return {
    accountId,
    apiId: api.id,
    domainName: request.domainName,
    domainPrefix: request.domainName.split('.')[0],
    http: {
      method: request.method,
      path: exchange.stagedPath,
      protocol: request.protocol,
      sourceIp: request.sourceIp,
      userAgent: exchange.headers.get('user-agent') ?? '',
    },
    requestId: request.id,
    routeKey: route.key,
    stage: stage.name,
    time: commonLogTime(request.receivedAt),
    timeEpoch: request.receivedAt.getTime(),
  };
}
