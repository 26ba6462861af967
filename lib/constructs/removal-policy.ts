import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * What becomes of data when its stack or its declaration goes: it stays, unless the operator let go of it. What
 * a first deployment made before it failed goes with it all the same (`RetainExceptOnCreate`): it is empty, and
 * its fixed name would stand in the way of the next attempt.
 */
export function removalPolicyOf({
  deletionProtection,
}: {
  readonly deletionProtection: boolean;
}): RemovalPolicy {
  return deletionProtection ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
