import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Duration, type Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnAuthorizer,
  type CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { createGateway } from '../../emulator/api-gateway/gateway.ts';
import { lambda, lambdas, request, serve, synthesizeStack, TARGET } from './api-gateway-fixture.ts';

const policy = (resource: string, context?: object) => ({
  principalId: 'someone',
  policyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: [resource] } },
  ...(context ? { context } : {}),
});
const echo = (event: unknown) => ({ statusCode: 200, body: JSON.stringify(event) });

function build(stack: Stack): void {
  const backend = lambda(stack, 'backend');
  const authorizer = lambda(stack, 'authorizer');
  const v2 = new HttpLambdaIntegration('V2', backend);
  const v1 = new HttpLambdaIntegration('V1', backend, {
    payloadFormatVersion: PayloadFormatVersion.VERSION_1_0,
  });
  const slow = new HttpLambdaIntegration('Slow', lambda(stack, 'slow'), { timeout: Duration.millis(50) });
  const api = new HttpApi(stack, 'Catalog', {
    apiName: 'catalog',
    corsPreflight: {
      allowOrigins: ['https://a.example'],
      allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST],
      allowHeaders: ['x-api-key'],
      exposeHeaders: ['x-shown'],
      allowCredentials: true,
      maxAge: Duration.seconds(600),
    },
  });
  const stage = new HttpStage(stack, 'Live', {
    httpApi: api,
    stageName: 'live',
    stageVariables: { color: 'green' },
    accessLogSettings: {
      destination: new LogGroupLogDestination(new LogGroup(stack, 'Logs')),
      format: AccessLogFormat.custom(
        '{"id":"$context.requestId","status":"$context.status","route":"$context.routeKey","key":"$context.authorizer.keyId","error":"$context.authorizer.error"}',
      ),
    },
    throttle: { rateLimit: 1, burstLimit: 1000 },
  });
  (stage.node.defaultChild as CfnStage).routeSettings = { 'GET /limited': { ThrottlingBurstLimit: 2 } };
  const simple = new HttpLambdaAuthorizer('Simple', authorizer, {
    responseTypes: [HttpLambdaResponseType.SIMPLE],
    identitySource: [],
    resultsCacheTtl: Duration.seconds(0),
  });
  const iam = new HttpLambdaAuthorizer('Iam', authorizer, {
    responseTypes: [HttpLambdaResponseType.IAM],
    identitySource: ['$request.header.X-Api-Key', '$request.querystring.tenant'],
    resultsCacheTtl: Duration.seconds(60),
  });
  const old = new HttpLambdaAuthorizer('Old', authorizer, {
    responseTypes: [HttpLambdaResponseType.IAM],
    identitySource: ['$request.header.x-api-key', '$context.routeKey', '$stageVariables.color'],
    resultsCacheTtl: Duration.seconds(0),
  });
  const GET = [HttpMethod.GET];
  api.addRoutes({ path: '/open', methods: GET, integration: v2 });
  api.addRoutes({ path: '/open/{proxy+}', methods: [HttpMethod.ANY], integration: v2 });
  api.addRoutes({ path: '/open/{id}', methods: GET, integration: v2 });
  api.addRoutes({ path: '/open/first', methods: GET, integration: v2 });
  api.addRoutes({ path: '/old/{proxy+}', methods: [HttpMethod.ANY], integration: v1 });
  api.addRoutes({ path: '/limited', methods: GET, integration: v2 });
  api.addRoutes({ path: '/slow', methods: GET, integration: slow });
  api.addRoutes({ path: '/simple', methods: GET, integration: v2, authorizer: simple });
  api.addRoutes({ path: '/simple-old', methods: GET, integration: v1, authorizer: simple });
  api.addRoutes({ path: '/any', methods: [HttpMethod.ANY], integration: v2, authorizer: simple });
  api.addRoutes({ path: '/iam/{proxy+}', methods: GET, integration: v2, authorizer: iam });
  api.addRoutes({ path: '/iam-old', methods: GET, integration: v2, authorizer: old });
  // CDK asks for format 1.0 wherever the answer is a policy.
  const authorizers = stack.node.findAll().filter((node) => node instanceof CfnAuthorizer);
  for (const authorizer of authorizers) {
    if (authorizer.name === 'Iam') authorizer.authorizerPayloadFormatVersion = '2.0';
  }
}

const functions = lambdas({
  backend: echo,
  authorizer: () => ({ isAuthorized: true }),
  slow: () => new Promise(() => {}),
});
const logged: string[] = [];
let now = new Date('2026-11-22T10:00:00Z');
let named: Awaited<ReturnType<typeof serve>>;
let root: Awaited<ReturnType<typeof serve>>;
let url: string;

beforeAll(async () => {
  const gateway = createGateway({
    ...TARGET,
    stacks: synthesizeStack(build),
    invoke: functions.invoke,
    accessLog: (line) => logged.push(line),
    now: () => now,
  });
  named = await serve(gateway.listener);
  root = await serve(gateway.listenerFor('catalog'));
  url = `${named.url}/catalog/live`;
});
afterAll(async () => {
  await named.close();
  await root.close();
});
beforeEach(() => {
  functions.handlers.backend = echo;
  functions.handlers.authorizer = () => ({ isAuthorized: true });
  for (const events of Object.values(functions.events)) events.length = 0;
  logged.length = 0;
  now = new Date(now.getTime() + 3_600_000);
});

async function json(response: Response | Promise<Response>) {
  return JSON.parse(await (await response).text());
}

describe('payload format 2.0', () => {
  test('joins what occurs twice, takes cookies out and decodes the path', async () => {
    const { body } = await request(named.port, 'POST', '/catalog/live/open/a%20b?x=1&x=2&y=%2B', {
      'X-Custom': ['a', 'b'],
      Cookie: 'one=1; two=2',
      'User-Agent': 'agent',
    });
    const event = JSON.parse(body);
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /open/{proxy+}',
      rawPath: '/live/open/a b',
      rawQueryString: 'x=1&x=2&y=%2B',
      cookies: ['one=1', 'two=2'],
      headers: { 'x-custom': 'a,b', 'x-forwarded-for': '127.0.0.1' },
      queryStringParameters: { x: '1,2', y: '+' },
      pathParameters: { proxy: 'a b' },
      stageVariables: { color: 'green' },
      isBase64Encoded: false,
      requestContext: {
        accountId: '000000000000',
        routeKey: 'ANY /open/{proxy+}',
        stage: 'live',
        http: {
          method: 'POST',
          path: '/live/open/a b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'agent',
        },
        time: expect.stringMatching(/^22\/Nov\/2026:\d\d:00:00 \+0000$/),
      },
    });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event).not.toHaveProperty('body');
    expect(event.requestContext).not.toHaveProperty('authorizer');
  });

  test('leaves out what is empty', async () => {
    const event = await json(fetch(`${root.url}/open`));
    for (const name of ['cookies', 'queryStringParameters', 'pathParameters', 'stageVariables', 'body']) {
      expect(event).not.toHaveProperty(name);
    }
    expect(event).toMatchObject({
      rawPath: '/open',
      rawQueryString: '',
      requestContext: { stage: '$default' },
    });
  });

  test.each([
    ['application/json', '{"a":1}', false],
    ['text/plain; charset=utf-8', 'é', false],
    ['application/problem+json', '{}', false],
    ['application/x-www-form-urlencoded', 'a=1', true],
    ['application/octet-stream', 'bytes', true],
  ])('a body of %s', async (type, body, isBase64Encoded) => {
    const event = await json(
      fetch(`${url}/open/x`, { method: 'POST', headers: { 'content-type': type }, body }),
    );
    expect(event.isBase64Encoded).toBe(isBase64Encoded);
    expect(Buffer.from(event.body, isBase64Encoded ? 'base64' : 'utf8').toString()).toBe(body);
  });

  test.each([
    ['an object', { a: 1 }, 'application/json', '{"a":1}'],
    ['text', 'hello', 'application/json', 'hello'],
    ['a list', [1], 'application/json', '[1]'],
    ['a status and text', { statusCode: '200', body: 'hello' }, 'text/plain;charset=UTF-8', 'hello'],
    ['base64', { statusCode: 200, body: 'aGk=', isBase64Encoded: true }, 'text/plain;charset=UTF-8', 'hi'],
  ])('an answer that is %s', async (_, answer, type, body) => {
    functions.handlers.backend = () => answer;
    const response = await fetch(`${url}/open`);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      type,
      body,
    ]);
    expect(response.headers.get('apigw-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('an answer sets headers and cookies', async () => {
    functions.handlers.backend = () => ({
      statusCode: 401,
      headers: { 'WWW-Authenticate': 'Bearer', 'Content-Type': 'a/b', Connection: 'close', 'X-N': 5 },
      cookies: ['a=1; Path=/', 'b=2'],
    });
    const { status, headers } = await request(named.port, 'GET', '/catalog/live/open');
    expect(status).toBe(401);
    expect(headers).toMatchObject({ 'www-authenticate': 'Bearer', 'content-type': 'a/b', 'x-n': '5' });
    expect(headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2']);
  });

  test.each([
    ['a body that is an object', { statusCode: 200, body: {} }],
    ['a status out of range', { statusCode: 99 }],
    ['a header that is an object', { statusCode: 200, headers: { a: {} } }],
    ['cookies that are no list', { statusCode: 200, cookies: 'a=1' }],
    ['a cookie that can not be sent', { statusCode: 200, cookies: ['a=\n'] }],
  ])('a malformed answer is a 500: %s', async (_, answer) => {
    functions.handlers.backend = () => answer;
    const response = await fetch(`${url}/open`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: 'Internal Server Error' });
  });

  test('a function that fails is a 500, one that takes too long a 503', async () => {
    functions.handlers.backend = () => Promise.reject(new Error('boom'));
    expect((await fetch(`${url}/open`)).status).toBe(500);
    const late = await fetch(`${url}/slow`);
    expect([late.status, await late.json()]).toEqual([503, { message: 'Service Unavailable' }]);
  });
});

test('payload format 1.0 has lower-case headers, the decoded path and the stage', async () => {
  const event = await json(fetch(`${url}/old/a%20b?x=1`, { headers: { 'X-Custom': 'v', Cookie: 'a=1' } }));
  expect(event).toMatchObject({
    version: '1.0',
    resource: '/old/{proxy+}',
    path: '/live/old/a b',
    httpMethod: 'GET',
    headers: { 'x-custom': 'v', cookie: 'a=1' },
    multiValueHeaders: { 'x-custom': ['v'] },
    pathParameters: { proxy: 'a b' },
    requestContext: { path: '/live/old/a b', stage: 'live' },
    body: null,
  });
});

describe('routing', () => {
  test.each([
    ['GET', '/open', 'GET /open'],
    ['GET', '/open/first', 'GET /open/first'],
    ['GET', '/open/second', 'GET /open/{id}'],
    ['POST', '/open/second', 'ANY /open/{proxy+}'],
    ['GET', '/open/a/b', 'ANY /open/{proxy+}'],
    ['GET', '/open/a%2Fb', 'ANY /open/{proxy+}'],
    ['GET', '/open/first%3Fx=1', 'GET /open/first'],
  ])('%s %s takes %s', async (method, path, key) => {
    expect((await json(fetch(`${url}${path}`, { method }))).routeKey).toBe(key);
  });

  test.each([
    ['GET', '/nothing', 404],
    ['POST', '/open', 404],
    ['GET', '/open/', 404],
    ['GET', '/', 404],
    ['GET', '/open/%ff', 400],
    ['GET', '/open/%', 400],
  ])('%s %s takes none: %i', async (method, path, status) => {
    const response = await request(named.port, method, `/catalog/live${path}`);
    expect(response.status).toBe(status);
    expect(JSON.parse(response.body)).toEqual({ message: status === 404 ? 'Not Found' : 'Bad Request' });
  });

  test('the default stage is at the root, named stages below their name', async () => {
    expect((await json(fetch(`${root.url}/open`))).requestContext.stage).toBe('$default');
    expect((await json(fetch(`${root.url}/live/open`))).requestContext.stage).toBe('live');
    expect((await json(fetch(`${named.url}/catalog/open`))).requestContext.stage).toBe('$default');
  });
});

describe('a Lambda authorizer, format 2.0, simple', () => {
  test('is asked about the request and lets its context through as it is', async () => {
    const context = { text: 'a', number: 1, yes: true, list: ['a'], map: { a: 1 } };
    functions.handlers.authorizer = () => ({ isAuthorized: true, context });
    const event = await json(fetch(`${url}/simple?x=1`));
    expect(event.requestContext.authorizer).toEqual({ lambda: context });
    expect(functions.events.authorizer?.[0]).toMatchObject({
      version: '2.0',
      type: 'REQUEST',
      routeArn: expect.stringMatching(
        /^arn:aws:execute-api:eu-central-1:000000000000:[a-z0-9]+\/live\/GET\/simple$/,
      ),
      identitySource: null,
      routeKey: 'GET /simple',
      rawPath: '/live/simple',
      rawQueryString: 'x=1',
      requestContext: { http: { method: 'GET', sourceIp: '127.0.0.1' }, stage: 'live' },
    });
  });

  test('lets its context through to a 1.0 integration too', async () => {
    functions.handlers.authorizer = () => ({ isAuthorized: true, context: { a: 1 } });
    expect((await json(fetch(`${url}/simple-old`))).requestContext.authorizer).toEqual({ a: 1 });
  });

  test.each([
    ['denies', { isAuthorized: false }, 403, 'Forbidden'],
    ['throws Unauthorized', new Error('Unauthorized'), 401, 'Unauthorized'],
    ['throws anything else', new Error('boom'), 500, 'Internal Server Error'],
    ['returns nothing', null, 500, 'Internal Server Error'],
    ['returns text for a decision', { isAuthorized: 'true' }, 500, 'Internal Server Error'],
    ['returns a policy', policy('*'), 500, 'Internal Server Error'],
    [
      'returns more than 8 KB',
      { isAuthorized: true, context: { a: 'x'.repeat(9000) } },
      500,
      'Internal Server Error',
    ],
  ])('that %s', async (_, answer, status, message) => {
    functions.handlers.authorizer = () => (answer instanceof Error ? Promise.reject(answer) : answer);
    const response = await fetch(`${url}/simple`);
    expect([response.status, await response.json()]).toEqual([status, { message }]);
    expect(functions.events.backend).toEqual([]);
  });
});

describe('a Lambda authorizer, format 2.0, policy, cached', () => {
  const ask = (path: string, headers: Record<string, string> = { 'x-api-key': 'k' }) =>
    fetch(`${url}${path}`, { headers });

  test('is given its identity sources and asked once for them', async () => {
    functions.handlers.authorizer = (event) =>
      policy(event.routeArn.replace(/iam.*/, 'iam/a*'), { keyId: 'key_1' });
    expect((await ask('/iam/a?tenant=t')).status).toBe(200);
    expect((await ask('/iam/ab?tenant=t')).status).toBe(200);
    expect((await ask('/iam/b?tenant=t')).status).toBe(403);
    expect(functions.events.authorizer).toHaveLength(1);
    expect(functions.events.authorizer?.[0].identitySource).toEqual(['k', 't']);
    await ask('/iam/a?tenant=u');
    now = new Date(now.getTime() + 60_000);
    await ask('/iam/a?tenant=t');
    expect(functions.events.authorizer).toHaveLength(3);
  });

  test.each(['/iam/a', '/iam/a?tenant='])('is not asked about %s, which lacks one: 401', async (path) => {
    const response = await ask(path);
    expect([response.status, await response.json()]).toEqual([401, { message: 'Unauthorized' }]);
    expect(functions.events.authorizer).toEqual([]);
  });

  test('that returns a simple response instead is a 500', async () => {
    expect((await ask('/iam/a?tenant=t')).status).toBe(500);
  });
});

test('a Lambda authorizer, format 1.0, gets its identity sources joined and answers with a policy', async () => {
  functions.handlers.authorizer = (event) => policy(event.methodArn, { n: 1 });
  const event = await json(fetch(`${url}/iam-old`, { headers: { 'x-api-key': 'k' } }));
  expect(event.requestContext.authorizer).toEqual({ lambda: { n: 1 } });
  expect(functions.events.authorizer?.[0]).toMatchObject({
    version: '1.0',
    type: 'REQUEST',
    identitySource: 'k,GET /iam-old,green',
    authorizationToken: 'k,GET /iam-old,green',
    methodArn: expect.stringMatching(/\/live\/GET\/iam-old$/),
    resource: '/iam-old',
    pathParameters: {},
  });
});

describe('CORS', () => {
  const preflight = (origin: string, path = '/open') =>
    fetch(`${url}${path}`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET' },
    });

  test('preflights are answered by the gateway', async () => {
    const response = await preflight('https://a.example');
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'https://a.example',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'x-api-key',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '600',
    });
    expect(functions.events.backend).toEqual([]);
  });

  test('another origin gets no permission', async () => {
    const response = await preflight('https://b.example');
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a route that takes OPTIONS itself comes first, with its authorizer', async () => {
    functions.handlers.authorizer = () => ({ isAuthorized: false });
    expect((await preflight('https://a.example', '/any')).status).toBe(403);
    functions.handlers.authorizer = () => ({ isAuthorized: true });
    const response = await preflight('https://a.example', '/any');
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://a.example');
    expect(response.headers.get('access-control-allow-methods')).toBe('GET,POST');
  });

  test("the gateway's own refusals can be read by a page too", async () => {
    const response = await fetch(`${url}/nothing`, { headers: { origin: 'https://a.example' } });
    expect(response.status).toBe(404);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://a.example');
    expect(response.headers.get('access-control-expose-headers')).toBe('x-shown');
  });

  test("answers carry the API's headers and not the function's", async () => {
    functions.handlers.backend = () => ({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' } });
    const headers = async (origin: string) =>
      (await fetch(`${url}/open`, { headers: { origin } })).headers.get('access-control-allow-origin');
    expect(await headers('https://a.example')).toBe('https://a.example');
    expect(await headers('https://b.example')).toBeNull();
  });
});

test("a route's own throttle settings come before the stage's", async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) statuses.push((await fetch(`${url}/limited`)).status);
  expect(statuses).toEqual([200, 200, 429]);
  now = new Date(now.getTime() + 1000);
  expect((await fetch(`${url}/limited`)).status).toBe(200);
  const refused = await fetch(`${url}/limited`);
  expect(await refused.json()).toEqual({ message: 'Too Many Requests' });
});

test('access logs tell the route, the authorizer context and its error', async () => {
  functions.handlers.authorizer = () => ({ isAuthorized: true, context: { keyId: 'key_1' } });
  await fetch(`${url}/simple`);
  functions.handlers.authorizer = () => Promise.reject(new Error('bo"om'));
  await fetch(`${url}/simple`);
  await fetch(`${url}/nothing`);
  expect(logged.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ status: '200', route: 'GET /simple', key: 'key_1', error: '-' }),
    expect.objectContaining({ status: '500', route: 'GET /simple', key: '-', error: 'bo"om' }),
    expect.objectContaining({ status: '404', route: '-', key: '-', error: '-' }),
  ]);
});
