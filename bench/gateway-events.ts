import type { GatewayEvent } from '../functions/authorizer/gateway-event.ts';

/** As API Gateway sends it for an HTTP API, payload format 2.0, from a plain HTTP client. */
export function httpEvent(key: string): GatewayEvent & Record<string, unknown> {
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: 'arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/$default/GET/v1/orders/7',
    identitySource: null,
    routeKey: 'ANY /v1/{proxy+}',
    rawPath: '/v1/orders/7',
    rawQueryString: '',
    headers: {
      accept: '*/*',
      'content-length': '0',
      host: 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com',
      'user-agent': 'curl/8.7.1',
      'x-amzn-trace-id': 'Root=1-665b0a80-0123456789abcdef01234567',
      'x-api-key': key,
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      'x-tn': 'tenant_acme',
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'a1b2c3d4e5',
      domainName: 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com',
      domainPrefix: 'a1b2c3d4e5',
      http: {
        method: 'GET',
        path: '/v1/orders/7',
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'curl/8.7.1',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: 'ANY /v1/{proxy+}',
      stage: '$default',
      time: '01/Jun/2026:12:00:00 +0000',
      timeEpoch: 1780315200000,
    },
    pathParameters: { proxy: 'orders/7' },
  } as GatewayEvent & Record<string, unknown>;
}

/** As API Gateway sends it for a REST API's REQUEST authorizer. */
export function restEvent(key: string): GatewayEvent & Record<string, unknown> {
  const headers = {
    Accept: '*/*',
    Host: 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com',
    'User-Agent': 'curl/8.7.1',
    'X-Amzn-Trace-Id': 'Root=1-665b0a80-0123456789abcdef01234567',
    'x-api-key': key,
    'X-Forwarded-For': '203.0.113.7',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
    'x-tn': 'tenant_acme',
  };
  return {
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/sandbox/GET/v1/orders/7',
    resource: '/v1/{proxy+}',
    path: '/v1/orders/7',
    httpMethod: 'GET',
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    pathParameters: { proxy: 'orders/7' },
    stageVariables: {},
    requestContext: {
      resourceId: 'abc123',
      resourcePath: '/v1/{proxy+}',
      httpMethod: 'GET',
      extendedRequestId: 'JKJaXmPLvHcESHA=',
      requestTime: '01/Jun/2026:12:00:00 +0000',
      path: '/sandbox/v1/orders/7',
      accountId: '123456789012',
      protocol: 'HTTP/1.1',
      stage: 'sandbox',
      domainPrefix: 'a1b2c3d4e5',
      requestTimeEpoch: 1780315200000,
      requestId: '79437dd0-3316-4b5c-9e2e-2b1d5b3b6c2a',
      identity: { sourceIp: '203.0.113.7', userAgent: 'curl/8.7.1' },
      domainName: 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com',
      apiId: 'a1b2c3d4e5',
    },
  } as GatewayEvent & Record<string, unknown>;
}
