import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ENV } from '../../core/contract/deployment.ts';
import { type KeywrightConfig, parseConfig } from '../config.ts';
import { defaultLimits } from './default-limits.ts';
import { allowAuthorizer, allowLimits } from './permissions.ts';
import { deployedStore, type Store } from './store.ts';

export interface GuardProps {
  /** Default: the Keywright deployed in this account and Region. */
  readonly store?: Store;
  /** True where no authorizer stands before the function and the guard has an `apiId`. Default: false. */
  readonly authenticates?: boolean;
  /** Whether a guard that authenticates accepts keys that were imported, as `KeywrightAuthorizer` may. Default: false. */
  readonly acceptImportedKeys?: boolean;
  /** What Keywright was deployed with, where the guard authenticates. Default: the fields' defaults. */
  readonly config?: Pick<
    KeywrightConfig,
    'vendor' | 'cacheSeconds' | 'staleSeconds' | 'cacheEntries' | 'defaultRateLimits'
  >;
}

/**
 * Lets a backend use `keywrightGuard`: it may count what is spent of limits and, where it authenticates
 * callers itself, what an authorizer may.
 */
export function allowGuard(fn: LambdaFunction, props: GuardProps = {}): void {
  const { store = deployedStore(fn), authenticates = false, config = parseConfig({}) } = props;
  const { acceptImportedKeys = false } = props;
  allowLimits(fn, store);
  if (!authenticates) return;
  allowAuthorizer(fn, store, { importedKeys: acceptImportedKeys });
  fn.addEnvironment(ENV.vendor, config.vendor);
  fn.addEnvironment(ENV.cacheSeconds, String(config.cacheSeconds));
  fn.addEnvironment(ENV.staleSeconds, String(config.staleSeconds));
  fn.addEnvironment(ENV.cacheEntries, String(config.cacheEntries));
  fn.addEnvironment(ENV.defaultLimits, defaultLimits(config));
}
