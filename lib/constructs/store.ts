import { Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { RESOURCE } from '../../core/contract/deployment.ts';

/** Where Keywright's data is: what a stack needs to know to let functions use it. */
export interface Store {
  readonly tableArn: string;
  /** What requests write in this Region. */
  readonly regionalTableArn: string;
  readonly auditTableArn: string;
  readonly usageTableArn: string;
  readonly pepperArn: string;
  readonly busArn: string;
  /** The KMS key that tables and pepper are encrypted with. */
  readonly keyArn: string;
}

/** The same, for the control plane, which is deployed beside it. */
export interface ControlStore extends Store {
  /** The KMS key that heads of audit chains are signed with. */
  readonly anchorKeyArn: string;
}

/** CloudFormation exports of Keywright's stacks, for stacks of other apps in the same account and Region. */
export const EXPORTS = {
  keyArn: 'keywright-key-arn',
  pepperArn: 'keywright-pepper-arn',
  usageConsumerArn: 'keywright-usage-consumer-arn',
  managementApiId: 'keywright-management-api-id',
  managementUrl: 'keywright-management-url',
} as const;

/** The deployed store of this account and Region, for an app that protects its own APIs. */
export function deployedStore(scope: Construct): Store {
  const stack = Stack.of(scope);
  const tableArn = (resourceName: string) =>
    stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName });
  return {
    tableArn: tableArn(RESOURCE.table),
    regionalTableArn: tableArn(RESOURCE.regionalTable),
    auditTableArn: tableArn(RESOURCE.auditTable),
    usageTableArn: tableArn(RESOURCE.usageTable),
    busArn: stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: RESOURCE.bus }),
    keyArn: Fn.importValue(EXPORTS.keyArn),
    pepperArn: Fn.importValue(EXPORTS.pepperArn),
  };
}
