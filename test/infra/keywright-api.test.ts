import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Stack as CdkStack } from 'aws-cdk-lib';
import type { RestApi as CdkRestApi } from 'aws-cdk-lib/aws-apigateway';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import type { KeywrightApiProps } from '../../lib/constructs/keywright-api.ts';
import { ACCOUNT_ID, REGION, type SynthesizedStacks, stacksOf } from './synthesized-stacks.ts';

const { Stack } = loadOnce<typeof import('aws-cdk-lib')>('aws-cdk-lib');
const { AuthorizationType, MockIntegration, ResponseType, RestApi } = loadOnce<
  typeof import('aws-cdk-lib/aws-apigateway')
>('aws-cdk-lib/aws-apigateway');
const { HttpApi, HttpMethod, HttpRoute, HttpRouteKey } = loadOnce<
  typeof import('aws-cdk-lib/aws-apigatewayv2')
>('aws-cdk-lib/aws-apigatewayv2');
const { HttpUrlIntegration } = loadOnce<typeof import('aws-cdk-lib/aws-apigatewayv2-integrations')>(
  'aws-cdk-lib/aws-apigatewayv2-integrations',
);
const { HttpIamAuthorizer } = loadOnce<typeof import('aws-cdk-lib/aws-apigatewayv2-authorizers')>(
  'aws-cdk-lib/aws-apigatewayv2-authorizers',
);
const { AccountRootPrincipal, Role } = loadOnce<typeof import('aws-cdk-lib/aws-iam')>('aws-cdk-lib/aws-iam');
const { emptyApp } = loadOnce<typeof import('../../lib/app.ts')>('../../lib/app.ts');
const { KeywrightApi, KeywrightGuardLayer, KeywrightProduct, KeywrightUsage } =
  loadOnce<typeof import('../../lib/index.ts')>('../../lib/index.ts');

const folder = mkdtempSync(join(tmpdir(), 'keywright-api-'));
afterAll(() => rmSync(folder, { recursive: true }));

const management = { managementUrl: 'https://keys.example.com', managementApiId: 'management1' };
const store = {
  tableArn: `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/keywright`,
  regionalTableArn: 'arn:r',
  auditTableArn: 'arn:a',
  usageTableArn: 'arn:u',
  pepperArn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT_ID}:secret:keywright/pepper-AbCdEf`,
  busArn: 'arn:b',
  keyArn: `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/1`,
};
const integration = () => new HttpUrlIntegration('Backend', 'https://backend.example.com');
const settings = { environment: 'live', management, store };

function stackWith(fill: (stack: CdkStack) => void, name = 'Theirs', stackName = name): SynthesizedStacks {
  return stacksOf((outdir) => {
    const app = emptyApp({ outdir });
    fill(new Stack(app, name, { stackName }));
    return app;
  });
}

function httpApi(stack: CdkStack, props: Partial<KeywrightApiProps> = {}) {
  const api = new HttpApi(stack, 'Api');
  api.addRoutes({ path: '/v1/invoices/{id}', methods: [HttpMethod.GET], integration: integration() });
  api.addRoutes({ path: '/health', methods: [HttpMethod.GET], integration: integration() });
  const keywright = new KeywrightApi(stack, 'Invoices', {
    ...settings,
    httpApi: api,
    openRoutes: ['GET /health'],
    ...props,
  });
  return { api, keywright };
}

const restApi = (stack: CdkStack): CdkRestApi => {
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
  const invoices = api.root.addResource('v1').addResource('invoices');
  invoices.addMethod('GET', new MockIntegration());
  invoices.addCorsPreflight({ allowOrigins: ['*'] });
  invoices.addMethod('DELETE', new MockIntegration(), { authorizationType: AuthorizationType.IAM });
  return api;
};
const definitionIn = (stacks: SynthesizedStacks, type = 'Custom::KeywrightApi') =>
  JSON.parse(String(stacks.one(type).Properties.Definition));

describe('every route is protected', () => {
  test('of an HTTP API, whenever and wherever it is made, but for open ones and those with authorizers of their own', () => {
    const stacks = stackWith((stack) => {
      const { api } = httpApi(stack);
      const authorizer = new HttpIamAuthorizer();
      api.addRoutes({
        path: '/v1/signed',
        methods: [HttpMethod.GET],
        integration: integration(),
        authorizer,
      });
      api.addRoutes({ path: '/v1/invoices', methods: [HttpMethod.OPTIONS], integration: integration() });
      new HttpRoute(stack, 'Elsewhere', {
        httpApi: api,
        integration: integration(),
        routeKey: HttpRouteKey.DEFAULT,
      });
      const open = new HttpApi(stack, 'Other');
      open.addRoutes({ path: '/v1/other', methods: [HttpMethod.GET], integration: integration() });
    });
    const authorizer = stacks.one('AWS::ApiGatewayV2::Authorizer');
    const protectedBy = stacks
      .ofType('AWS::ApiGatewayV2::Route')
      .map(({ Properties: { RouteKey, AuthorizationType: type = 'NONE', AuthorizerId } }) => [
        RouteKey,
        type === 'CUSTOM' ? AuthorizerId === authorizer.PhysicalId : type,
      ]);
    expect(Object.fromEntries(protectedBy)).toEqual({
      'GET /v1/invoices/{id}': true,
      $default: true,
      'GET /health': 'NONE',
      'GET /v1/signed': 'AWS_IAM',
      'OPTIONS /v1/invoices': 'NONE',
      'GET /v1/other': 'NONE',
    });
    expect(authorizer.Properties).toMatchObject({ EnableSimpleResponses: true });
    expect(stacks.one('AWS::Lambda::Permission').Properties.SourceArn).toContain('/authorizers/');
  });

  test('of a REST API, which is deployed anew for it and refuses in Keywright’s words', () => {
    const stacks = stackWith((stack) => {
      const api = restApi(stack);
      api.addGatewayResponse('THROTTLED', { type: ResponseType.THROTTLED, statusCode: '420' });
      new KeywrightApi(stack, 'Invoices', { ...settings, restApi: api, scheme: 'subscription' });
    });
    const authorizer = stacks.one('AWS::ApiGateway::Authorizer');
    const methods = stacks
      .ofType('AWS::ApiGateway::Method')
      .map(({ Properties: { HttpMethod: method, AuthorizationType: type, AuthorizerId } }) => [
        method,
        type,
        AuthorizerId === authorizer.PhysicalId,
      ]);
    expect(methods).toEqual(
      expect.arrayContaining([
        ['GET', 'CUSTOM', true],
        ['OPTIONS', 'NONE', false],
        ['DELETE', 'AWS_IAM', false],
      ]),
    );
    const unprotected = stackWith((stack) => void restApi(stack));
    const deploymentOf = (of: SynthesizedStacks) => of.one('AWS::ApiGateway::Deployment').PhysicalId;
    expect(deploymentOf(stacks)).not.toBe(deploymentOf(unprotected));
    const refusal = stacks.one('AWS::ApiGateway::GatewayResponse', (p) => p.ResponseType === 'UNAUTHORIZED');
    expect(JSON.stringify(refusal.Properties)).toContain('invalid subscription key');
    // One of the API's own stays.
    stacks.one('AWS::ApiGateway::GatewayResponse', (p) => p.StatusCode === '420');
  });
});

describe('what is registered', () => {
  test('is the API’s address and its routes, with what is said of them', () => {
    const stacks = stackWith((stack) => {
      const routes = [
        { method: 'GET', path: '/v1/invoices/{invoiceId}', permission: 'bills:read' },
        { method: 'GET', path: '/v1/rates', public: true },
      ];
      const { api } = httpApi(stack, { name: 'invoices', routes });
      api.addRoutes({ path: '/v1/late/{proxy+}', methods: [HttpMethod.ANY], integration: integration() });
    });
    const { kind, id, fields } = definitionIn(stacks);
    expect([kind, id]).toEqual(['api', expect.stringMatching(/^api_[0-9A-Za-z]{12}$/)]);
    const api = stacks.one('AWS::ApiGatewayV2::Api').PhysicalId;
    expect(fields).toEqual({
      environment: 'live',
      scheme: 'tenant',
      name: 'invoices',
      baseUrl: `https://${api}.execute-api.${REGION}.amazonaws.com`,
      routes: [
        { method: 'GET', path: '/v1/invoices/{invoiceId}', permission: 'bills:read' },
        { method: 'GET', path: '/v1/rates', public: true },
        { method: 'ANY', path: '/v1/late/{proxy+}' },
      ],
    });
    const authorizer = stacks.one('AWS::Lambda::Function', (p) =>
      JSON.stringify(p.Environment).includes(`"KEYWRIGHT_API_ID":"${id}"`),
    );
    expect(authorizer.Properties.Description).toContain('authorizer');
  });

  test('is a REST API’s stage without the slash at its end', () => {
    const stacks = stackWith((stack) => {
      new KeywrightApi(stack, 'Invoices', { ...settings, restApi: restApi(stack) });
    });
    expect(definitionIn(stacks).fields).toMatchObject({
      name: 'Invoices',
      baseUrl: expect.stringMatching(/^https:\/\/\w+\.execute-api\.eu-central-1\.amazonaws\.com\/prod$/),
      routes: [{ method: 'GET', path: '/v1/invoices' }],
    });
  });

  test('leaves out what a route table does not take, and what it has already', () => {
    const stacks = stackWith((stack) => {
      const { api } = httpApi(stack);
      for (const path of ['/', '/v1/a.', '/v1/%7e', '/v1/invoices/{other}', '/v1/{proxy+}'])
        api.addRoutes({ path, methods: [HttpMethod.GET], integration: integration() });
    });
    expect(definitionIn(stacks).fields.routes.map(({ path }: { path: string }) => path)).toEqual([
      '/v1/invoices/{id}',
      '/',
      '/v1/{proxy+}',
    ]);
  });

  test('is nothing in a further Region, where the API is protected all the same', () => {
    const stacks = stackWith((stack) => void httpApi(stack, { registers: false }));
    expect(stacks.ofType('Custom::KeywrightApi')).toEqual([]);
    expect(stacks.ofType('AWS::ApiGatewayV2::Authorizer')).toHaveLength(1);
  });

  test('has an id that stays with the construct’s place and the stack’s name', () => {
    const idOf = (...names: [string?, string?]) =>
      definitionIn(stackWith((stack) => void httpApi(stack), ...names)).id;
    expect(idOf()).toBe(idOf());
    expect(new Set([idOf(), idOf('Other'), idOf('Theirs', 'renamed')]).size).toBe(3);
  });

  test('brings its OpenAPI document beside the code, which alone tells of its routes', () => {
    const openApi = join(folder, 'openapi.json');
    writeFileSync(
      openApi,
      JSON.stringify({ openapi: '3.1.1', info: { title: 'A', version: '1' }, paths: {} }),
    );
    const stacks = stackWith((stack) => void httpApi(stack, { openApi }));
    expect(definitionIn(stacks).fields.routes).toBeUndefined();
    expect(stacks.one('Custom::KeywrightApi').Properties.DocumentHash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is by a function that makes APIs, and reads and changes its own, and nothing else', () => {
    const stacks = stackWith((stack) => {
      const { keywright } = httpApi(stack, { apiId: 'api_0123456789AB' });
      keywright.grantVerify(
        new Role(stack, 'Asks', { roleName: 'asks', assumedBy: new AccountRootPrincipal() }),
      );
    });
    const { ServiceToken } = stacks.one('Custom::KeywrightApi').Properties;
    const fn = stacks.ofType('AWS::Lambda::Function').find(({ Arn }) => Arn === ServiceToken);
    const policies = new IamPolicies(stacks.resources);
    const may = (route: string, role = String(fn?.Properties.Role)) =>
      policies.allows(role, {
        action: 'execute-api:Invoke',
        resource: `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:management1/$default/${route}`,
      });
    for (const route of [
      'POST/iam/v1/apis',
      'GET/iam/v1/apis/api_0123456789AB',
      'PATCH/iam/v1/apis/api_0123456789AB',
    ])
      expect([route, may(route)]).toEqual([route, true]);
    for (const route of [
      'PATCH/iam/v1/apis/api_0123456789AC',
      'PUT/iam/v1/apis/api_0123456789AB/openapi',
      'POST/iam/v1/products',
      'PUT/iam/v1/tenants/tenant_acme/roles/reader',
      'POST/v1/verify',
    ])
      expect([route, may(route)]).toEqual([route, false]);
    const asks = `arn:aws:iam::${ACCOUNT_ID}:role/asks`;
    expect([may('POST/v1/verify', asks), may('POST/iam/v1/apis', asks)]).toEqual([true, false]);
  });

  test('is a product once its APIs are, with its plan', () => {
    const stacks = stackWith((stack) => {
      const { keywright } = httpApi(stack, { scheme: 'subscription' });
      new KeywrightProduct(stack, 'Billing', {
        ...{ apis: [keywright], apiIds: ['api_0123456789AB'], management },
        rateLimits: [{ limit: 10, windowSeconds: 60 }],
        requiresApproval: false,
      });
    });
    const { kind, fields } = definitionIn(stacks, 'Custom::KeywrightProduct');
    expect([kind, fields]).toEqual([
      'product',
      {
        name: 'Billing',
        apiIds: [definitionIn(stacks).id, 'api_0123456789AB'],
        requiresApproval: false,
        plan: { rateLimits: [{ limit: 10, windowSeconds: 60 }], quota: null },
      },
    ]);
  });
});

test('what can’t be is refused as the app is made', () => {
  const make = (props: Partial<KeywrightApiProps>) => () => stackWith((stack) => void httpApi(stack, props));
  expect(make({ environment: 'prod' })).toThrow('environment is "prod"; expected sandbox or live');
  expect(make({ scheme: 'key' })).toThrow('expected tenant or subscription');
  expect(make({ apiId: 'api_1' })).toThrow('apiId is "api_1"');
  expect(make({ openRoutes: ['GET /helth'] })).toThrow('openRoutes has "GET /helth"');
  expect(make({ openApi: join(folder, 'none.json') })).toThrow('none.json');
  writeFileSync(join(folder, 'swagger.json'), '{"swagger":"2.0"}');
  expect(make({ openApi: join(folder, 'swagger.json') })).toThrow('is no OpenAPI document');
  expect(() =>
    stackWith((stack) => void httpApi(stack, { restApi: restApi(new Stack(stack, 'Rest')) })),
  ).toThrow('Both restApi and httpApi');
});

test('requests are counted, for their API, by the access log that a stage is given, in the format for its kind', () => {
  const consumerArn = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:usage`;
  const apiId = 'api_0123456789AB';
  const stacks = stackWith((stack) => {
    const { api, keywright } = httpApi(stack, { apiId });
    const { authorizer } = keywright;
    new KeywrightUsage(stack, 'Usage', { authorizer, httpStage: api.defaultStage, consumerArn });
    const restStage = restApi(new Stack(stack, 'Rest')).deploymentStage;
    new KeywrightUsage(stack, 'RestUsage', { authorizer, restStage, consumerArn });
    expect(() => new KeywrightUsage(stack, 'None', { authorizer })).toThrow('one of restStage and httpStage');
  });
  const http = stacks.one('AWS::ApiGatewayV2::Stage').Properties.AccessLogSettings as { Format: string };
  expect(JSON.parse(http.Format)).toMatchObject({ routeKey: '$context.routeKey', apiId });
  const rest = stacks.one('AWS::ApiGateway::Stage').Properties.AccessLogSetting as { Format: string };
  expect(JSON.parse(rest.Format)).toMatchObject({ resourcePath: '$context.resourcePath', apiId });
  expect(stacks.ofType('AWS::Logs::SubscriptionFilter')).toHaveLength(4);
});

test('a REST API’s lines go straight to files where that is asked for, and its authorizer’s refusals the way they went', () => {
  const usage = (straightToFiles: boolean) =>
    stackWith((stack) => {
      const { authorizer } = httpApi(stack).keywright;
      const restStage = restApi(new Stack(stack, 'Rest')).deploymentStage;
      const made = new KeywrightUsage(stack, 'Usage', {
        authorizer,
        restStage,
        files: true,
        straightToFiles,
      });
      expect(made.accessLog === undefined).toBe(straightToFiles);
    });
  const straight = usage(true);
  const { DestinationArn } = straight.one('AWS::ApiGateway::Stage').Properties.AccessLogSetting as {
    DestinationArn: string;
  };
  expect(DestinationArn).toBe(
    `arn:aws:firehose:${REGION}:${ACCOUNT_ID}:deliverystream/amazon-apigateway-keywright`,
  );
  const filtersOf = (stacks: typeof straight) =>
    stacks.ofType('AWS::Logs::SubscriptionFilter').map(({ PhysicalId }) => String(PhysicalId));
  expect(filtersOf(straight)).toHaveLength(1);
  // By the same name, or a group that is turned over would have two of them for a while.
  expect(filtersOf(usage(false))).toEqual(expect.arrayContaining(filtersOf(straight)));
});

test('what has no way straight to files is told as the app is made', () => {
  stackWith((stack) => {
    const { api, keywright } = httpApi(stack);
    const { authorizer } = keywright;
    const http = { authorizer, httpStage: api.defaultStage, files: true, straightToFiles: true };
    expect(() => new KeywrightUsage(stack, 'Http', http)).toThrow('straightToFiles is for a restStage');
    const restStage = restApi(new Stack(stack, 'Rest')).deploymentStage;
    expect(
      () => new KeywrightUsage(stack, 'NoFiles', { authorizer, restStage, straightToFiles: true }),
    ).toThrow('files: true');
  });
});

test('a layer lends the guard to functions that are not bundled', () => {
  const app = emptyApp({ outdir: join(folder, 'cdk.out') });
  new KeywrightGuardLayer(new Stack(app, 'Backend'), 'Guard');
  app.synth();
  const asset = readdirSync(join(folder, 'cdk.out')).find((name) => name.startsWith('asset.'));
  const NODE_PATH = join(folder, 'cdk.out', String(asset), 'nodejs/node_modules');
  const code = "console.log(typeof require('keywright-guard').keywrightGuard)";
  expect(execFileSync(process.execPath, ['-e', code], { cwd: folder, env: { NODE_PATH } }).toString()).toBe(
    'function\n',
  );
});
