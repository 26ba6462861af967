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
import { createGateway } from '../../emulator/api-gateway/gateway.ts';
import { lambda, lambdas, request, serve, synthesizeStack, TARGET } from './api-gateway-fixture.ts';

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
  const items = api.root.addResource('items');
  items.addProxy({ defaultIntegration: backend });
  items.addResource('{id}').addResource('parts').addMethod('GET', backend);
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

describe("a function's answer", () => {
  test('keeps status, headers and every value of a header', async () => {
    functions.handlers.backend = () => ({
      statusCode: 201,
      headers: { 'X-One': 1, 'X-Two': 'replaced' },
      multiValueHeaders: { 'X-Two': ['a', 'b'], 'Set-Cookie': ['a=1', 'b=2'] },
      body: 'text',
    });
    const response = await fetch(`${url}/open`);
    expect(response.status).toBe(201);
    expect(response.headers.get('x-one')).toBe('1');
    expect(response.headers.get('x-two')).toBe('a, b');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('text');
  });

  test('comes under another name where API Gateway keeps a header for itself', async () => {
    functions.handlers.backend = () => ({ statusCode: 401, headers: { 'WWW-Authenticate': 'Basic' } });
    const response = await fetch(`${url}/open`);
    expect(response.headers.get('www-authenticate')).toBeNull();
    expect(response.headers.get('x-amzn-remapped-www-authenticate')).toBe('Basic');
  });

  test.each([
    ['nothing', undefined],
    ['text', 'hello'],
    ['no status', { body: 'x' }],
    ['a status that is no number', { statusCode: 'ok' }],
    ['an informational status', { statusCode: 101 }],
    ['a body that is an object', { statusCode: 200, body: { a: 1 } }],
    ['a header that can not be sent', { statusCode: 200, headers: { 'x-a': 'a\r\nx-b: b' } }],
    ['headers that are no map', { statusCode: 200, headers: [] }],
  ])('is a 502 when it is malformed: %s', async (_, answer) => {
    functions.handlers.backend = () => answer;
    const response = await fetch(`${url}/open`);
    expect(response.status).toBe(502);
    expect(response.headers.get('x-amzn-errortype')).toBe('InternalServerErrorException');
    expect(await response.json()).toEqual({ message: 'Internal server error' });
  });

  test('is a 502 when the function fails and a 504 when it takes too long', async () => {
    functions.handlers.backend = () => Promise.reject(new Error('boom'));
    expect((await fetch(`${url}/open`)).status).toBe(502);
    const late = await fetch(`${url}/slow`);
    expect(late.status).toBe(504);
    expect(await late.json()).toEqual({ message: 'Endpoint request timed out' });
  });

  test('is decoded from base64 only for a client that accepts a binary media type', async () => {
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]);
    functions.handlers.backend = () => ({
      statusCode: 200,
      isBase64Encoded: true,
      body: png.toString('base64'),
    });
    const binary = await fetch(`${url}/open`, { headers: { accept: 'image/png, */*' } });
    expect(Buffer.from(await binary.arrayBuffer())).toEqual(png);
    const text = await fetch(`${url}/open`, { headers: { accept: 'text/plain' } });
    expect(await text.text()).toBe(png.toString('base64'));
  });

  test('has no body for HEAD', async () => {
    const response = await fetch(`${url}/open/x`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect(await response.text()).toBe('');
  });
});

describe('a body', () => {
  test('reaches the function as base64 when its media type is declared binary', async () => {
    const bytes = Buffer.from([0, 255, 128]);
    const response = await fetch(`${url}/open/x`, {
      method: 'PUT',
      headers: { 'content-type': 'image/png' },
      body: bytes,
    });
    const event = JSON.parse(await response.text());
    expect(event).toMatchObject({ body: bytes.toString('base64'), isBase64Encoded: true });
  });

  test('of more than 10 MB is refused without a call', async () => {
    const response = await fetch(`${url}/open/x`, {
      method: 'POST',
      body: Buffer.alloc(10 * 1024 * 1024 + 1),
    });
    expect(response.status).toBe(413);
    expect(response.headers.get('x-amzn-errortype')).toBe('RequestTooLargeException');
    expect(functions.events.backend).toEqual([]);
  });

  test('of exactly 10 MB is passed on', async () => {
    functions.handlers.backend = (event) => ({ statusCode: 200, body: String(event.body.length) });
    const response = await fetch(`${url}/open/x`, {
      method: 'POST',
      body: Buffer.alloc(10 * 1024 * 1024, 'a'),
    });
    expect(await response.text()).toBe('10485760');
  });
});

describe('a path', () => {
  test.each([
    ['GET', '/open', '/open'],
    ['GET', '/open/', '/open'],
    ['GET', '/open/7', '/open/{proxy+}'],
    ['GET', '/items/7/parts', '/items/{id}/parts'],
    ['POST', '/items/7/parts/8', '/items/{proxy+}'],
    ['GET', '/open//7', '/open/{proxy+}'],
    ['GET', '/%6Fpen', '/open'],
  ])('%s %s leads to %s', async (method, path, resource) => {
    const response = await fetch(`${url}${path}`, { method });
    expect(JSON.parse(await response.text()).resource).toBe(resource);
  });

  test.each([
    ['GET', ''],
    ['GET', '/nothing'],
    ['POST', '/open'],
    ['POST', '/items/7/parts'],
    // The preflight's OPTIONS makes {id} a resource of its own, which hides {proxy+} from it.
    ['GET', '/items/7'],
    ['GET', '/OPEN'],
  ])('%s %s leads nowhere: 403 Missing Authentication Token', async (method, path) => {
    const { status, headers, body } = await request(server.port, method, `/orders/live${path}`);
    expect(status).toBe(403);
    expect(headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
    expect(JSON.parse(body)).toEqual({ message: 'Missing Authentication Token' });
  });

  test('is taken as it is, dots included', async () => {
    const { status, body } = await request(server.port, 'GET', '/orders/live/open/../slow');
    expect([status, JSON.parse(body).path]).toEqual([200, '/open/../slow']);
  });

  test.each(['/', '/orders', '/orders/dev/open', '/nobody/live/open', '//', '/%ff'])(
    '%s names no stage of an API: 403 Forbidden',
    async (path) => {
      const { status, headers } = await request(server.port, 'GET', path);
      expect([status, headers['x-amzn-errortype']]).toEqual([403, 'ForbiddenException']);
    },
  );
});

describe('a REQUEST authorizer', () => {
  test('without a cache is asked every time, identity source or not, with the whole request', async () => {
    await fetch(`${url}/v1/a%2Fb/c?q=1`, { headers: { 'X-Thing': 'x' } });
    await fetch(`${url}/v1/a%2Fb/c?q=1`);
    expect(functions.events.authorizer).toHaveLength(2);
    expect(functions.events.authorizer?.[0]).toMatchObject({
      type: 'REQUEST',
      methodArn: expect.stringMatching(
        /^arn:aws:execute-api:eu-central-1:000000000000:[a-z0-9]{10}\/live\/GET\/v1\/a%2Fb\/c$/,
      ),
      resource: '/v1/{proxy+}',
      path: '/v1/a%2Fb/c',
      httpMethod: 'GET',
      headers: { 'X-Thing': 'x' },
      queryStringParameters: { q: '1' },
      pathParameters: { proxy: 'a%2Fb/c' },
      stageVariables: { color: 'green' },
      requestContext: { stage: 'live', identity: { sourceIp: '127.0.0.1' } },
    });
  });

  test('gives empty maps, not nulls, for what is absent', async () => {
    await fetch(`${url}/v1`);
    expect(functions.events.authorizer?.[0]).toMatchObject({ queryStringParameters: {}, pathParameters: {} });
  });

  test('hands its context to the backend as text', async () => {
    functions.handlers.authorizer = () => allow('*', { text: 'a', number: 1.5, yes: true });
    const event = JSON.parse(await (await fetch(`${url}/v1`)).text());
    expect(event.requestContext.authorizer).toEqual({
      text: 'a',
      number: '1.5',
      yes: 'true',
      principalId: 'someone',
      integrationLatency: 0,
    });
  });

  test('that allows another path denies this one, with its context in the gateway response', async () => {
    functions.handlers.authorizer = (event) =>
      allow(event.methodArn.replace('/v1/x', '/v1/y'), { errorCode: 'no' });
    const response = await fetch(`${url}/v1/x`, { headers: { 'x-ask': 'why' } });
    expect(response.status).toBe(403);
    expect(response.headers.get('x-amzn-errortype')).toBe('AccessDeniedException');
    expect(response.headers.get('x-code')).toBe('no');
    expect(response.headers.get('x-asked')).toBe('why');
    expect(await response.json()).toEqual({ code: 'no', path: '/v1/{proxy+}', none: '' });
    expect(functions.events.backend).toEqual([]);
  });

  test('that throws exactly Unauthorized is a 401 with the declared response', async () => {
    functions.handlers.authorizer = () =>
      Promise.reject({ errorType: 'Error', errorMessage: 'Unauthorized' });
    const response = await fetch(`${url}/v1`);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="test"');
    expect(await response.json()).toEqual({ error: 'who' });
  });

  test.each(['unauthorized', 'Unauthorized.', '', 'Task timed out'])(
    'that throws %p is a failure',
    async (message) => {
      functions.handlers.authorizer = () => Promise.reject(new Error(message));
      const response = await fetch(`${url}/v1`);
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({ message: null });
    },
  );

  test.each([
    ['nothing', null],
    ['no principal', { policyDocument: { Statement: [] } }],
    ['no policy', { principalId: 'a' }],
    ['an object in its context', allow('*', { list: ['a'] })],
    ['null in its context', allow('*', { none: null })],
    [
      'a policy that is not understood',
      {
        principalId: 'a',
        policyDocument: { Statement: [{ Effect: 'Allow', NotAction: 'x', Resource: '*' }] },
      },
    ],
  ])('that returns %s is a configuration error', async (_, result) => {
    functions.handlers.authorizer = () => result;
    const response = await fetch(`${url}/v1`);
    expect(response.status).toBe(500);
    expect(response.headers.get('x-amzn-errortype')).toBe('AuthorizerConfigurationException');
  });

  test('is not asked for a path that does not exist, a preflight, or a method ARN that is too long', async () => {
    await fetch(`${url}/nothing`);
    await fetch(`${url}/v1`, { method: 'OPTIONS' });
    const long = await fetch(`${url}/v1/${'x'.repeat(1600)}`);
    expect(long.status).toBe(414);
    expect(functions.events.authorizer).toEqual([]);
  });
});

describe('a REQUEST authorizer with a cache', () => {
  const key = { 'x-api-key': 'k' };

  test.each([
    ['no header', '?tenant=t', {}],
    ['no query parameter', '', key],
    ['an empty header', '?tenant=t', { 'x-api-key': '' }],
  ])('is not asked when an identity source is missing: %s', async (_, query, headers) => {
    const response = await fetch(`${url}/cached${query}`, { headers: headers as Record<string, string> });
    expect(response.status).toBe(401);
    expect(functions.events.authorizer).toEqual([]);
  });

  test('is asked once for the same identity until its time is over', async () => {
    for (const path of ['/cached', '/cached/a', '/cached/b'])
      await fetch(`${url}${path}?tenant=t`, { headers: key });
    expect(functions.events.authorizer).toHaveLength(1);
    await fetch(`${url}/cached?tenant=u`, { headers: key });
    await fetch(`${url}/cached?tenant=t`, { headers: key, method: 'POST' });
    expect(functions.events.authorizer).toHaveLength(3);
    now = new Date(now.getTime() + 59_999);
    await fetch(`${url}/cached?tenant=t`, { headers: key });
    expect(functions.events.authorizer).toHaveLength(3);
    now = new Date(now.getTime() + 1);
    await fetch(`${url}/cached?tenant=t`, { headers: key });
    expect(functions.events.authorizer).toHaveLength(4);
  });

  test('has the kept policy evaluated for each path, and the kept context', async () => {
    functions.handlers.authorizer = (event) =>
      allow(event.methodArn.replace(/cached.*/, 'cached/a'), { errorCode: 'kept' });
    expect((await fetch(`${url}/cached/a?tenant=t`, { headers: key })).status).toBe(200);
    const denied = await fetch(`${url}/cached/b?tenant=t`, { headers: key });
    expect([denied.status, denied.headers.get('x-code')]).toEqual([403, 'kept']);
    expect(functions.events.authorizer).toHaveLength(1);
  });

  test('does not keep a failure', async () => {
    functions.handlers.authorizer = () => Promise.reject(new Error('Unauthorized'));
    expect((await fetch(`${url}/cached?tenant=t`, { headers: key })).status).toBe(401);
    functions.handlers.authorizer = () => allow('*');
    expect((await fetch(`${url}/cached?tenant=t`, { headers: key })).status).toBe(200);
  });
});

describe('a TOKEN authorizer', () => {
  test('gets the header and nothing else', async () => {
    await fetch(`${url}/token/x`, { headers: { authorization: 'Bearer abc' } });
    expect(functions.events.authorizer).toEqual([
      {
        type: 'TOKEN',
        authorizationToken: 'Bearer abc',
        methodArn: expect.stringMatching(/\/live\/GET\/token\/x$/),
      },
    ]);
  });

  test.each([undefined, '', 'Basic abc', 'x Bearer abc'])('is not asked about %p: 401', async (token) => {
    const response = await fetch(`${url}/token`, {
      headers: token === undefined ? {} : { authorization: token },
    });
    expect(response.status).toBe(401);
    expect(functions.events.authorizer).toEqual([]);
  });
});

describe('a preflight', () => {
  test.each([
    ['https://a.example', 'https://a.example'],
    ['https://b.example', 'https://b.example'],
    ['https://evil.example', 'https://a.example'],
    [undefined, 'https://a.example'],
  ])('from %p is answered by the mock integration', async (origin, allowed) => {
    const response = await fetch(`${url}/v1/x`, { method: 'OPTIONS', headers: origin ? { origin } : {} });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(allowed);
    expect(response.headers.get('access-control-allow-methods')).toBe('GET,POST');
    expect(response.headers.get('access-control-max-age')).toBe('300');
    expect(await response.text()).toBe('');
  });
});

describe('a stage', () => {
  test('throttles by burst and rate', async () => {
    const statuses = async (count: number) => {
      const list: number[] = [];
      for (let i = 0; i < count; i++) list.push((await fetch(`${url}/limited`)).status);
      return list;
    };
    expect(await statuses(3)).toEqual([200, 200, 429]);
    now = new Date(now.getTime() + 1000);
    expect(await statuses(2)).toEqual([200, 429]);
    expect((await fetch(`${url}/open`)).status).toBe(200);
  });

  test('logs one line for each request, escaped, with a hyphen for what is absent', async () => {
    functions.handlers.authorizer = () => allow('*', { keyId: 'key_1"2' });
    await fetch(`${url}/v1/x`, { headers: { 'user-agent': 'a"b\\c' } });
    await fetch(`${url}/nothing`, { headers: { 'user-agent': 'x' } });
    expect(logged.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        status: '200',
        key: 'key_1"2',
        path: '/live/v1/x',
        agent: 'a"b\\c',
        error: '-',
      }),
      expect.objectContaining({ status: '403', key: '-', error: 'MISSING_AUTHENTICATION_TOKEN' }),
    ]);
  });
});
