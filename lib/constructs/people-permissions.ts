import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ENV, EVENTS_FROM, LAST_EVENT, RESOURCE, TURN_ATTRIBUTE } from '../../core/contract/deployment.ts';
import { grantDecrypt, grantEncrypt } from './data-key.ts';
import { grant, onlyAttributes } from './grant.ts';
import { grantSealing } from './sealing-key.ts';
import {
  CHANGE,
  invokeFunction,
  onItems,
  queryList,
  requestApprovals,
  useTable,
} from './shared-permissions.ts';
import type { Store } from './store.ts';

/** What they may who know tenants, members and sessions; shared-permissions.ts says by which rules. */

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
