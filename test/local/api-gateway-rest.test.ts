import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Duration, type Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  IdentitySource,
  LambdaIntegration,
  LogGroupLogDestination,
  RequestAuthorizer,
  ResponseType,
  RestApi,
  TokenAuthorizer,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { createGateway } from '../../local/api-gateway/gateway.ts';
import { lambda, lambdas, serve, synthesizeStack, TARGET } from './api-gateway-fixture.ts';

const allow = (resource: string, context?: object) => ({
  principalId: 'someone',
  policyDocument: { Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource }] },
  ...(context ? { context } : {}),
});
const echo = (event: unknown) => ({ statusCode: 200, body: JSON.stringify(event) });

function build(stack: Stack): void {
  const backend = new LambdaIntegration(lambda(stack, 'backend'));
  const slow = new LambdaIntegration(lambda(stack, 'slow'), { timeout: Duration.millis(50) });
  const authorizerFunction = lambda(stack, 'authorizer');
  const uncached = new RequestAuthorizer(stack, 'Uncached', {
    handler: authorizerFunction,
    identitySources: [IdentitySource.header('x-api-key')],
    resultsCacheTtl: Duration.seconds(0),
  });
  const cached = new RequestAuthorizer(stack, 'Cached', {
    handler: authorizerFunction,
    identitySources: [
      IdentitySource.header('x-api-key'),
      IdentitySource.queryString('tenant'),
      IdentitySource.context('httpMethod'),
      IdentitySource.stageVariable('color'),
    ],
    resultsCacheTtl: Duration.seconds(60),
  });
  const token = new TokenAuthorizer(stack, 'Token', {
    handler: authorizerFunction,
    validationRegex: 'Bearer .+',
    resultsCacheTtl: Duration.seconds(0),
  });
  const api = new RestApi(stack, 'Orders', {
    restApiName: 'orders',
    binaryMediaTypes: ['image/png'],
    defaultCorsPreflightOptions: {
      allowOrigins: ['https://a.example', 'https://b.example'],
      allowMethods: ['GET', 'POST'],
      maxAge: Duration.minutes(5),
    },
    deployOptions: {
      stageName: 'live',
      variables: { color: 'green' },
      accessLogDestination: new LogGroupLogDestination(new LogGroup(stack, 'Logs')),
      accessLogFormat: AccessLogFormat.custom(
        '{"id":"$context.requestId","status":"$context.status","key":"$context.authorizer.keyId","path":"$context.path","agent":"$context.identity.userAgent","error":"$context.error.responseType"}',
      ),
      methodOptions: { '/limited/GET': { throttlingRateLimit: 1, throttlingBurstLimit: 2 } },
    },
  });
  const open = api.root.addResource('open');
  open.addMethod('GET', backend);
  open.addProxy({ defaultIntegration: backend });
  open.addResource('{id}').addResource('parts').addMethod('GET', backend);
  api.root.addResource('slow').addMethod('GET', slow);
  api.root.addResource('limited').addMethod('GET', backend);
  for (const [path, authorizer] of Object.entries({ v1: uncached, cached, token })) {
    const guarded = api.root.addResource(path);
    guarded.addMethod('ANY', backend, { authorizer });
    guarded.addProxy({ defaultIntegration: backend, defaultMethodOptions: { authorizer } });
  }
  api.addGatewayResponse('AccessDenied', {
    type: ResponseType.ACCESS_DENIED,
    responseHeaders: { 'x-code': 'context.authorizer.errorCode', 'x-asked': 'method.request.header.x-ask' },
    templates: {
      'application/json':
        '{"code":"$context.authorizer.errorCode","path":"$context.resourcePath","none":"$context.nothing"}',
    },
  });
  api.addGatewayResponse('Unauthorized', {
    type: ResponseType.UNAUTHORIZED,
    responseHeaders: { 'WWW-Authenticate': '\'Bearer realm="test"\'' },
    templates: { 'application/json': '{"error":"who"}' },
  });
  api.addGatewayResponse('Failure', { type: ResponseType.AUTHORIZER_FAILURE, statusCode: '503' });
}

const functions = lambdas({ backend: echo, authorizer: () => allow('*'), slow: () => new Promise(() => {}) });
const logged: string[] = [];
let now = new Date('2026-11-22T10:00:00Z');
let server: Awaited<ReturnType<typeof serve>>;
let url: string;

beforeAll(async () => {
  const gateway = createGateway({
    ...TARGET,
    stacks: synthesizeStack(build),
    invoke: functions.invoke,
    accessLog: (line) => logged.push(line),
    now: () => now,
    newRequestId: () => '00000000-0000-4000-8000-000000000001',
  });
  server = await serve(gateway.listener);
  url = `${server.url}/orders/live`;
});
afterAll(() => server.close());
beforeEach(() => {
  functions.handlers.backend = echo;
  functions.handlers.authorizer = () => allow('*');
  for (const events of Object.values(functions.events)) events.length = 0;
  logged.length = 0;
  now = new Date(now.getTime() + 3_600_000);
});

describe('a proxy integration', () => {
  test('hands the request to the function as the client sent it', async () => {
    const response = await fetch(`${url}/open/a%2Fb/c%20d?x=1&x=2&y=%20`, {
      method: 'POST',
      headers: { 'X-Custom': 'v', 'x-forwarded-for': '198.51.100.7', 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('x-amzn-requestid')).toBe('00000000-0000-4000-8000-000000000001');
    const event = JSON.parse(await response.text());
    expect(event).toMatchObject({
      resource: '/open/{proxy+}',
      path: '/open/a%2Fb/c%20d',
      httpMethod: 'POST',
      pathParameters: { proxy: 'a%2Fb/c%20d' },
      queryStringParameters: { x: '2', y: ' ' },
      multiValueQueryStringParameters: { x: ['1', '2'], y: [' '] },
      stageVariables: { color: 'green' },
      body: '{"a":1}',
      isBase64Encoded: false,
      requestContext: {
        path: '/live/open/a%2Fb/c%20d',
        resourcePath: '/open/{proxy+}',
        stage: 'live',
        accountId: '000000000000',
        identity: { sourceIp: '127.0.0.1' },
        protocol: 'HTTP/1.1',
      },
    });
    expect(event.headers['X-Forwarded-For']).toBe('198.51.100.7, 127.0.0.1');
    expect(event.requestContext).not.toHaveProperty('authorizer');
  });

  test('gives null for what is absent', async () => {
    const event = JSON.parse(await (await fetch(`${url}/open`)).text());
    expect(event).toMatchObject({ queryStringParameters: null, pathParameters: null, body: null });
  });
});
