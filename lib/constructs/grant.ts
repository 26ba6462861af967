import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Operators and keys of an IAM condition block. */
export type Conditions = Record<string, Record<string, string | string[]>>;

/** Allows `grantee` these actions on these resources, under all of `conditions`. */
export function grant(
  grantee: IGrantable,
  actions: string[],
  resources: string[],
  conditions: Conditions = {},
): void {
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources, conditions }));
}

/** Allows these actions on items of a DynamoDB table whose partition key matches one of `partitions`. */
export function grantOnItems(
  grantee: IGrantable,
  tableArn: string,
  actions: string[],
  partitions: string[],
  conditions: Conditions = {},
): void {
  grant(grantee, actions, [tableArn], {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
    // ForAllValues holds for a request without keys too, so there must be some.
    Null: { 'dynamodb:LeadingKeys': 'false' },
    ...conditions,
  });
}

/** An update that names no other attributes, and returns none. */
export function onlyAttributes(attributes: string[]): Conditions {
  return {
    'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes },
    StringEqualsIfExists: { 'dynamodb:ReturnValues': 'NONE' },
  };
}
