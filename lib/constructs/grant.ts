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
  const onKeys: Conditions = {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
    // ForAllValues holds for a request without keys too, so there must be some.
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
  grant(grantee, actions, [tableArn], allOf(onKeys, conditions));
}

/** Both blocks' conditions: one block has each operator once, and the second must not take the first one's place. */
function allOf(first: Conditions, second: Conditions): Conditions {
  const operators = new Set([...Object.keys(first), ...Object.keys(second)]);
  return Object.fromEntries(
    [...operators].map((operator) => [operator, { ...first[operator], ...second[operator] }]),
  );
}

/** An update that names no other attributes, and returns none. */
export function onlyAttributes(attributes: string[]): Conditions {
  return {
    'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes },
    StringEqualsIfExists: { 'dynamodb:ReturnValues': 'NONE' },
  };
}
