import { ArnFormat, Fn, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { RESOURCE } from '../../core/contract/deployment.ts';
import { ConfigError } from '../config-field.ts';
import type { RegionsConfig } from '../config-parts.ts';
import { dataKeyIn } from './data-key.ts';

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
  /** What `pepperArn` is asked for by, where that is a pattern. Default: `pepperArn`. */
  readonly pepperId?: string;
  /** The KMS key that short texts in items are sealed with, where it is another than `keyArn`. */
  readonly sealingKeyArn?: string;
  /** The main Region, in a store of another. */
  readonly home?: string;
}

/** The same, for the control plane, which is deployed beside it. */
export interface ControlStore extends Store {
  /** The KMS key that heads of audit chains are signed with. */
  readonly anchorKeyArn: string;
}

/** CloudFormation exports of Keywright's stacks, for stacks of other apps in the same account and Region. */
export const EXPORTS = {
  keyArn: 'keywright-key-arn',
  /** Of a Region beside the main one. By another name, so that who isn't told of the main Region finds none. */
  regionKeyArn: 'keywright-region-key-arn',
  pepperArn: 'keywright-pepper-arn',
  usageConsumerArn: 'keywright-usage-consumer-arn',
  managementApiId: 'keywright-management-api-id',
  managementUrl: 'keywright-management-url',
} as const;

/** The deployed store of this account and Region, for an app that protects its own APIs. */
export function deployedStore(
  scope: Construct,
  { regions }: { readonly regions: RegionsConfig | null },
): Store {
  const stack = Stack.of(scope);
  if (regions !== null && Token.isUnresolved(stack.region)) {
    throw new ConfigError(
      'The Region of this stack is not set; expected env.region, because regions has several and the store is another in each.',
    );
  }
  if (regions !== null && regions[0] !== stack.region)
    return regionStore(scope, { home: regions[0], keyArn: Fn.importValue(EXPORTS.regionKeyArn) });
  return {
    ...storeIn(stack, stack.region),
    keyArn: Fn.importValue(EXPORTS.keyArn),
    pepperArn: Fn.importValue(EXPORTS.pepperArn),
  };
}

/** What requests are decided by in a Region beside the main one: copies, and the Region's own table. */
export function regionStore(
  scope: Construct,
  { home, keyArn }: { readonly home: string; readonly keyArn: string },
): Store {
  const stack = Stack.of(scope);
  return { ...storeIn(stack, stack.region), keyArn, pepperId: RESOURCE.pepperSecret, home };
}

/** The main Region's store, for a function in another. */
export function homeStore(scope: Construct, home: string): Store {
  const stack = Stack.of(scope);
  return { ...storeIn(stack, home), keyArn: dataKeyIn(stack, home) };
}

/** By their names, whose ARNs follow from the Region. */
export function storeIn(stack: Stack, region: string): Omit<Store, 'keyArn'> {
  const tableArn = (resourceName: string) =>
    stack.formatArn({ service: 'dynamodb', region, resource: 'table', resourceName });
  return {
    tableArn: tableArn(RESOURCE.table),
    regionalTableArn: tableArn(RESOURCE.regionalTable),
    auditTableArn: tableArn(RESOURCE.auditTable),
    usageTableArn: tableArn(RESOURCE.usageTable),
    busArn: stack.formatArn({ service: 'events', region, resource: 'event-bus', resourceName: RESOURCE.bus }),
    // Secrets Manager ends a secret's ARN with six characters of its own choice.
    pepperArn: stack.formatArn({
      service: 'secretsmanager',
      region,
      resource: 'secret',
      resourceName: `${RESOURCE.pepperSecret}-??????`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  };
}
