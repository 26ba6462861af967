import type { GatewayEvent } from '../../functions/authorizer/gateway-event.ts';
import type { GraphqlEvent } from '../../functions/authorizer/graphql-event.ts';

/** What a caller sends, whatever API it is sent to. */
export interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
  readonly sourceIp?: string;
}

export const STAGE_ARN = 'arn:aws:execute-api:eu-central-1:000000000000:a1b2c3/sandbox';

/** The headers of a request with a key of tenant_acme. */
export function keyHeaders(key: string, tenantId = 'tenant_acme'): Record<string, string> {
  return { 'x-api-key': key, 'x-tn': tenantId, accept: 'application/json' };
}

/** The event of a REST API's REQUEST authorizer. */
export function restEvent({
  headers,
  method = 'GET',
  path = '/v1/orders/7',
  sourceIp = '203.0.113.7',
}: Sent): GatewayEvent {
  return {
    type: 'REQUEST',
    methodArn: `${STAGE_ARN}/${method}${path}`,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: { requestId: 'request-1', stage: 'sandbox', identity: { sourceIp } },
  };
}

/** The event of a REST API's TOKEN authorizer. */
export function tokenEvent(
  authorizationToken: string,
  { method = 'GET', path = '/v1/orders/7' } = {},
): GatewayEvent {
  return { type: 'TOKEN', methodArn: `${STAGE_ARN}/${method}${path}`, authorizationToken };
}

/** The event of an HTTP API's authorizer in payload format 2.0. */
export function httpEvent({
  headers,
  method = 'GET',
  path = '/v1/orders/7',
  sourceIp = '203.0.113.7',
}: Sent): GatewayEvent {
  return {
    type: 'REQUEST',
    version: '2.0',
    rawPath: `/sandbox${path}`,
    headers,
    requestContext: { requestId: 'request-1', stage: 'sandbox', http: { method, sourceIp } },
  };
}

/** The event of an HTTP API's authorizer in payload format 1.0. */
export function httpEventV1(sent: Sent): GatewayEvent {
  const { multiValueHeaders, ...event } = restEvent(sent);
  return { ...event, version: '1.0' };
}

/** The event of an AppSync API's authorizer. */
export function graphqlEvent(
  authorizationToken: string,
  { headers = { 'x-tn': 'tenant_acme' }, document }: { headers?: Record<string, string>; document?: string },
): GraphqlEvent {
  return {
    authorizationToken,
    requestHeaders: { accept: '*/*', 'x-forwarded-for': '203.0.113.7, 15.158.0.1', ...headers },
    requestContext: {
      requestId: 'request-1',
      ...(document !== undefined && { queryString: document }),
    },
  };
}

/** The event of a WebSocket API's `$connect`. */
export function connectEvent(sent: Sent): GatewayEvent {
  const { httpMethod, ...event } = restEvent(sent);
  return {
    ...event,
    methodArn: `${STAGE_ARN}/$connect`,
    requestContext: { ...event.requestContext, eventType: 'CONNECT' },
  };
}
