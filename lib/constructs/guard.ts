import { Fn, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ENV } from '../../core/contract/deployment.ts';
import { parseConfig } from '../config.ts';
import type { DecisionConfig, DomainConfig } from '../config-parts.ts';
import { defaultLimits } from './default-limits.ts';
import { allowAuthorizer, allowLimits } from './request-permissions.ts';
import { requireOneOf } from './required.ts';
import { deployedStore, EXPORTS, type Store } from './store.ts';
import { allowVerify } from './verify.ts';

/** What Keywright was deployed with, as far as it matters to a guard. */
export interface GuardConfig extends DecisionConfig {
  readonly domain?: DomainConfig | undefined;
}

/** Where a guard's decisions and limits come from. */
export interface GuardProps {
  /**
   * `verify`: the guard asks `POST /v1/verify`, and can read and write nothing of Keywright's. `table`: it goes to
   * the table itself, which is quicker and costs no calls. The price: the function can spend the limits of every
   * credential, and where it authenticates read every credential and the pepper. Default: verify.
   */
  readonly access?: string;
  /** Of `verify`: KeywrightControl's output of that name. Default: the Keywright deployed in this account and Region. */
  readonly managementApiId?: string;
  /** Of `table`. Default: the Keywright deployed in this account and Region. */
  readonly store?: Store;
  /** Of `table`: true where no authorizer stands before the function and the guard has an `apiId`. Default: false. */
  readonly authenticates?: boolean;
  /**
   * Whether callers may have imported keys, where the guard has an `apiId`; of `verify`, `acceptImportedKeys` in
   * cdk.json too. Default: false.
   */
  readonly acceptImportedKeys?: boolean;
  /**
   * What Keywright was deployed with: its `vendor`, and of `verify` its `domain`, which is then asked. Default: the
   * fields' defaults.
   */
  readonly config?: GuardConfig;
}

/** What only one kind of access takes. */
const OF_ACCESS = { verify: ['managementApiId'], table: ['store', 'authenticates'] } as const;

/** Lets a backend use `keywrightGuard`, and tells the guard where its decisions and limits come from. */
export function allowGuard(fn: LambdaFunction, props: GuardProps = {}): void {
  const { access = 'verify' } = props;
  requireOneOf('access', access, Object.keys(OF_ACCESS));
  const of = access === 'table' ? 'verify' : 'table';
  const misplaced = OF_ACCESS[of].find(
    (name) => (props as Readonly<Record<string, unknown>>)[name] !== undefined,
  );
  if (misplaced !== undefined)
    throw new Error(
      `${misplaced} is given, which a guard with access ${access} does not have; expected access ${of}, or nothing.`,
    );
  if (access === 'table') allowAtTable(fn, props);
  else allowAsking(fn, props);
}

function allowAsking(fn: LambdaFunction, props: GuardProps): void {
  const { managementApiId = Fn.importValue(EXPORTS.managementApiId) } = props;
  allowVerify(fn, managementApiId);
  fn.addEnvironment(ENV.verifyUrl, `${managementUrl(fn, props)}/v1/verify`);
  fn.addEnvironment(ENV.vendor, parseConfig(props.config).vendor);
  fn.addEnvironment(ENV.acceptImportedKeys, String(props.acceptImportedKeys ?? false));
}

/** With a domain of its own the API has no other address. */
function managementUrl(fn: LambdaFunction, { managementApiId, config }: GuardProps): string {
  if (config?.domain) return `https://${config.domain.name}`;
  if (managementApiId === undefined) return Fn.importValue(EXPORTS.managementUrl);
  const { region, urlSuffix } = Stack.of(fn);
  return `https://${managementApiId}.execute-api.${region}.${urlSuffix}`;
}

function allowAtTable(fn: LambdaFunction, props: GuardProps): void {
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
