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
