import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  EVENTS_FROM,
  LAST_EVENT,
  TABLE_INDEX,
  TTL_ATTRIBUTE,
  TURN_ATTRIBUTE,
} from '../../core/contract/deployment.ts';
import { grantEncrypt } from './data-key.ts';
import { grant, onlyAttributes } from './grant.ts';
import { grantSealing, type SealingAction } from './sealing-key.ts';
import {
  CHANGE,
  KEY_PLACES,
  onItems,
  queryDue,
  queryList,
  readCounts,
  readLastUse,
  requestApprovals,
  usePepper,
  useTable,
} from './shared-permissions.ts';
import type { Store } from './store.ts';

/** What they may who make, change and end keys, subscriptions, APIs and products; shared-permissions.ts says by which rules. */

/** What keys that can be shown again are sealed for. */
const SUBSCRIPTION_KEYS = { owner: 'sub_*', slots: ['primary', 'secondary'] };
const CLIENT_KEYS = { owner: 'api_*', slots: ['clientKey'] };
/** The same once more, where their operator publishes them. */
const PUBLIC_KEYS = { owner: 'api_*', slots: ['publicClientKey'] };

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

/** Long texts, which never change and end by their time-to-live. */
function keepDocuments(fn: LambdaFunction, store: Store): void {
  onItems(fn, store, ['dynamodb:BatchGetItem', 'dynamodb:PutItem'], ['DOCUMENT#*']);
  const end = onlyAttributes(['pk', 'sk', TTL_ATTRIBUTE, 'duePk', 'dueAt']);
  onItems(fn, store, ['dynamodb:UpdateItem'], ['DOCUMENT#*'], end);
}

/** What leads to an imported key is written once and stays. */
function importKeys(fn: LambdaFunction, store: Store): void {
  onItems(fn, store, ['dynamodb:GetItem', 'dynamodb:PutItem'], ['ALIAS#*']);
  onItems(fn, store, ['dynamodb:BatchGetItem'], ['ALIAS#*', 'CRED#*']);
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
