import { Stack } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { grant } from './grant.ts';

/**
 * Lets a backend, or any other role, call `POST /v1/verify` and nothing else of the management API.
 * @param managementApiId KeywrightControl's output of that name
 */
export function allowVerify(grantee: IGrantable & IConstruct, managementApiId: string): void {
  grant(grantee, ['execute-api:Invoke'], [verifyArn(grantee, managementApiId)]);
}

/** `POST /v1/verify` in the account and Region of a construct. */
export function verifyArn(scope: IConstruct, managementApiId: string): string {
  return Stack.of(scope).formatArn({
    service: 'execute-api',
    resource: managementApiId,
    resourceName: '$default/POST/v1/verify',
  });
}
