import { once } from 'node:events';
import { Agent, createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import fc from 'fast-check';
import { createGateway, type GatewayOptions } from '../../emulator/api-gateway/gateway.ts';
import type { TemplateStack } from '../../emulator/template/resources.ts';
import { lambda, lambdas, request, serve, synthesizeStack, TARGET } from './api-gateway-fixture.ts';

const functions = lambdas({ backend: (event) => ({ statusCode: 200, body: JSON.stringify(event) }) });
const faults: unknown[] = [];
let stacks: readonly TemplateStack[];
let server: Awaited<ReturnType<typeof serve>>;

const options = (): GatewayOptions => ({
  ...TARGET,
  stacks,
  invoke: functions.invoke,
  accessLog: () => {},
  now: () => new Date(),
  onFault: (error) => faults.push(error),
});

beforeAll(async () => {
  stacks = synthesizeStack((stack) => {
    const backend = lambda(stack, 'backend');
    const rest = new RestApi(stack, 'Rest', { restApiName: 'rest', deployOptions: { stageName: 'live' } });
    rest.root.addMethod('ANY', new LambdaIntegration(backend));
    rest.root.addProxy({ defaultIntegration: new LambdaIntegration(backend) });
    new HttpApi(stack, 'Http', {
      apiName: 'http',
      defaultIntegration: new HttpLambdaIntegration('Backend', backend),
    });
  });
  server = await serve(createGateway(options()).listener);
});
afterAll(() => server.close());
beforeEach(() => {
  functions.events.backend?.splice(0);
  faults.length = 0;
});

test('nothing that a client puts into a request is a fault of the gateway', async () => {
  const nasty = fc.constantFrom(
    '__proto__',
    'constructor',
    'hasOwnProperty',
    '%',
    '%ff',
    '%00',
    '//',
    '..',
    ';',
    '?',
    '=',
    '&',
    '+',
    '$context.x',
    '{proxy+}',
    '*',
    'é',
  );
  const text = fc
    .array(fc.oneof(nasty, fc.string({ maxLength: 5 })), { maxLength: 6 })
    .map((parts) => parts.join('/'));
  const target = fc.tuple(fc.constantFrom('/rest/live/', '/http/'), text, text).map(([base, path, query]) => {
    const raw = `${base}${path}?${query}`;
    // What can't stand in a request line never reaches the gateway.
    return raw.replace(/[^\x21-\x7e]/g, '');
  });
  const header = fc.tuple(
    fc.constantFrom(
      '__proto__',
      'constructor',
      'Cookie',
      'X-Forwarded-For',
      'Accept',
      'Content-Type',
      'X-Amzn-Trace-Id',
      'Origin',
    ),
    fc.string({ maxLength: 20 }).map((value) => value.replace(/[^\x20-\x7e]/g, '')),
  );
  const method = fc.constantFrom('GET', 'POST', 'OPTIONS', 'HEAD', 'DELETE', 'TRACE', 'PROPFIND');
  await fc.assert(
    fc.asyncProperty(target, fc.array(header, { maxLength: 4 }), method, async (path, headers, verb) => {
      const { status } = await request(server.port, verb, path, Object.fromEntries(headers));
      expect([200, 400, 403, 404]).toContain(status);
      expect(faults).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('header and parameter names that objects inherit are ordinary names', async () => {
  const { body } = await request(server.port, 'GET', '/rest/live/x?__proto__=1&constructor=2', {
    __proto__x: '3',
  });
  const event = JSON.parse(body);
  expect(Object.entries(event.queryStringParameters)).toEqual([
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
});

test('names of headers reach a REST API as they were sent, and an HTTP API in lower case', async () => {
  const send = async (path: string) =>
    JSON.parse((await request(server.port, 'GET', path, { 'X-MiXed': 'v' })).body).headers;
  expect(await send('/rest/live/x')).toHaveProperty('X-MiXed', 'v');
  expect(await send('/http/x')).toHaveProperty('x-mixed', 'v');
});

test.each([
  ['/rest/live/x', { message: 'Request Header Fields Too Large' }],
  ['/http/x', { message: 'Request Header Fields Too Large' }],
])('headers of more than 10,240 bytes are refused: %s', async (path, message) => {
  const fits = await request(server.port, 'GET', path, { 'x-large': 'a'.repeat(10_000) });
  expect(fits.status).toBe(200);
  const { status, body } = await request(server.port, 'GET', path, { 'x-large': 'a'.repeat(10_241) });
  expect([status, JSON.parse(body)]).toEqual([431, message]);
});

test('an HTTP API refuses more than 10 MB with its own body', async () => {
  const response = await fetch(`${server.url}/http/x`, {
    method: 'POST',
    body: Buffer.alloc(10 * 1024 * 1024 + 1),
  });
  expect([response.status, await response.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
});

test('a connection serves one request after another', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    const outgoing = httpRequest({ host: '127.0.0.1', port: server.port, path: '/http/x', agent }).end();
    const [response] = await once(outgoing, 'response');
    response.resume();
    await once(response, 'end');
    ports.push(outgoing.socket?.localPort);
  }
  agent.destroy();
  expect(new Set(ports).size).toBe(1);
});

describe('a client that goes away', () => {
  test('in the middle of its body causes no call and no fault', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const accepted = once(server.server, 'request');
    socket.write('POST /http/x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
    const [incoming] = await accepted;
    const closed = new Promise((resolve) => incoming.once('close', resolve));
    socket.destroy();
    await closed;
    expect((await request(server.port, 'GET', '/http/y')).status).toBe(200);
    expect(functions.events.backend).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  test('while its function works causes no fault', async () => {
    let finish = () => {};
    const called = new Promise<void>((resolve) => {
      functions.handlers.backend = () => {
        resolve();
        return new Promise((done) => {
          finish = () => done({ statusCode: 200, body: 'late' });
        });
      };
    });
    const socket = connect(server.port, '127.0.0.1');
    const accepted = once(server.server, 'request');
    socket.write('GET /http/x HTTP/1.1\r\nHost: a\r\n\r\n');
    const [, response] = await accepted;
    await called;
    const closed = once(response, 'close');
    socket.destroy();
    await closed;
    finish();
    functions.handlers.backend = () => ({ statusCode: 200, body: 'next' });
    expect((await request(server.port, 'GET', '/http/x')).body).toBe('next');
    expect(faults).toEqual([]);
  });
});

describe('the source address', () => {
  test('is the one that the creator says', async () => {
    const own = await serve(createGateway({ ...options(), sourceIp: () => '203.0.113.9' }).listener);
    functions.handlers.backend = (event) => ({ statusCode: 200, body: event.requestContext.http.sourceIp });
    const response = await fetch(`${own.url}/http/x`, { headers: { 'x-forwarded-for': '198.51.100.1' } });
    expect(await response.text()).toBe('203.0.113.9');
    await own.close();
  });

  test('of an IPv4 client of a dual-stack server is an IPv4 address', async () => {
    functions.handlers.backend = (event) => ({ statusCode: 200, body: event.requestContext.http.sourceIp });
    const own = createGateway(options());
    const dual = createServer(own.listener);
    await new Promise<void>((resolve) => dual.listen(0, '::', resolve));
    const address = dual.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect((await request(port, 'GET', '/http/x')).body).toBe('127.0.0.1');
    dual.closeAllConnections();
    await new Promise((resolve) => dual.close(resolve));
  });
});

test('asking for an API that is not there says which there are', () => {
  expect(() => createGateway(options()).listenerFor('orders')).toThrow(
    /named orders; the templates have: rest, http/,
  );
});
