import { Fn, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ENV } from '../../core/contract/deployment.ts';
import { parseConfig } from '../config.ts';
import type { DecisionConfig, DomainConfig } from '../config-parts.ts';
import { defaultLimits } from './default-limits.ts';
import { allowAuthorizer, allowLimits } from './permissions.ts';
import { deployedStore, EXPORTS, type Store } from './store.ts';
import { allowVerify } from './verify.ts';

/** What Keywright was deployed with, as far as it matters to a guard that asks `verify`. */
export interface AskingConfig {
  readonly vendor?: string;
  readonly domain?: DomainConfig | null;
}

/** For a guard that asks `verify`: it may do that, and can read and write nothing of Keywright's. */
export interface AskingGuardProps {
  readonly access?: 'verify';
  /** KeywrightControl's output of that name. Default: the Keywright deployed in this account and Region. */
  readonly managementApiId?: string;
  /** Whether callers of a guard with an `apiId` may have imported keys; `acceptImportedKeys` in cdk.json too. Default: false. */
  readonly acceptImportedKeys?: boolean;
  /** What Keywright was deployed with; with its `domain` that is asked. Default: the fields' defaults. */
  readonly config?: AskingConfig;
}

/**
 * For a guard that goes to the table itself, which is quicker and costs no calls. The price: the function can
 * spend the limits of every credential, and where it authenticates read every credential and the pepper.
 */
export interface TableGuardProps {
  readonly access: 'table';
  /** Default: the Keywright deployed in this account and Region. */
  readonly store?: Store;
  /** True where no authorizer stands before the function and the guard has an `apiId`. Default: false. */
  readonly authenticates?: boolean;
  /** Whether a guard that authenticates accepts keys that were imported, as `KeywrightAuthorizer` may. Default: false. */
  readonly acceptImportedKeys?: boolean;
  /** What Keywright was deployed with, where the guard authenticates. Default: the fields' defaults. */
  readonly config?: DecisionConfig;
}

export type GuardProps = AskingGuardProps | TableGuardProps;

/** Lets a backend use `keywrightGuard`, and tells the guard where its decisions and limits come from. */
export function allowGuard(fn: LambdaFunction, props: GuardProps = {}): void {
  if (props.access === 'table') allowAtTable(fn, props);
  else allowAsking(fn, props);
}

function allowAsking(fn: LambdaFunction, props: AskingGuardProps): void {
  const { managementApiId = Fn.importValue(EXPORTS.managementApiId) } = props;
  allowVerify(fn, managementApiId);
  fn.addEnvironment(ENV.verifyUrl, `${managementUrl(fn, props)}/v1/verify`);
  fn.addEnvironment(ENV.vendor, parseConfig(props.config).vendor);
  fn.addEnvironment(ENV.acceptImportedKeys, String(props.acceptImportedKeys ?? false));
}

/** With a domain of its own the API has no other address. */
function managementUrl(fn: LambdaFunction, { managementApiId, config }: AskingGuardProps): string {
  if (config?.domain) return `https://${config.domain.name}`;
  if (managementApiId === undefined) return Fn.importValue(EXPORTS.managementUrl);
  const { region, urlSuffix } = Stack.of(fn);
  return `https://${managementApiId}.execute-api.${region}.${urlSuffix}`;
}

function allowAtTable(fn: LambdaFunction, props: TableGuardProps): void {
  const config = parseConfig(props.config);
  const { store = deployedStore(fn, config), authenticates = false, acceptImportedKeys = false } = props;
  allowLimits(fn, store, config.limits);
  if (!authenticates) return;
  allowAuthorizer(fn, store, { importedKeys: acceptImportedKeys });
  fn.addEnvironment(ENV.vendor, config.vendor);
  fn.addEnvironment(ENV.cacheSeconds, String(config.cacheSeconds));
  fn.addEnvironment(ENV.staleSeconds, String(config.staleSeconds));
  fn.addEnvironment(ENV.cacheEntries, String(config.cacheEntries));
  fn.addEnvironment(ENV.defaultLimits, defaultLimits(config.defaultRateLimits));
}
