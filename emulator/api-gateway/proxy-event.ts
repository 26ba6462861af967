import { commonLogTime } from './context-variables.ts';
import { type ClientRequest, groupHeaders, type Header } from './request.ts';

/** What the 1.0 formats of proxy and authorizer events say beyond the request itself. */
export interface EventFacts {
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** The resource's or route's path, `/v1/{proxy+}`. */
  readonly resourcePath: string;
  readonly resourceId: string | null;
  /** `path`, as this kind of API gives it. */
  readonly path: string;
  /** `requestContext.path`: with the stage. */
  readonly contextPath: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly headers: readonly Header[];
}

/**
 * The event of a Lambda proxy integration, payload format 1.0 ("Input format of a Lambda function for
 * proxy integration"). Maps that are empty are null. `authorizer` is the authorizer's context.
 */
export function proxyEvent(
  request: ClientRequest,
  facts: EventFacts,
  o: { authorizer: Readonly<Record<string, unknown>> | null; isBinary: boolean },
): Record<string, unknown> {
  const context = requestContext(request, facts);
  return {
    resource: facts.resourcePath,
    path: facts.path,
    httpMethod: request.method,
    ...requestMaps(facts, null),
    requestContext: o.authorizer === null ? context : { ...context, authorizer: o.authorizer },
    body: request.body.length === 0 ? null : request.body.toString(o.isBinary ? 'base64' : 'utf8'),
    isBase64Encoded: request.body.length > 0 && o.isBinary,
  };
}

/** The event of a REQUEST authorizer, payload format 1.0. Maps that are empty are `{}`. */
export function requestAuthorizerEvent(
  request: ClientRequest,
  facts: EventFacts,
  methodArn: string,
): Record<string, unknown> {
  return {
    type: 'REQUEST',
    methodArn,
    resource: facts.resourcePath,
    path: facts.path,
    httpMethod: request.method,
    ...requestMaps(facts, {}),
    requestContext: requestContext(request, facts),
  };
}

function requestMaps(facts: EventFacts, empty: null | Record<string, never>) {
  const headers = groupHeaders(facts.headers);
  return {
    headers: lastOf(headers) ?? empty,
    multiValueHeaders: allOf(headers) ?? empty,
    queryStringParameters: lastOf(facts.query) ?? empty,
    multiValueQueryStringParameters: allOf(facts.query) ?? empty,
    pathParameters: Object.keys(facts.pathParameters).length === 0 ? empty : facts.pathParameters,
    stageVariables: Object.keys(facts.stageVariables).length === 0 ? empty : facts.stageVariables,
  };
}

function requestContext(request: ClientRequest, facts: EventFacts) {
  return {
    resourceId: facts.resourceId,
    resourcePath: facts.resourcePath,
    httpMethod: request.method,
    extendedRequestId: request.id,
    requestTime: commonLogTime(request.receivedAt),
    path: facts.contextPath,
    accountId: facts.accountId,
    protocol: request.protocol,
    stage: facts.stage,
    domainPrefix: request.domainName.split('.')[0],
    requestTimeEpoch: request.receivedAt.getTime(),
    requestId: request.id,
    identity: {
      accessKey: null,
      accountId: null,
      caller: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: request.sourceIp,
      user: null,
      userAgent: facts.headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1] ?? null,
      userArn: null,
    },
    domainName: request.domainName,
    apiId: facts.apiId,
  };
}

function lastOf(grouped: ReadonlyMap<string, readonly string[]>): Record<string, string> | null {
  return grouped.size === 0
    ? null
    : Object.fromEntries([...grouped].map(([name, values]) => [name, values.at(-1) ?? '']));
}

function allOf(grouped: ReadonlyMap<string, readonly string[]>): Record<string, readonly string[]> | null {
  return grouped.size === 0 ? null : Object.fromEntries(grouped);
}
