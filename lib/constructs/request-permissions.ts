import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ENV, LAST_EVENT, RESOURCE, TTL_ATTRIBUTE, USED_PREFIX } from '../../core/contract/deployment.ts';
import type { LimitsConfig } from '../config-parts.ts';
import { grantEncrypt } from './data-key.ts';
import { grant, grantOnItems, onlyAttributes } from './grant.ts';
import { invokeFunction, onItems, usePepper, useTable } from './shared-permissions.ts';
import { homeStore, type Store } from './store.ts';

/** What they may who decide on requests, and who keep what they decide by; shared-permissions.ts says by which rules. */

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

function useRegionalTable(fn: LambdaFunction): void {
  fn.addEnvironment(ENV.regionalTable, RESOURCE.regionalTable);
}

/** By its name, since authorizers stand in stacks of their own, and where the control plane is. */
function askForUpkeep(fn: LambdaFunction, { home }: Store): void {
  fn.addEnvironment(ENV.keyUpkeep, RESOURCE.keyUpkeep);
  if (home !== undefined) fn.addEnvironment(ENV.mainRegion, home);
  invokeFunction(fn, RESOURCE.keyUpkeep, home);
}
