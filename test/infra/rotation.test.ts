import { expect, test } from '@jest/globals';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import type * as rotation from '../../lib/constructs/rotation.ts';
import { ACCOUNT_ID, REGION, stacksOf } from './synthesized-stacks.ts';

const { Duration, Stack } = loadOnce<typeof import('aws-cdk-lib')>('aws-cdk-lib');
const { Secret } = loadOnce<typeof import('aws-cdk-lib/aws-secretsmanager')>(
  'aws-cdk-lib/aws-secretsmanager',
);
const { emptyApp } = loadOnce<typeof import('../../lib/app.ts')>('../../lib/app.ts');
const { KeywrightRotation } = loadOnce<typeof rotation>('../../lib/constructs/rotation.ts');

const management = { managementUrl: 'https://keys.example.com', managementApiId: 'management1' };

test('what rotates a stored key may touch its own secret, register its own credential, and try keys', () => {
  const { resources } = stacksOf((outdir) => {
    const app = emptyApp({ outdir });
    const stack = new Stack(app, 'Consumer');
    const secret = new Secret(stack, 'Key', { secretName: 'ci/keywright' });
    new KeywrightRotation(stack, 'Rotation', {
      management,
      secret,
      credentialId: 'key_0123456789AB',
      overlap: Duration.hours(2),
    });
    return app;
  });
  const of = (type: string) => resources.filter(({ Type }) => Type === type);
  const [role] = of('AWS::IAM::Role');
  const [secret] = of('AWS::SecretsManager::Secret');
  const arn = String(secret?.PhysicalId);
  const policies = new IamPolicies(resources);
  const may = (action: string, resource: string) =>
    policies.allows(`arn:aws:iam::${ACCOUNT_ID}:role/${role?.PhysicalId}`, { action, resource });
  const route = (path: string) => `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:management1/$default/${path}`;
  for (const action of ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage']) {
    expect([action, may(`secretsmanager:${action}`, arn)]).toEqual([action, true]);
    expect(may(`secretsmanager:${action}`, arn.replace('ci/', 'other/'))).toBe(false);
  }
  for (const action of ['DeleteSecret', 'RotateSecret', 'PutResourcePolicy'])
    expect([action, may(`secretsmanager:${action}`, arn)]).toEqual([action, false]);
  const invoke = 'execute-api:Invoke';
  expect(may(invoke, route('POST/v1/rotation/key_0123456789AB'))).toBe(true);
  expect(may(invoke, route('POST/v1/verify'))).toBe(true);
  for (const other of [
    'POST/v1/rotation/key_0123456789AC',
    'PUT/v1/rotation/key_0123456789AB',
    'POST/iam/v1/apis',
    'GET/v1/tenants',
  ])
    expect([other, may(invoke, route(other))]).toEqual([other, false]);
  const [permission] = of('AWS::Lambda::Permission');
  expect(permission?.Properties).toMatchObject({
    Principal: 'secretsmanager.amazonaws.com',
    SourceAccount: ACCOUNT_ID,
    SourceArn: arn,
  });
  const [schedule] = of('AWS::SecretsManager::RotationSchedule');
  expect(schedule?.Properties).toMatchObject({ RotateImmediatelyOnUpdate: false });
  const [fn] = of('AWS::Lambda::Function');
  expect(fn?.Properties.Environment).toMatchObject({
    Variables: { KEYWRIGHT_URL: management.managementUrl, KEYWRIGHT_OVERLAP_SECONDS: '7200' },
  });
});

test('a credential that is none is refused as the stack is made', () => {
  const stack = new Stack(emptyApp(), 'Wrong');
  const secret = new Secret(stack, 'Key');
  const make = () => new KeywrightRotation(stack, 'Rotation', { management, secret, credentialId: 'key_*' });
  expect(make).toThrow('expected key_ or sub_');
});
