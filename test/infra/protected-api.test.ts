import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AuthorizationType, Definition, GraphqlApi } from 'aws-cdk-lib/aws-appsync';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { AZURE_MESSAGES, REFUSALS } from '../../core/contract/refusals.ts';
import { emptyApp, keywrightApp } from '../../lib/app.ts';
import { parseConfig } from '../../lib/config.ts';
import { KeywrightAuthorizer, type KeywrightAuthorizerProps } from '../../lib/constructs/authorizer.ts';
import { allowGuard, type GuardProps } from '../../lib/constructs/guard.ts';
import { IamPolicies } from '../support/iam.ts';
import { SynthesizedStacks, synthesize } from './synthesized-stacks.ts';

const config = parseConfig({ vendor: 'acme' });
const store = {
  tableArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/keywright',
  auditTableArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/keywright-audit',
  usageTableArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/keywright-usage',
  pepperArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:keywright/pepper-AbCdEf',
  busArn: 'arn:aws:events:eu-central-1:111122223333:event-bus/keywright',
  keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f',
};

type Protect = (stack: Stack, authorizer: KeywrightAuthorizer) => void;

/** What a stack of an operator's own looks like that protects its API so. */
function protect(how: Protect, props: Partial<KeywrightAuthorizerProps> = {}): SynthesizedStacks {
  return new SynthesizedStacks((outdir) => {
    const app = emptyApp({ outdir });
    const stack = new Stack(app, 'Theirs');
    how(
      stack,
      new KeywrightAuthorizer(stack, 'Authorizer', { apiId: 'api_0123456789ab', config, store, ...props }),
    );
    return app;
  });
}

/** What a stack looks like whose function may use a guard so. */
function guarded(props: GuardProps): SynthesizedStacks {
  return new SynthesizedStacks((outdir) => {
    const app = emptyApp({ outdir });
    const stack = new Stack(app, 'Theirs');
    const fn = new LambdaFunction(stack, 'Backend', {
      code: Code.fromInline('//'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_22_X,
      // The library's own has a managed policy, which is not in the template.
      role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    });
    allowGuard(fn, { store, config, ...props });
    return app;
  });
}

const restApi: Protect = (stack, authorizer) => {
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
  api.root.addMethod('GET', new MockIntegration(), { authorizer: authorizer.forRestApi() });
};
const tokenRestApi: Protect = (stack, authorizer) => {
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
  api.root.addMethod('GET', new MockIntegration(), { authorizer: authorizer.forTokenRestApi() });
};
const httpApi: Protect = (stack, authorizer) => {
  new HttpApi(stack, 'Api').addRoutes({
    path: '/v1/{proxy+}',
    methods: [HttpMethod.ANY],
    integration: new HttpUrlIntegration('Backend', 'https://backend.example.com'),
    authorizer: authorizer.forHttpApi(),
  });
};
const webSocketApi: Protect = (stack, authorizer) => {
  new WebSocketApi(stack, 'Api', {
    connectRouteOptions: {
      integration: new WebSocketMockIntegration('Connect'),
      authorizer: authorizer.forWebSocketApi(),
    },
  });
};

const graphqlApi: Protect = (stack, authorizer) => {
  new GraphqlApi(stack, 'Api', {
    name: 'orders',
    definition: Definition.fromSchema({
      bind: (api) => ({ apiId: (api as GraphqlApi).apiId, definition: 'type Query { order: ID }' }),
    }),
    authorizationConfig: {
      defaultAuthorization: {
        authorizationType: AuthorizationType.LAMBDA,
        lambdaAuthorizerConfig: authorizer.forAppSync(),
      },
    },
  });
};

describe('one construct protects', () => {
  test('a REST API, without a cache at the gateway unless asked', () => {
    const { Properties } = protect(restApi).one('AWS::ApiGateway::Authorizer');
    expect(Properties).toMatchObject({ Type: 'REQUEST', AuthorizerResultTtlInSeconds: 0 });
    expect(Properties.IdentitySource ?? '').toBe('');
  });

  test('a REST API with a cache that tells keys, tenants, networks and routes apart', () => {
    const { Properties } = protect(restApi, { gatewayCacheSeconds: 1 }).one('AWS::ApiGateway::Authorizer');
    expect(Properties).toMatchObject({
      AuthorizerResultTtlInSeconds: 1,
      IdentitySource: [
        'method.request.header.x-api-key',
        'method.request.header.x-tn',
        'context.identity.sourceIp',
        'context.httpMethod',
        'context.path',
      ].join(),
    });
  });

  test('a REST API with a TOKEN authorizer', () => {
    expect(protect(tokenRestApi).one('AWS::ApiGateway::Authorizer').Properties).toMatchObject({
      Type: 'TOKEN',
      IdentitySource: 'method.request.header.x-api-key',
      AuthorizerResultTtlInSeconds: 0,
    });
  });

  test('an HTTP API, with payload 2.0 and a simple response', () => {
    const { Properties } = protect(httpApi).one('AWS::ApiGatewayV2::Authorizer');
    expect(Properties).toMatchObject({
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 0,
    });
    expect(Properties.IdentitySource).toEqual([]);
  });

  test('an HTTP API with a cache that keeps no answer for another route, method or path', () => {
    const { Properties } = protect(httpApi, { gatewayCacheSeconds: 1 }).one('AWS::ApiGatewayV2::Authorizer');
    expect(Properties.IdentitySource).toEqual(
      expect.arrayContaining(['$context.routeKey', '$context.httpMethod', '$context.path']),
    );
  });

  test('a WebSocket API', () => {
    const stacks = protect(webSocketApi);
    expect(stacks.one('AWS::ApiGatewayV2::Authorizer').Properties).toMatchObject({
      AuthorizerType: 'REQUEST',
    });
    const connect = stacks.one('AWS::ApiGatewayV2::Route', ({ RouteKey }) => RouteKey === '$connect');
    expect(connect.Properties.AuthorizationType).toBe('CUSTOM');
  });

  test('a GraphQL API of AppSync, which keeps no answer whatever the gateways may', () => {
    const stacks = protect(graphqlApi, { gatewayCacheSeconds: 1 });
    const fn = String(stacks.one('AWS::Lambda::Function').PhysicalId);
    expect(stacks.one('AWS::AppSync::GraphQLApi').Properties).toMatchObject({
      AuthenticationType: 'AWS_LAMBDA',
      LambdaAuthorizerConfig: {
        AuthorizerResultTtlInSeconds: 0,
        AuthorizerUri: expect.stringContaining(fn),
      },
    });
    expect(stacks.one('AWS::Lambda::Permission').Properties).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: 'appsync.amazonaws.com',
    });
  });

  test('for the API that it is told, with the configuration that it is given', () => {
    const { Properties } = protect(restApi, { gatewayCacheSeconds: 1 }).one('AWS::Lambda::Function');
    expect(Properties.Environment).toMatchObject({
      Variables: {
        KEYWRIGHT_API_ID: 'api_0123456789ab',
        KEYWRIGHT_VENDOR: 'acme',
        KEYWRIGHT_CACHE_SECONDS: '3',
        KEYWRIGHT_CACHE_ENTRIES: '10000',
        KEYWRIGHT_GATEWAY_CACHE_SECONDS: '1',
        KEYWRIGHT_TABLE: 'keywright',
        KEYWRIGHT_PEPPER_SECRET: store.pepperArn,
      },
    });
  });

  test('by the Keywright that it finds deployed beside it', () => {
    const stacks = new SynthesizedStacks((outdir) => {
      const app = keywrightApp(config, { outdir });
      const stack = new Stack(app, 'Theirs');
      restApi(stack, new KeywrightAuthorizer(stack, 'Authorizer', { apiId: 'api_0123456789ab' }));
      return app;
    });
    const { Properties } = stacks.one('AWS::Lambda::Function', ({ Environment }) =>
      JSON.stringify(Environment).includes('api_0123456789ab'),
    );
    const policies = new IamPolicies(stacks.resources);
    const may = (action: string, resource: string, context: Record<string, string | string[]> = {}) =>
      policies.allows(String(Properties.Role), { action, resource, context });
    const pepper = String(stacks.one('AWS::SecretsManager::Secret').PhysicalId);
    const key = `arn:aws:kms:eu-central-1:111122223333:key/${stacks.one('AWS::KMS::Key').PhysicalId}`;
    expect(may('secretsmanager:GetSecretValue', pepper)).toBe(true);
    expect(may('dynamodb:BatchGetItem', store.tableArn, { 'dynamodb:LeadingKeys': ['CRED#a'] })).toBe(true);
    for (const service of ['dynamodb', 'secretsmanager']) {
      const through = { 'kms:ViaService': `${service}.eu-central-1.amazonaws.com` };
      expect(may('kms:Decrypt', key, through)).toBe(true);
    }
  });

  test('with what leads to imported keys within its reach only where it accepts them', () => {
    const write = (attribute: string) => ({ 'dynamodb:Attributes': ['pk', 'sk', attribute] });
    const alias = { 'dynamodb:LeadingKeys': ['ALIAS#v1#a'] };
    const credential = { 'dynamodb:LeadingKeys': ['CRED#a'] };
    const asked = [
      ['BatchGetItem', alias],
      ['PutItem', alias],
      ['UpdateItem', { ...credential, ...write('imported') }],
      ['UpdateItem', { ...credential, ...write('secrets') }],
      ['UpdateItem', { ...alias, ...write('credentialId') }],
      ['PutItem', credential],
      ['DeleteItem', alias],
      ['Query', alias],
    ] as const;
    const allowed = (stacks: SynthesizedStacks) => {
      const [fn] = stacks.ofType('AWS::Lambda::Function');
      const policies = new IamPolicies(stacks.resources);
      return asked.map(([action, context]) =>
        policies.allows(String(fn?.Properties.Role), {
          action: `dynamodb:${action}`,
          resource: store.tableArn,
          context,
        }),
      );
    };
    for (const acceptImportedKeys of [false, true]) {
      const authorizer = protect(restApi, { acceptImportedKeys });
      const guard = guarded({ authenticates: true, acceptImportedKeys });
      for (const stacks of [authorizer, guard]) {
        expect(allowed(stacks)).toEqual(asked.map((_, i) => acceptImportedKeys && i < 3));
        expect(stacks.one('AWS::Lambda::Function').Properties.Environment).toMatchObject({
          Variables: { KEYWRIGHT_ACCEPT_IMPORTED_KEYS: String(acceptImportedKeys) },
        });
      }
    }
    const behindAuthorizer = guarded({ acceptImportedKeys: true });
    expect(allowed(behindAuthorizer)).toEqual(asked.map(() => false));
  });

  test('and is watched where there is a topic to report to', () => {
    expect(protect(restApi).ofType('AWS::CloudWatch::Alarm')).toEqual([]);
    const alarms = synthesize({ demo: true })
      .ofType('AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => String(Properties.AlarmDescription).includes('api_OrdersLive00'));
    expect(alarms.map(({ Properties }) => Properties.MetricName).sort()).toEqual(['Duration', 'Throttles']);
  });

  test('but not with caches that outlive a revocation, nor for what is no API', () => {
    expect(() => protect(restApi, { gatewayCacheSeconds: 2 })).toThrow(
      'cacheSeconds + gatewayCacheSeconds is 3 + 2; expected at most 4, because a revocation holds everywhere within 5 seconds.',
    );
    expect(() => protect(restApi, { apiId: 'orders' })).toThrow(
      'apiId is "orders"; expected api_ and 12 of 0-9, A-Z and a-z.',
    );
  });
});

describe('the demonstration', () => {
  const stacks = synthesize({ demo: true });
  const variables = stacks
    .ofType('AWS::Lambda::Function')
    .map(({ Properties }) => (Properties.Environment as { Variables: Record<string, string> }).Variables);

  test('has each API once per environment, with its own authorizer', () => {
    const stage = ({ Properties }: { Properties: Readonly<Record<string, unknown>> }) => Properties.StageName;
    expect(stacks.ofType('AWS::ApiGateway::RestApi').map(({ Properties }) => Properties.Name)).toEqual([
      'orders',
      'payments',
      'orders',
      'payments',
    ]);
    expect(stacks.ofType('AWS::ApiGateway::Stage').map(stage).sort()).toEqual([
      'live',
      'live',
      'sandbox',
      'sandbox',
    ]);
    const httpStages = stacks.ofType('AWS::ApiGatewayV2::Stage').map(stage);
    expect(httpStages.sort()).toEqual(['$default', 'live', 'sandbox']);
    expect(variables.flatMap(({ KEYWRIGHT_API_ID }) => KEYWRIGHT_API_ID ?? []).sort()).toEqual([
      'api_CatalogLive0',
      'api_CatalogSndbx',
      'api_OrdersLive00',
      'api_OrdersSndbox',
      'api_PaymentsLive',
      'api_PaymentsSndb',
    ]);
  });

  test('asks an authorizer every time, so that a revocation or a used-up token has its effect', () => {
    for (const kind of ['AWS::ApiGateway::Authorizer', 'AWS::ApiGatewayV2::Authorizer']) {
      for (const { Properties } of stacks.ofType(kind)) {
        if (Properties.AuthorizerType === 'JWT') continue;
        expect(Properties.AuthorizerResultTtlInSeconds).toBe(0);
      }
    }
  });

  test('refuses callers of payments for key and token in one 401, and those of orders as tenants', () => {
    const nameOf = (apiId: unknown) =>
      stacks.ofType('AWS::ApiGateway::RestApi').find(({ PhysicalId }) => PhysicalId === apiId)?.Properties
        .Name;
    const unauthorized = stacks
      .ofType('AWS::ApiGateway::GatewayResponse')
      .filter(({ Properties }) => Properties.ResponseType === 'UNAUTHORIZED');
    const messages = unauthorized.map(({ Properties }) => {
      const templates = Properties.ResponseTemplates as Record<string, string>;
      const { message, error } = JSON.parse(templates['application/json'] ?? '');
      return [nameOf(Properties.RestApiId), message ?? error.message];
    });
    const ofOrders = ['orders', REFUSALS.authentication_failed.message];
    const ofPayments = ['payments', AZURE_MESSAGES.invalidKeyOrToken];
    expect(messages).toEqual([ofOrders, ofPayments, ofOrders, ofPayments]);
  });

  test('lets pages of other origins send the headers of its scheme', () => {
    const preflights = stacks
      .ofType('AWS::ApiGateway::Method')
      .filter(({ Properties }) => Properties.HttpMethod === 'OPTIONS')
      .map(({ Properties }) => JSON.stringify(Properties.Integration));
    expect(preflights.map((text) => text.includes('ocp-apim-subscription-key'))).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  test('asks for a key on every method but a preflight', () => {
    for (const { Properties } of stacks.ofType('AWS::ApiGateway::Method')) {
      const expected = Properties.HttpMethod === 'OPTIONS' ? 'NONE' : 'CUSTOM';
      expect([Properties.HttpMethod, Properties.AuthorizationType]).toEqual([
        Properties.HttpMethod,
        expected,
      ]);
    }
    const catalogRoutes = stacks
      .ofType('AWS::ApiGatewayV2::Route')
      .filter(({ Properties }) => Properties.RouteKey === 'ANY /v1/{proxy+}');
    expect(catalogRoutes.map(({ Properties }) => Properties.AuthorizationType)).toEqual(['CUSTOM', 'CUSTOM']);
  });

  test('logs callers by public ids, and no header or query string', () => {
    const formats = [
      ...stacks.ofType('AWS::ApiGateway::Stage').map(({ Properties }) => Properties.AccessLogSetting),
      ...stacks.ofType('AWS::ApiGatewayV2::Stage').map(({ Properties }) => Properties.AccessLogSettings),
    ].map((settings) => (settings as { Format: string }).Format);
    expect(formats).toHaveLength(7);
    const demo = formats.filter((format) => format.includes('$context.authorizer.keyId'));
    expect(demo).toHaveLength(6);
    for (const format of formats) {
      expect(format).not.toMatch(/header|query|apiKey/i);
    }
  });
});
