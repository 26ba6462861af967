import { expect, test } from '@jest/globals';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import type * as verify from '../../lib/constructs/verify.ts';
import { ACCOUNT_ID, REGION, stacksOf } from './synthesized-stacks.ts';

const { Stack } = loadOnce<typeof import('aws-cdk-lib')>('aws-cdk-lib');
const { Role, ServicePrincipal } = loadOnce<typeof import('aws-cdk-lib/aws-iam')>('aws-cdk-lib/aws-iam');
const { emptyApp } = loadOnce<typeof import('../../lib/app.ts')>('../../lib/app.ts');
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
