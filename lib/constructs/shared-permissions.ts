import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ENV, RESOURCE, TABLE_INDEX } from '../../core/contract/deployment.ts';
import { grantDecrypt } from './data-key.ts';
import { type Conditions, grant, grantOnItems } from './grant.ts';
import type { Store } from './store.ts';

/**
 * What each function may do, beside writing its log, is written by hand, the whole of it, in the files of this folder
 * whose names end in `-permissions`. A permission and the environment variable that says where the thing is are given
 * together; here is what several are given.
 *
 * Nobody may Scan, and nobody may delete: rows end by their time-to-live or not at all. Where the main table can have
 * none, the sweep may delete what has such an end, and nothing else.
 */

/** Where a key stands in indexes. */
export const KEY_PLACES = ['duePk', 'dueAt', 'namePk', 'nameKey', 'hintKey'];

/** To read one item, make it and change it. */
export const CHANGE = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];

/** Where the main table is; what of it may be done is given apart. */
export function useTable(fn: LambdaFunction): void {
  fn.addEnvironment(ENV.table, RESOURCE.table);
}

/** `actions` on items of the main table whose partition key matches one of `partitions`. */
export function onItems(
  fn: LambdaFunction,
  store: Store,
  actions: string[],
  partitions: string[],
  conditions: Conditions = {},
): void {
  grantOnItems(fn, store.tableArn, actions, partitions, conditions);
}

/** To list what is due. */
export function queryDue(fn: LambdaFunction, store: Store): void {
  grant(fn, ['dynamodb:Query'], [`${store.tableArn}/index/${TABLE_INDEX.due}`]);
}

/** To list what there is of a kind, or of a tenant. */
export function queryList(fn: LambdaFunction, store: Store): void {
  grant(fn, ['dynamodb:Query'], [`${store.tableArn}/index/${TABLE_INDEX.list}`]);
}

/** When credentials were last used. */
export function readLastUse(fn: LambdaFunction, store: Store): void {
  fn.addEnvironment(ENV.usageTable, RESOURCE.usageTable);
  grantOnItems(fn, store.usageTableArn, ['dynamodb:BatchGetItem'], ['USED#*']);
}

/** Counts of requests, with what files have told of and is not in them yet. */
export function readCounts(fn: LambdaFunction, store: Store): void {
  grantOnItems(fn, store.usageTableArn, ['dynamodb:Query'], ['USE#*', 'FRESH#*']);
  grantOnItems(fn, store.usageTableArn, ['dynamodb:GetItem'], ['FRESH#*']);
}

/** An operation that has to wait leaves a request for approval; deciding on it is another function's. */
export function requestApprovals(fn: LambdaFunction, store: Store): void {
  onItems(fn, store, ['dynamodb:GetItem', 'dynamodb:PutItem'], ['APPROVAL#*']);
}

/** To call a function of Keywright's by its name. @param region where that is another than the stack's */
export function invokeFunction(fn: LambdaFunction, resourceName: string, region?: string): void {
  const target = Stack.of(fn).formatArn({
    service: 'lambda',
    ...(region !== undefined && { region }),
    resource: 'function',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  grant(fn, ['lambda:InvokeFunction'], [target]);
}

/** To read the pepper, which makes digests. */
export function usePepper(fn: LambdaFunction, store: Store): void {
  fn.addEnvironment(ENV.pepperSecret, store.pepperId ?? store.pepperArn);
  grant(fn, ['secretsmanager:GetSecretValue'], [store.pepperArn]);
  grantDecrypt(fn, store.keyArn, 'secretsmanager');
}
