import { expect, test } from '@jest/globals';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import type * as configuration from '../../lib/constructs/configuration.ts';
import type * as verify from '../../lib/constructs/verify.ts';
import { ACCOUNT_ID, REGION, stacksOf } from './synthesized-stacks.ts';

const { Stack } = loadOnce<typeof import('aws-cdk-lib')>('aws-cdk-lib');
const { Role, ServicePrincipal } = loadOnce<typeof import('aws-cdk-lib/aws-iam')>('aws-cdk-lib/aws-iam');
const { emptyApp } = loadOnce<typeof import('../../lib/app.ts')>('../../lib/app.ts');
const { allowConfiguration } = loadOnce<typeof configuration>('../../lib/constructs/configuration.ts');
const { allowVerify } = loadOnce<typeof verify>('../../lib/constructs/verify.ts');

test('who may verify may call that route and nothing else of the management API', () => {
  const { resources } = stacksOf((outdir) => {
    const app = emptyApp({ outdir });
    const role = new Role(new Stack(app, 'Backend'), 'Role', {
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    allowVerify(role, 'management1');
    return app;
  });
  const policies = new IamPolicies(resources);
  const name = resources.find(({ Type }) => Type === 'AWS::IAM::Role')?.PhysicalId;
  const may = (route: string, action = 'execute-api:Invoke') =>
    policies.allows(`arn:aws:iam::${ACCOUNT_ID}:role/${name}`, {
      action,
      resource: `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${route}`,
    });
  expect(may('management1/$default/POST/v1/verify')).toBe(true);
  for (const route of [
    'management1/$default/GET/v1/verify',
    'management1/$default/POST/v1/tenants',
    'management1/$default/POST/v1/verify/x',
    'another/$default/POST/v1/verify',
  ]) {
    expect([route, may(route)]).toEqual([route, false]);
  }
  expect(may('management1/$default/POST/v1/verify', 'execute-api:ManageConnections')).toBe(false);
});

test('who may configure may call the signed routes, all or those that are named, and no others', () => {
  const { resources } = stacksOf((outdir) => {
    const app = emptyApp({ outdir });
    const stack = new Stack(app, 'Deploying');
    const role = (name: string) =>
      new Role(stack, name, { roleName: name, assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    allowConfiguration(role('All'), 'management1');
    allowConfiguration(role('Acme'), 'management1', ['PUT /v1/tenants/tenant_acme/roles/*']);
    return app;
  });
  const policies = new IamPolicies(resources);
  const may = (name: string) => (route: string) =>
    policies.allows(`arn:aws:iam::${ACCOUNT_ID}:role/${name}`, {
      action: 'execute-api:Invoke',
      resource: `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:management1/$default/${route}`,
    });
  const of = [
    'PUT/iam/v1/tenants/tenant_acme/roles/x',
    'PUT/iam/v1/tenants/tenant_b/roles/x',
    'POST/iam/v1/apis',
  ];
  expect(of.map(may('All'))).toEqual([true, true, true]);
  expect(of.map(may('Acme'))).toEqual([true, false, false]);
  for (const route of ['POST/v1/verify', 'POST/v1/rotation/key_0', 'GET/v1/tenants', 'POST/auth/login'])
    expect([route, may('All')(route)]).toEqual([route, false]);
});
