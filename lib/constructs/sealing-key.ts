import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ENV } from '../../core/contract/deployment.ts';
import { type Conditions, grant } from './grant.ts';
import type { Store } from './store.ts';

/** What a function may do with the key that short texts in items are sealed with. */
export type SealingAction = 'kms:Decrypt' | 'kms:Encrypt';

/**
 * Lets `fn` seal texts, or open them, on these conditions. Where a multi-Region key seals them, the data key, which did
 * before, opens what it has sealed and seals no more.
 */
export function grantSealing(
  fn: LambdaFunction,
  { keyArn, sealingKeyArn }: Pick<Store, 'keyArn' | 'sealingKeyArn'>,
  actions: readonly SealingAction[],
  conditions: Conditions,
): void {
  fn.addEnvironment(ENV.secretsKey, sealingKeyArn ?? keyArn);
  grant(fn, [...actions], [sealingKeyArn ?? keyArn], conditions);
  if (sealingKeyArn === undefined) return;
  fn.addEnvironment(ENV.secretsKeyBefore, keyArn);
  if (actions.includes('kms:Decrypt')) grant(fn, ['kms:Decrypt'], [keyArn], conditions);
}
