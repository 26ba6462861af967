import { Stack } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { SIGNED_BASE } from '../../core/contract/management-route.ts';
import { grant } from './grant.ts';

/**
 * Lets a role configure Keywright by signed requests: all that principals may, or only what is said.
 * @param managementApiId KeywrightControl's output of that name
 * @param routes methods with paths, `*` for any part: `PUT /v1/tenants/tenant_acme/roles/*`
 */
export function allowConfiguration(
  grantee: IGrantable & IConstruct,
  managementApiId: string,
  routes: readonly string[] = ['* /v1/*'],
): void {
  const arns = routes.map((route) =>
    Stack.of(grantee).formatArn({
      service: 'execute-api',
      resource: managementApiId,
      resourceName: `$default/${route.replace(' ', SIGNED_BASE)}`,
    }),
  );
  grant(grantee, ['execute-api:Invoke'], arns);
}
