import { ArnFormat, Stack } from 'aws-cdk-lib';
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
  USED_PREFIX,
} from '../../core/contract/deployment.ts';
import type { LimitsConfig } from '../config-parts.ts';
import { grantDecrypt, grantEncrypt } from './data-key.ts';
import { type Conditions, grant, grantOnItems, onlyAttributes } from './grant.ts';
import { grantSealing, type SealingAction } from './sealing-key.ts';
import { homeStore, type Store } from './store.ts';

/**
 * What each function may do, beside writing its log: the whole of it, written by hand. A permission and
 * the environment variable that says where the thing is are given together.
 *
 * Nobody may Scan, and nobody may delete: rows end by their time-to-live or not at all. Where the main table can have
 * none, the sweep may delete what has such an end, and nothing else.
 */

/** Where a key stands in indexes. */
const KEY_PLACES = ['duePk', 'dueAt', 'namePk', 'nameKey', 'hintKey'];

/** What keys that can be shown again are sealed for. */
const SUBSCRIPTION_KEYS = { owner: 'sub_*', slots: ['primary', 'secondary'] };
const CLIENT_KEYS = { owner: 'api_*', slots: ['clientKey'] };
/** The same once more, where their operator publishes them. */
const PUBLIC_KEYS = { owner: 'api_*', slots: ['publicClientKey'] };

/** To read one item, make it and change it. */
const CHANGE = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];

/**
 * One BatchGetItem to decide, two for subscriptions; the note of a network; the pepper; and to ask for upkeep.
 * Where imported keys are accepted, also what leads to them. Nothing of the main table can be written: whoever takes
 * such a function over can read digests and pretend that networks were seen.
 */
export function allowAuthorizer(
  fn: LambdaFunction,
  store: Store,
  { importedKeys }: { readonly importedKeys: boolean },
): void {
  useTable(fn);
  fn.addEnvironment(ENV.acceptImportedKeys, String(importedKeys));
  const aliases = importedKeys ? ['ALIAS#*'] : [];
  const read = ['CRED#*', 'TENANT#*', 'API#*', 'PRODUCT#*', ...aliases];
  onItems(fn, store, ['dynamodb:BatchGetItem'], read);
  const noted = onlyAttributes(['pk', 'sk', TTL_ATTRIBUTE, LAST_EVENT]);
  useRegionalTable(fn);
  grantOnItems(fn, store.regionalTableArn, ['dynamodb:BatchGetItem'], ['SEEN#*']);
  grantOnItems(fn, store.regionalTableArn, ['dynamodb:PutItem'], ['SEEN#*'], noted);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
  usePepper(fn, store);
  askForUpkeep(fn, store);
}

/** To rewrite digests, first uses and what leads to imported keys, each with what explains it; of nothing else. */
export function allowKeyUpkeep(fn: LambdaFunction, store: Store): void {
  useTable(fn);
  onItems(fn, store, ['dynamodb:GetItem'], ['CRED#*']);
  const written = ['pk', 'sk', 'digests', 'imported', LAST_EVENT];
  onItems(fn, store, ['dynamodb:UpdateItem'], ['CRED#*'], onlyAttributes(written));
  onItems(fn, store, ['dynamodb:PutItem'], ['ALIAS#*']);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
  usePepper(fn, store);
}

/**
 * To count what is spent of limits, and nothing else. IAM can tell items by how their keys begin, and not whose
 * callers' they are: it is every credential's limits that can be spent.
 */
export function allowLimits(fn: LambdaFunction, store: Store, { across }: LimitsConfig): void {
  useRegionalTable(fn);
  const isFar = store.home !== undefined && across === 'regions';
  const { regionalTableArn, keyArn } = isFar ? homeStore(fn, store.home) : store;
  if (isFar) fn.addEnvironment(ENV.limitsRegion, store.home);
  grantOnItems(fn, regionalTableArn, ['dynamodb:UpdateItem'], ['LIMIT#*'], {
    'ForAllValues:StringLike': { 'dynamodb:Attributes': ['pk', 'sk', `${USED_PREFIX}*`, TTL_ATTRIBUTE] },
  });
  grantEncrypt(fn, keyArn, 'dynamodb');
}

/** Keys are stored, never read back in the clear: the pepper makes their digests. */
export function allowKeys(fn: LambdaFunction, store: Store): void {
  useTable(fn);
  readLastUse(fn, store);
  requestApprovals(fn, store);
  onItems(fn, store, CHANGE, ['CRED#*']);
  onItems(fn, store, ['dynamodb:GetItem', 'dynamodb:BatchGetItem'], ['TENANT#*']);
  importKeys(fn, store);
  queryList(fn, store);
  for (const index of [TABLE_INDEX.names, TABLE_INDEX.hints])
    grant(fn, ['dynamodb:Query'], [`${store.tableArn}/index/${index}`]);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
  usePepper(fn, store);
}

/** Tenants, and their roles, which are part of the tenant's item. */
export function allowTenants(fn: LambdaFunction, store: Store): void {
  useTable(fn);
  requestApprovals(fn, store);
  onItems(fn, store, [...CHANGE, 'dynamodb:BatchGetItem'], ['TENANT#*']);
  queryList(fn, store);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
}

/** Members and invitations; of the tenants what they are called and whether a second admin is asked. */
export function allowMembers(
  fn: LambdaFunction,
  store: Store,
  { mail }: { readonly mail: object | null },
): void {
  useTable(fn);
  requestApprovals(fn, store);
  onItems(fn, store, ['dynamodb:GetItem', 'dynamodb:BatchGetItem'], ['TENANT#*']);
  onItems(fn, store, CHANGE, ['TEAM#*']);
  if (mail !== null) {
    onItems(fn, store, ['dynamodb:GetItem'], ['TOKENS#*', 'ADDRESSEE#*', 'SUPPRESSED#*']);
    onItems(fn, store, ['dynamodb:UpdateItem'], ['ADDRESSEE#*']);
  }
  onItems(fn, store, ['dynamodb:UpdateItem'], ['PERSON#*'], onlyAttributes(['pk', 'sk', 'tenantIds']));
  endSessions(fn, store);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
}

/** Of sessions that are there. */
function endSessions(fn: LambdaFunction, store: Store): void {
  onItems(fn, store, ['dynamodb:GetItem'], ['SESSION#*']);
  const ended = ['endedAt', 'refreshToken', 'revision', EVENTS_FROM, TURN_ATTRIBUTE, LAST_EVENT];
  onItems(fn, store, ['dynamodb:UpdateItem'], ['SESSION#*'], onlyAttributes(['pk', 'sk', ...ended]));
  queryList(fn, store);
}

/**
 * Sign-ups, and to make members of those who did, of tenants that there are or new ones. It changes no tenant, and
 * its team's item whole: IAM can't tell a member from another.
 */
export function allowSignUps(fn: LambdaFunction, store: Store): void {
  useTable(fn);
  onItems(fn, store, CHANGE, ['SIGNUP#*', 'TEAM#*']);
  onItems(fn, store, ['dynamodb:GetItem', 'dynamodb:PutItem'], ['TENANT#*']);
  onItems(fn, store, ['dynamodb:UpdateItem'], ['PERSON#*'], onlyAttributes(['pk', 'sk', 'tenantIds']));
  queryList(fn, store);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
}

/** To know who is a member of which tenant: for whatever people call. */
export function allowMemberships(fn: LambdaFunction, store: Store): void {
  onItems(fn, store, ['dynamodb:BatchGetItem'], ['PERSON#*']);
  onItems(fn, store, ['dynamodb:BatchGetItem'], ['TEAM#*']);
}

/** To find a session and note that it is used, and to ask that it be renewed; never to make one or to end one. */
export function allowPeopleAuthorizer(fn: LambdaFunction, store: Store): void {
  useTable(fn);
  onItems(fn, store, ['dynamodb:GetItem'], ['SESSION#*']);
  const noted = ['pk', 'sk', 'endedAt', 'lastSeenAt'];
  onItems(fn, store, ['dynamodb:UpdateItem'], ['SESSION#*'], onlyAttributes(noted));
  grantEncrypt(fn, store.keyArn, 'dynamodb');
  invokeFunction(fn, RESOURCE.session);
}

/**
 * Sessions, and nothing else of the table; the portal's client secret; and the data key for refresh tokens, which
 * nobody else can read: KMS wants to be told that it is for a session's.
 */
export function allowSession(fn: LambdaFunction, store: Store, secretArn: string): void {
  useTable(fn);
  onItems(fn, store, CHANGE, ['SESSION#*']);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
  fn.addEnvironment(ENV.clientSecret, secretArn);
  grant(fn, ['secretsmanager:GetSecretValue'], [secretArn]);
  grantDecrypt(fn, store.keyArn, 'secretsmanager');
  grantSealing(fn, store, ['kms:Decrypt', 'kms:Encrypt'], {
    StringLike: { 'kms:EncryptionContext:session': 'session_*' },
  });
}

/** APIs, and their client keys, which people can be shown again. */
export function allowApis(fn: LambdaFunction, store: Store): void {
  useTable(fn);
  onItems(fn, store, CHANGE, ['API#*']);
  keepDocuments(fn, store);
  queryList(fn, store);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
  usePepper(fn, store);
  useSealedKeys(fn, store, CLIENT_KEYS, ['kms:Decrypt', 'kms:Encrypt']);
  useSealedKeys(fn, store, PUBLIC_KEYS, ['kms:Encrypt']);
}

/** Products, and the client keys that are published with them, which everybody may see. */
export function allowProducts(fn: LambdaFunction, store: Store): void {
  useTable(fn);
  onItems(fn, store, CHANGE, ['PRODUCT#*']);
  onItems(fn, store, ['dynamodb:GetItem', 'dynamodb:BatchGetItem'], ['API#*']);
  keepDocuments(fn, store);
  queryList(fn, store);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
  useSealedKeys(fn, store, PUBLIC_KEYS, ['kms:Decrypt']);
}

/** Subscriptions, and their keys, which people can be shown again. */
export function allowSubscriptions(fn: LambdaFunction, store: Store): void {
  useTable(fn);
  readLastUse(fn, store);
  requestApprovals(fn, store);
  onItems(fn, store, CHANGE, ['CRED#*']);
  onItems(fn, store, ['dynamodb:GetItem', 'dynamodb:BatchGetItem'], ['TENANT#*', 'PRODUCT#*']);
  onItems(fn, store, ['dynamodb:GetItem'], ['API#*']);
  onItems(fn, store, ['dynamodb:GetItem', 'dynamodb:PutItem'], ['OPEN#*']);
  importKeys(fn, store);
  queryList(fn, store);
  grant(fn, ['dynamodb:Query'], [`${store.tableArn}/index/${TABLE_INDEX.subscriptions}`]);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
  usePepper(fn, store);
  useSealedKeys(fn, store, SUBSCRIPTION_KEYS, ['kms:Decrypt', 'kms:Encrypt']);
  useSealedKeys(fn, store, CLIENT_KEYS, ['kms:Decrypt']);
}

/** To register secrets that programs have drawn, with the use of the ones before; never to make a credential. */
export function allowRotation(fn: LambdaFunction, store: Store): void {
  useTable(fn);
  readLastUse(fn, store);
  readCounts(fn, store);
  onItems(fn, store, ['dynamodb:GetItem'], ['CRED#*', 'TENANT#*']);
  const noted = ['pk', 'sk', 'revision', EVENTS_FROM, TURN_ATTRIBUTE, LAST_EVENT, 'updatedAt'];
  const sealed = ['sealedPrimary', 'sealedSecondary'];
  const registered = ['secrets', 'slots', 'digests', 'formerDigests', 'imported', 'reminders', ...sealed];
  const places = [...KEY_PLACES, 'subscriptionPk'];
  onItems(
    fn,
    store,
    ['dynamodb:UpdateItem'],
    ['CRED#*'],
    onlyAttributes([...noted, ...registered, ...places]),
  );
  onItems(fn, store, ['dynamodb:PutItem'], ['ALERT#*']);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
  usePepper(fn, store);
  useSealedKeys(fn, store, SUBSCRIPTION_KEYS, ['kms:Encrypt']);
}

/** To decide on approvals and to carry them out, on credentials, tenants and roles; never to make one. */
export function allowApprovals(fn: LambdaFunction, store: Store): void {
  useTable(fn);
  queryDue(fn, store);
  readLastUse(fn, store);
  onItems(fn, store, ['dynamodb:GetItem', 'dynamodb:UpdateItem'], ['APPROVAL#*', 'CRED#*', 'TENANT#*']);
  onItems(fn, store, ['dynamodb:PutItem'], ['CRED#*']);
  onItems(fn, store, ['dynamodb:GetItem'], ['PRODUCT#*', 'API#*']);
  onItems(fn, store, ['dynamodb:BatchGetItem'], ['TENANT#*', 'PRODUCT#*']);
  onItems(fn, store, CHANGE, ['TEAM#*']);
  queryList(fn, store);
  grantEncrypt(fn, store.keyArn, 'dynamodb');
  usePepper(fn, store);
  useSealedKeys(fn, store, SUBSCRIPTION_KEYS, ['kms:Decrypt', 'kms:Encrypt']);
  useSealedKeys(fn, store, CLIENT_KEYS, ['kms:Decrypt']);
}

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
  const stopped = ['status', 'state', 'decided', 'reminders', ...places];
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

/** The four steps of a rotation, on the pepper alone. */
export function allowPepperRotation(fn: LambdaFunction, store: Store): void {
  fn.addEnvironment(ENV.pepperSecret, store.pepperArn);
  const actions = [
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
    'secretsmanager:PutSecretValue',
    'secretsmanager:UpdateSecretVersionStage',
  ];
  grant(fn, actions, [store.pepperArn]);
  grantEncrypt(fn, store.keyArn, 'secretsmanager');
}

/** Long texts, which never change and end by their time-to-live. */
function keepDocuments(fn: LambdaFunction, store: Store): void {
  onItems(fn, store, ['dynamodb:BatchGetItem', 'dynamodb:PutItem'], ['DOCUMENT#*']);
  const end = onlyAttributes(['pk', 'sk', TTL_ATTRIBUTE, 'duePk', 'dueAt']);
  onItems(fn, store, ['dynamodb:UpdateItem'], ['DOCUMENT#*'], end);
}

/** When credentials were last used. */
function readLastUse(fn: LambdaFunction, store: Store): void {
  fn.addEnvironment(ENV.usageTable, RESOURCE.usageTable);
  grantOnItems(fn, store.usageTableArn, ['dynamodb:BatchGetItem'], ['USED#*']);
}

/** Counts of requests, with what files have told of and is not in them yet. */
function readCounts(fn: LambdaFunction, store: Store): void {
  grantOnItems(fn, store.usageTableArn, ['dynamodb:Query'], ['USE#*', 'FRESH#*']);
  grantOnItems(fn, store.usageTableArn, ['dynamodb:GetItem'], ['FRESH#*']);
}

function useTable(fn: LambdaFunction): void {
  fn.addEnvironment(ENV.table, RESOURCE.table);
}

function useRegionalTable(fn: LambdaFunction): void {
  fn.addEnvironment(ENV.regionalTable, RESOURCE.regionalTable);
}

/** An operation that has to wait leaves a request for approval; deciding on it is another function's. */
function requestApprovals(fn: LambdaFunction, store: Store): void {
  onItems(fn, store, ['dynamodb:GetItem', 'dynamodb:PutItem'], ['APPROVAL#*']);
}

/** What leads to an imported key is written once and stays. */
function importKeys(fn: LambdaFunction, store: Store): void {
  onItems(fn, store, ['dynamodb:GetItem', 'dynamodb:PutItem'], ['ALIAS#*']);
  onItems(fn, store, ['dynamodb:BatchGetItem'], ['ALIAS#*', 'CRED#*']);
}

/** By its name, since authorizers stand in stacks of their own, and where the control plane is. */
function askForUpkeep(fn: LambdaFunction, { home }: Store): void {
  fn.addEnvironment(ENV.keyUpkeep, RESOURCE.keyUpkeep);
  if (home !== undefined) fn.addEnvironment(ENV.mainRegion, home);
  invokeFunction(fn, RESOURCE.keyUpkeep, home);
}

function invokeFunction(fn: LambdaFunction, resourceName: string, region?: string): void {
  const target = Stack.of(fn).formatArn({
    service: 'lambda',
    ...(region !== undefined && { region }),
    resource: 'function',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  grant(fn, ['lambda:InvokeFunction'], [target]);
}

function usePepper(fn: LambdaFunction, store: Store): void {
  readPepper(fn, store);
  grantDecrypt(fn, store.keyArn, 'secretsmanager');
}

function readPepper(fn: LambdaFunction, store: Store): void {
  fn.addEnvironment(ENV.pepperSecret, store.pepperId ?? store.pepperArn);
  grant(fn, ['secretsmanager:GetSecretValue'], [store.pepperArn]);
}

/**
 * To seal keys that can be shown again, or to open what was sealed, of these owners and slots: KMS wants to be told
 * whose key it is, and opens it for nobody who says otherwise.
 */
function useSealedKeys(
  fn: LambdaFunction,
  store: Store,
  { owner, slots }: { readonly owner: string; readonly slots: string[] },
  actions: SealingAction[],
): void {
  grantSealing(fn, store, actions, {
    StringLike: { 'kms:EncryptionContext:owner': owner },
    StringEquals: { 'kms:EncryptionContext:slot': slots },
  });
}

/** `actions` on items of the main table whose partition key matches one of `partitions`. */
function onItems(
  fn: LambdaFunction,
  store: Store,
  actions: string[],
  partitions: string[],
  conditions: Conditions = {},
): void {
  grantOnItems(fn, store.tableArn, actions, partitions, conditions);
}

function queryDue(fn: LambdaFunction, store: Store): void {
  grant(fn, ['dynamodb:Query'], [`${store.tableArn}/index/${TABLE_INDEX.due}`]);
}

function queryList(fn: LambdaFunction, store: Store): void {
  grant(fn, ['dynamodb:Query'], [`${store.tableArn}/index/${TABLE_INDEX.list}`]);
}
