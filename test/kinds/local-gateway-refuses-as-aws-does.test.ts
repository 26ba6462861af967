import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { LambdaIntegration, RequestAuthorizer, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { createGateway } from '../../emulator/api-gateway/gateway.ts';
import { type LambdaFunction, startFunction } from '../../emulator/lambda.ts';
import { lambda, serve, synthesizeStack, TARGET, type TestHandler } from '../emulator/api-gateway-fixture.ts';

const KB = 1024;
const MB = 1024 * KB;

/** A function of a bundle, whose handler has this body. */
function functionOf(folder: string, body: string): LambdaFunction {
  const bundle = join(mkdtempSync(join(folder, 'lambda-')), 'index.js');
  writeFileSync(bundle, `exports.handler = async (event) => { ${body} };`);
  const options = { bundle, environment: {}, timeoutSeconds: 5, instances: 1, log: () => undefined };
  return startFunction({ name: 'tested', ...options });
}

describe('Lambda', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-limits-'));
  const sized = functionOf(folder, "return event.answer ? 'x'.repeat(event.answer - 2) : 'taken';");
  afterAll(async () => {
    await sized.stop();
    rmSync(folder, { recursive: true });
  });
  /** An event of that many bytes as JSON. */
  const eventOf = (bytes: number) => 'x'.repeat(bytes - 2);

  test('takes events of 6 MB, and of 1 MB where nobody waits', async () => {
    expect(await sized.invoke(eventOf(6_291_456))).toBe('taken');
    expect(await sized.invoke(eventOf(MB), 'Event')).toBe('taken');
    await expect(sized.invoke(eventOf(6_291_457))).rejects.toMatchObject({
      errorType: 'RequestEntityTooLargeException',
      errorMessage: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
    });
    await expect(sized.invoke(eventOf(MB + 1), 'Event')).rejects.toMatchObject({
      errorType: 'RequestEntityTooLargeException',
      errorMessage: '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    });
  });

  test('gives results of 6 MB, and fails where a handler returns more', async () => {
    expect(await sized.invoke({ answer: 6_291_556 })).toHaveLength(6_291_554);
    await expect(sized.invoke({ answer: 6_291_557 })).rejects.toMatchObject({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    });
    expect(await sized.invoke({})).toBe('taken');
  });
});

describe('API Gateway', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-limits-'));
  const backend = functionOf(
    folder,
    "return { statusCode: 200, body: 'x'.repeat(Number(event.headers['x-answer'] ?? 0)) };",
  );
  /** How large the context is that authorizers give. */
  let contextBytes = 0;
  const policy = (event: { methodArn: string }) => ({
    principalId: 'p',
    policyDocument: {
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: event.methodArn }],
    },
  });
  const authorizers: Record<string, TestHandler> = {
    simple: () => ({ isAuthorized: true, context: { x: 'x'.repeat(contextBytes) } }),
    policy: (event) => ({ ...policy(event), context: { x: 'x'.repeat(contextBytes) } }),
  };
  let gateway: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    const stacks = synthesizeStack((stack) => {
      const function_ = lambda(stack, 'backend');
      const rest = new RestApi(stack, 'Rest', { restApiName: 'rest', deployOptions: { stageName: 's' } });
      const options = { identitySources: [], resultsCacheTtl: Duration.seconds(0) };
      const authorizer = new RequestAuthorizer(stack, 'Policy', {
        handler: lambda(stack, 'policy'),
        ...options,
      });
      rest.root.addMethod('POST', new LambdaIntegration(function_));
      rest.root.addResource('guarded').addMethod('POST', new LambdaIntegration(function_), { authorizer });
      const http = new HttpApi(stack, 'Http', { apiName: 'http' });
      const integration = new HttpLambdaIntegration('Backend', function_);
      http.addRoutes({ path: '/', methods: [HttpMethod.POST], integration });
      http.addRoutes({
        path: '/guarded',
        methods: [HttpMethod.POST],
        integration,
        authorizer: new HttpLambdaAuthorizer('Simple', lambda(stack, 'simple'), {
          responseTypes: [HttpLambdaResponseType.SIMPLE],
          ...{ identitySource: [], resultsCacheTtl: Duration.seconds(0) },
        }),
      });
    });
    const { listener } = createGateway({
      ...TARGET,
      stacks,
      invoke: async (functionArn, event) => {
        const name = functionArn.split(':').at(-1) ?? '';
        return authorizers[name]?.(event) ?? backend.invoke(event);
      },
      accessLog: () => undefined,
      now: () => new Date(),
    });
    gateway = await serve(listener);
  });
  afterAll(async () => {
    await gateway.close();
    await backend.stop();
    rmSync(folder, { recursive: true });
  });

  const KINDS = { rest: '/rest/s', http: '/http/$default' };
  async function send(kind: keyof typeof KINDS, init: RequestInit = {}, path = '/') {
    const response = await fetch(gateway.url + KINDS[kind] + path, { method: 'POST', ...init });
    return { status: response.status, body: await response.text() };
  }

  test.each([
    ['rest', '{"message":"Request Too Long"}'],
    ['http', '{"message":"Request Entity Too Large"}'],
  ] as const)('%s: takes no body that is more than Lambda takes, or than 10 MB', async (kind, body) => {
    const headers = { 'content-type': 'text/plain' };
    expect((await send(kind, { headers, body: 'x'.repeat(6 * MB - 10 * KB) })).status).toBe(200);
    expect(await send(kind, { headers, body: 'x'.repeat(6 * MB) })).toEqual({ status: 413, body });
    expect(await send(kind, { headers, body: 'x'.repeat(10 * MB + 1) })).toEqual({ status: 413, body });
  });

  test.each([
    ['rest', 502],
    ['http', 500],
  ] as const)('%s: answers %d where a function returns more than 6 MB', async (kind, status) => {
    const answer = (bytes: number) => send(kind, { headers: { 'x-answer': String(bytes) } });
    expect((await answer(6 * MB)).status).toBe(200);
    expect((await answer(6 * MB + 100)).status).toBe(status);
    expect((await answer(0)).status).toBe(200);
  });

  test('takes header values of 10,240 bytes, HTTP APIs with the request line', async () => {
    const own = 300;
    for (const kind of ['rest', 'http'] as const) {
      expect((await send(kind, { headers: { 'x-large': 'x'.repeat(10_240 - own) } })).status).toBe(200);
      expect((await send(kind, { headers: { 'x-large': 'x'.repeat(10_241) } })).status).toBe(431);
    }
    const line = { headers: { 'x-large': 'x'.repeat(6000) } };
    const path = `/?${'q'.repeat(5000)}`;
    expect((await send('rest', line, path)).status).toBe(200);
    expect((await send('http', line, path)).status).toBe(431);
  });

  test.each(['rest', 'http'] as const)('%s: takes 8 KB of an authorizer', async (kind) => {
    contextBytes = 7 * KB;
    expect((await send(kind, {}, '/guarded')).status).toBe(200);
    contextBytes = 8 * KB;
    expect((await send(kind, {}, '/guarded')).status).toBe(500);
  });

  test.each([
    ['AWS::ApiGateway::Method', 29_001],
    ['AWS::ApiGatewayV2::Integration', 30_001],
  ])('an integration of %s that would wait for %d ms is not deployed', (type, TimeoutInMillis) => {
    const stacks = synthesizeStack((stack) => {
      const integration = lambda(stack, 'slow');
      new RestApi(stack, 'Rest').root.addMethod('GET', new LambdaIntegration(integration));
      const http = new HttpApi(stack, 'Http');
      const path = { path: '/', methods: [HttpMethod.GET] };
      http.addRoutes({ ...path, integration: new HttpLambdaIntegration('Backend', integration) });
    });
    for (const { Type, Properties } of stacks.flatMap(({ resources }) => Object.values(resources))) {
      if (Type !== type) continue;
      Object.assign(type.includes('V2') ? Properties : Object(Properties.Integration), { TimeoutInMillis });
    }
    const environment = {
      ...TARGET,
      invoke: async () => null,
      accessLog: () => undefined,
      now: () => new Date(),
    };
    expect(() => createGateway({ ...environment, stacks })).toThrow(/TimeoutInMillis/);
  });
});
