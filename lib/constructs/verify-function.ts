import type { Construct } from 'constructs';
import { ENV } from '../../core/contract/deployment.ts';
import { type KeywrightConfig, told } from '../config.ts';
import { KeywrightFunction } from './function.ts';
import { allowGuard } from './guard.ts';
import type { Store } from './store.ts';

interface VerifyFunctionProps {
  readonly config: KeywrightConfig;
  readonly store: Store;
}

/** What decides for backends: a decision is CPU, and must not wait. */
export function verifyFunction(
  scope: Construct,
  id: string,
  { config, store }: VerifyFunctionProps,
): KeywrightFunction {
  const fn = new KeywrightFunction(scope, id, {
    name: 'verify',
    description: 'Keywright: management of decisions for backends',
    memoryMiB: 1024,
    timeoutSeconds: 15,
    logRetentionDays: config.logRetentionDays,
    reservedConcurrency: config.reservedConcurrency.verify,
    tracing: false,
  });
  fn.addEnvironment('POWERTOOLS_TRACE_ENABLED', 'false');
  fn.addEnvironment(ENV.vendor, config.vendor);
  const { acceptImportedKeys } = config;
  allowGuard(fn, { access: 'table', store, authenticates: true, acceptImportedKeys, config: told(config) });
  return fn;
}
