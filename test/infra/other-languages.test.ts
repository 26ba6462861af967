import { expect, test } from '@jest/globals';
import type { Stack as CdkStack } from 'aws-cdk-lib';

const { Stack } = loadOnce<typeof import('aws-cdk-lib')>('aws-cdk-lib');
const { RestApi } = loadOnce<typeof import('aws-cdk-lib/aws-apigateway')>('aws-cdk-lib/aws-apigateway');
const { AccountRootPrincipal, Role } = loadOnce<typeof import('aws-cdk-lib/aws-iam')>('aws-cdk-lib/aws-iam');
const {
  Code,
  Function: LambdaFunction,
  Runtime,
} = loadOnce<typeof import('aws-cdk-lib/aws-lambda')>('aws-cdk-lib/aws-lambda');
const { Secret } = loadOnce<typeof import('aws-cdk-lib/aws-secretsmanager')>(
  'aws-cdk-lib/aws-secretsmanager',
);
const { emptyApp } = loadOnce<typeof import('../../lib/app.ts')>('../../lib/app.ts');
const cdk = loadOnce<typeof import('../../lib/index.ts')>('../../lib/index.ts');

const roleOf = (stack: CdkStack) => new Role(stack, 'Role', { assumedBy: new AccountRootPrincipal() });
const backendOf = (stack: CdkStack) =>
  new LambdaFunction(stack, 'Backend', {
    ...{ code: Code.fromInline('//'), handler: 'index.handler', runtime: Runtime.NODEJS_24_X },
  });
const apiOf = (stack: CdkStack) => {
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
  api.root.addMethod('GET');
  return api;
};
const subscription = { scheme: 'subscription', oauth: true };
const table = { access: 'table', authenticates: true };

test.each<[string, (stack: CdkStack) => unknown, (stack: CdkStack) => unknown]>([
  [
    'addGatewayResponses',
    (stack) => cdk.addGatewayResponses(apiOf(stack), subscription),
    (stack) => cdk.Keywright.addGatewayResponses(apiOf(stack), subscription),
  ],
  [
    'addGatewayResponses of API keys',
    (stack) => cdk.addGatewayResponses(apiOf(stack)),
    (stack) => cdk.Keywright.addGatewayResponses(apiOf(stack)),
  ],
  [
    'allowGuard',
    (stack) => cdk.allowGuard(backendOf(stack)),
    (stack) => cdk.Keywright.allowGuard(backendOf(stack)),
  ],
  [
    'allowGuard at the table',
    (stack) => cdk.allowGuard(backendOf(stack), table),
    (stack) => cdk.Keywright.allowGuard(backendOf(stack), table),
  ],
  [
    'allowVerify',
    (stack) => cdk.allowVerify(roleOf(stack), 'management1'),
    (stack) => cdk.Keywright.allowVerify(roleOf(stack), 'management1'),
  ],
  [
    'allowConfiguration',
    (stack) => cdk.allowConfiguration(roleOf(stack), 'management1', ['* /v1/apis/*']),
    (stack) => cdk.Keywright.allowConfiguration(roleOf(stack), 'management1', ['* /v1/apis/*']),
  ],
  [
    'allowConfiguration of all',
    (stack) => cdk.allowConfiguration(roleOf(stack), 'management1'),
    (stack) => cdk.Keywright.allowConfiguration(roleOf(stack), 'management1'),
  ],
  [
    'accessLogGroup',
    (stack) => cdk.accessLogGroup(stack, 'Log', 30),
    (stack) => cdk.Keywright.accessLogGroup(stack, 'Log', 30),
  ],
])('Keywright has %s for languages without functions', (_, byFunction, byMethod) => {
  const templateOf = (fill: (stack: CdkStack) => unknown) => {
    const app = emptyApp();
    fill(new Stack(app, 'Theirs'));
    const { Resources } = app.synth().getStackByName('Theirs').template;
    return Resources;
  };
  const made = templateOf(byMethod);
  expect(made).toEqual(templateOf(byFunction));
  expect(Object.keys(made).length).toBeGreaterThan(0);
});

test('refusals of a gateway go by both of their names', () => {
  expect(cdk.keywrightGatewayResponses).toBe(cdk.addGatewayResponses);
});

test('the format of an access log is said by the kind of its API', () => {
  for (const kind of ['rest', 'http'] as const)
    expect(cdk.Keywright.accessLogOf(kind, 'api_0123456789ab')).toBe(
      cdk.accessLogOf(kind, 'api_0123456789ab'),
    );
  expect(() => cdk.Keywright.accessLogOf('websocket', 'api_0123456789ab')).toThrow('expected rest or http');
});

test('a text that is none of those that a property has is refused as the app is made', () => {
  const stack = new Stack(emptyApp(), 'Wrong');
  const [api, backend, secret] = [apiOf(stack), backendOf(stack), new Secret(stack, 'Key')];
  expect(() => cdk.addGatewayResponses(api, { scheme: 'key' })).toThrow(
    'scheme is "key"; expected tenant or subscription.',
  );
  expect(() => cdk.allowGuard(backend, { access: 'tabel' })).toThrow('expected verify or table');
  expect(() => cdk.allowGuard(backend, { authenticates: true })).toThrow(
    'authenticates is given, which a guard with access verify does not have; expected access table, or nothing.',
  );
  expect(() => cdk.allowGuard(backend, { access: 'table', managementApiId: 'management1' })).toThrow(
    'managementApiId is given, which a guard with access table does not have',
  );
  const authorizer = new cdk.KeywrightAuthorizer(stack, 'Authorizer', { apiId: 'api_0123456789ab' });
  expect(() => authorizer.forTokenRestApi('cookie')).toThrow('expected x-api-key or Authorization');
  const rotation = { secret, credentialId: 'key_0123456789ab', onOldSecretInUse: 'wait' };
  expect(() => new cdk.KeywrightRotation(stack, 'Rotation', rotation)).toThrow('expected hold or end');
  const config = { limits: { across: 'continents' } };
  expect(() => cdk.allowGuard(backend, { access: 'table', config })).toThrow(
    'keywright.limits.across is "continents"; expected one of regions, region',
  );
});
