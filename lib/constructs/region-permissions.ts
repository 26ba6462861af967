import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ENV, LAST_EVENT, RESOURCE, TTL_ATTRIBUTE } from '../../core/contract/deployment.ts';
import { grantDecrypt, grantEncrypt } from './data-key.ts';
import { grant, grantOnItems, onlyAttributes } from './grant.ts';
import type { Store } from './store.ts';
import { suppress } from './suppression.ts';

/** To read a Region's stream, and to note networks where the control plane is; nothing else of either. */
export function allowSightingRelay(
  fn: LambdaFunction,
  home: Store,
  { streamArn, keyArn }: { readonly streamArn: string; readonly keyArn: string },
): void {
  grant(fn, ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [streamArn]);
  grant(fn, ['dynamodb:ListStreams'], ['*']);
  suppress(fn.role ?? fn, {
    id: 'AwsSolutions-IAM5',
    reason: 'dynamodb:ListStreams, which Lambda calls to follow a stream, has no resources.',
    appliesTo: ['Resource::*'],
  });
  grantDecrypt(fn, keyArn, 'dynamodb');
  fn.addEnvironment(ENV.regionalTable, RESOURCE.regionalTable);
  const noted = onlyAttributes(['pk', 'sk', TTL_ATTRIBUTE, LAST_EVENT]);
  grantOnItems(fn, home.regionalTableArn, ['dynamodb:PutItem', 'dynamodb:UpdateItem'], ['SEEN#*'], noted);
  grantEncrypt(fn, home.keyArn, 'dynamodb');
}
