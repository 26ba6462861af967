import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  AUDIT_INDEX,
  ENV,
  EVENTS_FROM,
  LAST_EVENT,
  RESOURCE,
  TABLE_INDEX,
} from '../../core/contract/deployment.ts';
import { grantDecrypt, grantEncrypt } from './data-key.ts';
import { grant, grantOnItems } from './grant.ts';
import type { ControlStore, Store } from './store.ts';
import { suppress } from './suppression.ts';

/**
 * To read the audit log, the heads of its chains and the policy that locks it, and to check who signed; of all
 * else how often it was changed; to write nothing.
 */
export function allowAudit(
  fn: LambdaFunction,
  store: ControlStore,
  { auditRetentionDays }: { readonly auditRetentionDays: number },
): void {
  readRevisions(fn, store);
  grantOnItems(fn, store.tableArn, ['dynamodb:GetItem'], ['TENANT#*'], {
    'ForAllValues:StringEquals': { 'dynamodb:Attributes': REVISION_ATTRIBUTES },
    Null: { 'dynamodb:LeadingKeys': 'false', 'dynamodb:Attributes': 'false' },
  });
  fn.addEnvironment(ENV.auditTable, RESOURCE.auditTable);
  grant(fn, ['dynamodb:Query'], [store.auditTableArn, `${store.auditTableArn}/index/${AUDIT_INDEX.byDay}`]);
  grant(fn, ['dynamodb:BatchGetItem'], [store.auditTableArn]);
  fn.addEnvironment(ENV.auditTableArn, store.auditTableArn);
  fn.addEnvironment(ENV.auditRetentionDays, String(auditRetentionDays));
  grant(fn, ['dynamodb:GetResourcePolicy'], [store.auditTableArn]);
  grantDecrypt(fn, store.keyArn, 'dynamodb');
  useAnchors(fn, store);
  grant(fn, ['kms:GetPublicKey'], [store.anchorKeyArn]);
  onAnchorStreams(fn, ['logs:GetLogEvents']);
}

/** To compare how often items were changed with what the audit log has, and to note what it lacks. */
export function allowAuditGaps(fn: LambdaFunction, store: Store): void {
  readRevisions(fn, store);
  fn.addEnvironment(ENV.auditTable, RESOURCE.auditTable);
  grantOnItems(fn, store.auditTableArn, ['dynamodb:Query'], ['REVISION#*']);
  grantOnItems(fn, store.tableArn, ['dynamodb:GetItem', 'dynamodb:PutItem'], ['SEARCH#*']);
  grantOnItems(fn, store.tableArn, ['dynamodb:PutItem'], ['GAP#*']);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
}

/** What says how often an item was changed; the events themselves are the audit log's. */
const REVISION_ATTRIBUTES = [
  'pk',
  'sk',
  'listPk',
  'listSk',
  'revision',
  EVENTS_FROM,
  'tenantId',
  'keyId',
  'subscriptionId',
  LAST_EVENT,
];

function readRevisions(fn: LambdaFunction, store: Store): void {
  fn.addEnvironment(ENV.table, RESOURCE.table);
  grant(fn, ['dynamodb:Query'], [`${store.tableArn}/index/${TABLE_INDEX.list}`], {
    'ForAllValues:StringEquals': { 'dynamodb:Attributes': REVISION_ATTRIBUTES },
    // Without a projection everything would be read, and there would be no names to compare.
    StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
    Null: { 'dynamodb:Attributes': 'false' },
  });
}

/**
 * The only writer of the audit table, the only one that speaks on the bus, the only reader of the streams. It reads no
 * record, but where the table was a copy in another Region, whose end it completes.
 */
export function allowPublisher(
  fn: LambdaFunction,
  store: ControlStore,
  { streamArns, wasCopy }: { readonly streamArns: string[]; readonly wasCopy: boolean },
): void {
  grant(fn, ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], streamArns);
  grant(fn, ['dynamodb:ListStreams'], ['*']);
  suppress(fn.role ?? fn, {
    id: 'AwsSolutions-IAM5',
    reason: 'dynamodb:ListStreams, which Lambda calls to follow a stream, has no resources.',
    appliesTo: ['Resource::*'],
  });
  fn.addEnvironment(ENV.auditTable, RESOURCE.auditTable);
  // TransactWriteItems asks for the permission of each of its actions, and these are all puts.
  grant(fn, ['dynamodb:PutItem'], [store.auditTableArn]);
  const partitions = wasCopy ? ['CHAIN#*', 'tenant_*', '-'] : ['CHAIN#*'];
  grantOnItems(fn, store.auditTableArn, ['dynamodb:Query'], partitions);
  if (wasCopy) fn.addEnvironment(ENV.auditTableWasCopy, 'true');
  grantEncrypt(fn, store.keyArn, 'dynamodb');
  fn.addEnvironment(ENV.usageTable, RESOURCE.usageTable);
  grantOnItems(fn, store.usageTableArn, ['dynamodb:GetItem'], ['COUNTED#*']);
  grantOnItems(fn, store.usageTableArn, ['dynamodb:UpdateItem'], ['ENDED#*']);
  // In one transaction, whose keys are all keys of each of its actions.
  const inTransactions = ['COUNTED#*', 'SUMMARY#*'];
  grantOnItems(fn, store.usageTableArn, ['dynamodb:PutItem', 'dynamodb:UpdateItem'], inTransactions);
  fn.addEnvironment(ENV.bus, RESOURCE.bus);
  grant(fn, ['events:PutEvents'], [store.busArn]);
  useAnchors(fn, store);
  grant(fn, ['kms:Sign'], [store.anchorKeyArn]);
  onAnchorStreams(fn, ['logs:CreateLogStream', 'logs:PutLogEvents']);
}

function useAnchors(fn: LambdaFunction, store: ControlStore): void {
  fn.addEnvironment(ENV.anchorKey, store.anchorKeyArn);
  fn.addEnvironment(ENV.anchorLogGroup, RESOURCE.auditAnchors);
}

/** Each chain has a stream of its own, named by its tenant. */
function onAnchorStreams(fn: LambdaFunction, actions: string[]): void {
  const name = `${RESOURCE.auditAnchors}:log-stream:*`;
  const streams = Stack.of(fn).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  grant(fn, actions, [streams]);
  suppress(fn.role ?? fn, {
    id: 'AwsSolutions-IAM5',
    reason: 'A tenant’s stream is made with its first record; the log group holds nothing else.',
    appliesTo: [{ regex: `/^Resource::arn:.+:log-group:${RESOURCE.auditAnchors}:log-stream:\\*$/` }],
  });
}
