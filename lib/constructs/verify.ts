import { Stack } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { grant } from './grant.ts';

/**
 * Lets a backend, or any other role, call `POST /v1/verify` and nothing else of the management API.
 * @param managementApiId KeywrightControl's output of that name
 */
export function allowVerify(grantee: IGrantable & IConstruct, managementApiId: string): void {
  const route = Stack.of(grantee).formatArn({
    service: 'execute-api',
    resource: managementApiId,
    resourceName: '$default/POST/v1/verify',
  });
  grant(grantee, ['execute-api:Invoke'], [route]);
}
