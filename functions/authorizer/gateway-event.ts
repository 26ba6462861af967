import type { AccessRequest } from '../../core/access/authorizer.ts';
import type { RouteAtHand } from '../../core/domain/decision/access-policy.ts';
import type { Headers } from '../../core/domain/decision/credentials.ts';
import { isCustomDomain, ownPath, withoutStage } from '../../core/domain/ground/own-path.ts';

/**
 * The events that API Gateway calls an authorizer with: REST API REQUEST and TOKEN, HTTP API payload 2.0
 * and 1.0, WebSocket `$connect`. Only the fields that are read.
 */
export interface GatewayEvent {
  readonly type: 'REQUEST' | 'TOKEN';
  readonly version?: '1.0' | '2.0';
  readonly methodArn?: string;
  readonly routeArn?: string;
  readonly routeKey?: string;
  readonly pathParameters?: Readonly<Record<string, string>> | null;
  readonly authorizationToken?: string;
  readonly httpMethod?: string;
  readonly rawPath?: string;
  readonly headers?: Headers | null;
  readonly multiValueHeaders?: Headers | null;
  readonly requestContext?: {
    readonly requestId?: string;
    readonly stage?: string;
    readonly eventType?: string;
    readonly domainName?: string;
    readonly identity?: { readonly sourceIp?: string };
    readonly http?: { readonly method: string; readonly sourceIp: string };
  };
}

/** What an authorizer is asked, and how the answer must be put. */
export interface AuthorizerRequest {
  readonly request: AccessRequest;
  /** The route that a policy must answer for; undefined where a simple response answers. */
  readonly route: RouteAtHand | undefined;
}

/** Opening a socket lets the client send, so by default it takes the permission `connect:write`. */
const CONNECT = { method: 'POST', path: '/connect' };

/**
 * Reads an event.
 * @throws TypeError for an event that no API Gateway authorizer is called with
 */
export function readGatewayEvent(event: GatewayEvent): AuthorizerRequest {
  if (event.version === '2.0') return { request: httpApiRequest(event), route: undefined };
  const route = splitMethodArn(event.methodArn);
  const { method, path } = route;
  if (event.type === 'TOKEN') {
    const headers = { authorization: event.authorizationToken };
    return {
      request: { headers, method, path, sourceIp: undefined, requestId: '', tenantHeaderVisible: false },
      route,
    };
  }
  const { requestContext } = event;
  const request: AccessRequest = {
    headers: event.multiValueHeaders ?? event.headers ?? {},
    ...(requestContext?.eventType === 'CONNECT' ? CONNECT : { method, path }),
    sourceIp: requestContext?.identity?.sourceIp,
    requestId: requestContext?.requestId ?? '',
    tenantHeaderVisible: true,
  };
  return { request, route };
}

function httpApiRequest(event: GatewayEvent): AccessRequest {
  const { http, requestId = '' } = event.requestContext ?? {};
  if (http === undefined) throw new TypeError('an HTTP API event has requestContext.http');
  return {
    headers: event.headers ?? {},
    method: http.method,
    path: httpApiPath(event),
    sourceIp: http.sourceIp,
    requestId,
    tenantHeaderVisible: true,
  };
}

/** What is no path at all is granted by `*:*` alone, as everything is that can be read in several ways. */
const UNKNOWN_PATH = '';

/**
 * `rawPath` begins with a named stage, and on a custom domain with a mapping, the stage, both or neither: there
 * the route says where the API's own path begins, and of requests to `$default` the ARN does.
 */
function httpApiPath(event: GatewayEvent): string {
  const { rawPath = '/', routeKey = '', routeArn, pathParameters, requestContext } = event;
  if (!isCustomDomain(requestContext?.domainName)) return withoutStage(rawPath, requestContext?.stage);
  const route = routeKey.split(' ')[1];
  if (route !== undefined) {
    return ownPath({ path: rawPath, route, parameters: pathParameters }) ?? UNKNOWN_PATH;
  }
  const { path } = splitMethodArn(routeArn);
  return path !== '' && rawPath.endsWith(path) ? path : UNKNOWN_PATH;
}

/**
 * `arn:…:{api}/{stage}/{method}/{path}`; the path may hold any characters, slashes included. A WebSocket's
 * is `…/{stage}/$connect`, its route key in the method's place.
 */
function splitMethodArn(arn = ''): RouteAtHand {
  const afterApi = arn.indexOf('/');
  const afterStage = arn.indexOf('/', afterApi + 1);
  if (afterApi === -1) throw new TypeError('an authorizer event has a methodArn or version 2.0');
  if (afterStage === -1) throw new TypeError('a methodArn has a stage and a method behind the API');
  const afterMethod = arn.indexOf('/', afterStage + 1);
  const end = afterMethod === -1 ? arn.length : afterMethod;
  return {
    stageArn: arn.slice(0, afterStage),
    method: arn.slice(afterStage + 1, end),
    path: arn.slice(end),
  };
}
