import { Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  ENDING_KEYS,
  ENV,
  EVENTS_FROM,
  LAST_EVENT,
  RESOURCE,
  TABLE_INDEX,
  TTL_ATTRIBUTE,
  TURN_ATTRIBUTE,
} from '../../core/contract/deployment.ts';
import { grantDecrypt, grantEncrypt } from './data-key.ts';
import { grant, grantOnItems, onlyAttributes } from './grant.ts';
import {
  KEY_PLACES,
  onItems,
  queryDue,
  queryList,
  readCounts,
  readLastUse,
  usePepper,
  useTable,
} from './shared-permissions.ts';
import type { Store } from './store.ts';

/** What they may who count, find, remind and end; shared-permissions.ts says by which rules. */

/** To read and acknowledge what was found; never to make it up. */
export function allowAlerts(fn: LambdaFunction, store: Store): void {
  useTable(fn);
  onItems(fn, store, ['dynamodb:GetItem', 'dynamodb:UpdateItem'], ['ALERT#*']);
  queryList(fn, store);
  grant(fn, ['dynamodb:Query'], [`${store.tableArn}/index/${TABLE_INDEX.alerts}`]);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
}

/**
 * To end what strangers have, and to note where it was found; never to make a key, and of an API nothing but
 * its client key's mark. Where imported keys are accepted, also to read what leads to them.
 */
export function allowLeaks(
  fn: LambdaFunction,
  store: Store,
  { importedKeys }: { readonly importedKeys: boolean },
): void {
  useTable(fn);
  fn.addEnvironment(ENV.acceptImportedKeys, String(importedKeys));
  if (importedKeys) onItems(fn, store, ['dynamodb:BatchGetItem'], ['ALIAS#*']);
  onItems(fn, store, ['dynamodb:GetItem'], ['CRED#*', 'TENANT#*', 'API#*']);
  const noted = ['pk', 'sk', 'revision', EVENTS_FROM, TURN_ATTRIBUTE, LAST_EVENT];
  const ended = ['status', 'revocation', 'secrets', 'slots', 'digests', 'reminders', ...KEY_PLACES];
  onItems(fn, store, ['dynamodb:UpdateItem'], ['CRED#*'], onlyAttributes([...noted, ...ended]));
  onItems(fn, store, ['dynamodb:UpdateItem'], ['API#*'], onlyAttributes([...noted, 'clientKey']));
  grantEncrypt(fn, store.keyArn, 'dynamodb');
  usePepper(fn, store);
}

/** To stop one credential: its status or state, with the event that says who did it, and nothing else of it. */
export function allowBrake(fn: LambdaFunction, store: Store): void {
  useTable(fn);
  onItems(fn, store, ['dynamodb:GetItem'], ['CRED#*']);
  const places = [...KEY_PLACES, 'updatedAt', 'subscriptionPk'];
  const noted = ['pk', 'sk', 'revision', EVENTS_FROM, TURN_ATTRIBUTE, LAST_EVENT];
  const stopped = ['status', 'disabling', 'state', 'decided', 'reminders', ...places];
  onItems(fn, store, ['dynamodb:UpdateItem'], ['CRED#*'], onlyAttributes([...noted, ...stopped]));
  grantEncrypt(fn, store.keyArn, 'dynamodb');
}

/** A queue in another Region than the stack's. */
export interface QueueElsewhere {
  readonly region: string;
  readonly url: string;
  readonly arn: string;
}

/** Queues of log lines that could not be counted, of this Region and of the others. */
interface SweepQueues {
  readonly lostLines: IQueue;
  readonly lostElsewhere: readonly QueueElsewhere[];
}

/**
 * To note what came to pass by itself: the event and the next reminder, and to take out an old secret that is quiet;
 * no digest, so that it can make none. To know that, how tenants are and how far lines are counted. Where the table has
 * no time-to-live (`endsItems`), also to delete what has ended.
 */
export function allowSweep(
  fn: LambdaFunction,
  store: Store,
  { lostLines, lostElsewhere, endsItems }: SweepQueues & { readonly endsItems: boolean },
): void {
  useTable(fn);
  queryDue(fn, store);
  onItems(fn, store, ['dynamodb:GetItem'], ['CRED#*', 'APPROVAL#*']);
  readLastUse(fn, store);
  const noted = ['pk', 'sk', 'revision', EVENTS_FROM, 'duePk', 'dueAt', TURN_ATTRIBUTE, LAST_EVENT];
  const reminded = [...noted, 'reminders', 'secrets', ...KEY_PLACES];
  onItems(fn, store, ['dynamodb:UpdateItem'], ['CRED#*'], onlyAttributes(reminded));
  onItems(fn, store, ['dynamodb:GetItem'], ['TENANT#*']);
  grantOnItems(fn, store.usageTableArn, ['dynamodb:GetItem'], ['USE#*', 'HEARD#*', 'FRESH#*']);
  grantOnItems(fn, store.usageTableArn, ['dynamodb:Query'], ['FRESH#*']);
  fn.addEnvironment(ENV.usageDeadLetters, lostLines.queueUrl);
  grant(fn, ['sqs:GetQueueAttributes'], [lostLines.queueArn, ...lostElsewhere.map(({ arn }) => arn)]);
  if (lostElsewhere.length > 0) {
    const urls = Object.fromEntries(lostElsewhere.map(({ region, url }) => [region, url]));
    fn.addEnvironment(ENV.usageDeadLettersElsewhere, Stack.of(fn).toJsonString(urls));
  }
  onItems(fn, store, ['dynamodb:UpdateItem'], ['APPROVAL#*'], onlyAttributes([...noted, 'state']));
  if (endsItems) {
    fn.addEnvironment(ENV.endsItems, 'true');
    const judged = onlyAttributes(['pk', 'sk', 'dueAt', TTL_ATTRIBUTE]);
    onItems(fn, store, ['dynamodb:DeleteItem'], [...ENDING_KEYS], judged);
  }
  grantEncrypt(fn, store.keyArn, 'dynamodb');
}

/**
 * Counts requests, and reads a count only to learn which names it has. Beside it the publisher alone writes the usage
 * table. What is fresh is deleted once counts have taken it in; no count is.
 */
export function allowUsageConsumer(fn: LambdaFunction, store: Store): void {
  fn.addEnvironment(ENV.usageTable, RESOURCE.usageTable);
  // A transaction puts what a batch leaves, strikes off what it owed and updates counts. It asks for both permissions,
  // and whether LeadingKeys then holds the keys of that action or of all of them is not documented: so both are for all.
  const inTransactions = ['BATCH#*', 'USE#*', 'REFUSED#*', 'FRESH#*'];
  grantOnItems(fn, store.usageTableArn, ['dynamodb:PutItem', 'dynamodb:UpdateItem'], inTransactions);
  // How far a log is heard is what silence goes by: of its own Region's logs alone.
  const noted = ['USED#*', `HEARD#${Stack.of(fn).region}:*`, 'WHYS#*', 'ENDED#*'];
  grantOnItems(fn, store.usageTableArn, ['dynamodb:UpdateItem'], noted);
  grantOnItems(fn, store.usageTableArn, ['dynamodb:PutItem'], ['WHY#*']);
  grantOnItems(
    fn,
    store.usageTableArn,
    ['dynamodb:GetItem'],
    ['USE#*', 'REFUSED#*', 'FRESH#*', 'USED#recent#*'],
  );
  grantOnItems(fn, store.usageTableArn, ['dynamodb:DeleteItem'], ['FRESH#*']);
  grantOnItems(
    fn,
    store.usageTableArn,
    ['dynamodb:BatchGetItem'],
    ['PROFILE#*', 'USE#*', 'REFUSED#*', 'ENDED#*'],
  );
  grantOnItems(fn, store.usageTableArn, ['dynamodb:Query'], ['USE#*', 'ENDED#recent', 'FRESH#*']);
  grantOnItems(fn, store.usageTableArn, ['dynamodb:PutItem'], ['PROFILE#*']);
  useTable(fn);
  onItems(fn, store, ['dynamodb:GetItem', 'dynamodb:PutItem'], ['ALERT#*']);
  onItems(fn, store, ['dynamodb:GetItem'], ['CRED#*'], {
    'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'tenantId'] },
    // Without a projection there are no names to compare, and everything would be read.
    Null: { 'dynamodb:LeadingKeys': 'false', 'dynamodb:Attributes': 'false' },
  });
  grantEncrypt(fn, store.keyArn, 'dynamodb');
}

/** Reads counts, last uses, what was refused, keys and whose a credential is, the APIs that were called, and products. */
export function allowUsage(fn: LambdaFunction, store: Store): void {
  useTable(fn);
  onItems(fn, store, ['dynamodb:GetItem'], ['API#*', 'CRED#*', 'PRODUCT#*', 'TENANT#*']);
  onItems(fn, store, ['dynamodb:BatchGetItem'], ['CRED#*']);
  queryList(fn, store);
  grant(fn, ['dynamodb:Query'], [`${store.tableArn}/index/${TABLE_INDEX.subscriptions}`]);
  readLastUse(fn, store);
  grantOnItems(fn, store.usageTableArn, ['dynamodb:GetItem'], ['SUMMARY#*', 'ENDED#*']);
  readCounts(fn, store);
  grantOnItems(fn, store.usageTableArn, ['dynamodb:Query'], ['WHY#*']);
  grantDecrypt(fn, store.keyArn, 'dynamodb');
}
