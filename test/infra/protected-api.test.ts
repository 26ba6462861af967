import { describe, expect, test } from '@jest/globals';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import type * as protectedApis from './protected-apis.ts';
import { SynthesizedStacks, synthesize, WHOLE } from './synthesized-stacks.ts';

const apis = loadOnce<typeof protectedApis>('../infra/protected-apis.ts');
const { store, restApi, tokenRestApi, httpApi, webSocketApi, graphqlApi } = apis;
const protect = (...how: Parameters<typeof apis.protect>) => new SynthesizedStacks(apis.protect(...how));
const guarded = (...how: Parameters<typeof apis.guarded>) => new SynthesizedStacks(apis.guarded(...how));

describe('one construct protects', () => {
  test('a REST API, without a cache at the gateway unless asked', () => {
    const { Properties } = protect(restApi).one('AWS::ApiGateway::Authorizer');
    expect(Properties).toMatchObject({ Type: 'REQUEST', AuthorizerResultTtlInSeconds: 0 });
    // Left out: an empty text would name a source, and every request lacks it.
    expect(Properties).not.toHaveProperty('IdentitySource');
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
        KEYWRIGHT_REGIONAL_TABLE: 'keywright-regional',
        KEYWRIGHT_PEPPER_SECRET: store.pepperArn,
      },
    });
  });

  test('by the Keywright that it finds deployed beside it', () => {
    const stacks = new SynthesizedStacks(apis.protectBeside());
    const { Properties } = stacks.one('AWS::Lambda::Function', ({ Environment }) =>
      JSON.stringify(Environment).includes('api_0123456789ab'),
    );
    const policies = new IamPolicies(stacks.resources);
    const may = (action: string, resource: string, context: Record<string, string | string[]> = {}) =>
      policies.allows(String(Properties.Role), { action, resource, context });
    const isPepper = ({ Name }: Record<string, unknown>) => Name === 'keywright/pepper';
    const pepper = String(stacks.one('AWS::SecretsManager::Secret', isPepper).PhysicalId);
    const { PhysicalId } = stacks.one('AWS::KMS::Key', ({ KeyUsage }) => KeyUsage === undefined);
    const key = `arn:aws:kms:eu-central-1:111122223333:key/${PhysicalId}`;
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
        expect(allowed(stacks)).toEqual(asked.map((_, i) => acceptImportedKeys && i < 1));
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
    const alarms = synthesize(WHOLE)
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
