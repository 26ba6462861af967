import { expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { emptyApp } from '../../lib/app.ts';
import { allowVerify } from '../../lib/constructs/verify.ts';
import { IamPolicies } from '../support/iam.ts';
import { ACCOUNT_ID, REGION, SynthesizedStacks } from './synthesized-stacks.ts';

test('who may verify may call that route and nothing else of the management API', () => {
  const { resources } = new SynthesizedStacks((outdir) => {
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
