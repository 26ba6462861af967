import { systemClock } from '../core/access/clock.ts';
import { logWarning, type WriteLine, writeLine } from '../core/access/refusal-log.ts';
import { endpointOf, lambdaCredentials, required } from '../core/aws/lambda-environment.ts';
import { verifyClient } from '../core/aws/verify-client.ts';
import { ENV } from '../core/contract/deployment.ts';
import { readDefaultLimits } from '../core/domain/decision/limit.ts';
import { KeyFormat } from '../core/domain/keys/key-format.ts';
import type { Verification } from '../core/management/schemas/verify-schemas.ts';
import { deployedAuthorizers, deployedClient, deployedLimiter } from '../core/wiring/deployed-authorizer.ts';
import type { TableAccessOptions } from './table-access.ts';
import type { VerifyAccessOptions } from './verify-access.ts';

/** What a guard works with: what it asks, or what it does by itself. */
export type GuardDependencies = GuardCommons & (VerifyAccessOptions | TableAccessOptions);

interface GuardCommons {
  readonly now: () => number;
  readonly onWarning: (message: string, cause: unknown) => void;
  /** Where refusals are written down and counted. */
  readonly write: WriteLine;
}

/**
 * What `verify` may take: as long as its own decisions do. There is no second attempt after that: the first may
 * have spent what it asked for.
 */
const PATIENCE = { attemptMilliseconds: 3500, deadlineMilliseconds: 3500 };

/**
 * The dependencies of a deployed backend, from the variables that `allowGuard` of the CDK library sets: it asks
 * `verify`, unless it was given the table.
 * @throws Error that names a variable which is not set
 */
export function deployedDependencies(env: NodeJS.ProcessEnv, apiId: string | undefined): GuardDependencies {
  const onWarning = (message: string, cause: unknown) => logWarning(writeLine, message, cause);
  const commons = { now: systemClock, onWarning, write: writeLine };
  const asks = env[ENV.regionalTable] === undefined || env[ENV.verifyUrl] !== undefined;
  return asks ? deployedVerify(env, apiId, commons) : deployedTable(env, apiId, commons);
}

function deployedVerify(
  env: NodeJS.ProcessEnv,
  apiId: string | undefined,
  commons: GuardCommons,
): GuardCommons & VerifyAccessOptions {
  const region = required(env, 'AWS_REGION');
  const ask = verifyClient(required(env, ENV.verifyUrl), {
    endpoint: endpointOf(env, 'EXECUTE_API'),
    region,
    credentials: () => lambdaCredentials(env),
    ...PATIENCE,
    now: systemClock,
    random: Math.random,
  });
  return {
    ...commons,
    ask: async (question) => (await ask('Verify', question)) as unknown as Verification,
    apiId,
    format: new KeyFormat(env[ENV.vendor]),
    acceptsImported: env[ENV.acceptImportedKeys] === 'true',
  };
}

function deployedTable(
  env: NodeJS.ProcessEnv,
  apiId: string | undefined,
  commons: GuardCommons,
): GuardCommons & TableAccessOptions {
  const { onWarning } = commons;
  const dynamodb = deployedClient(env, 'dynamodb');
  const authorizer =
    apiId === undefined ? undefined : deployedAuthorizers(env, dynamodb, { onWarning })(apiId);
  return {
    ...commons,
    apiId,
    limiter: deployedLimiter(env, dynamodb, onWarning),
    authorize(request) {
      if (authorizer === undefined) throw new Error('a guard without apiId goes by the authorizer’s context');
      return authorizer.authorize(request);
    },
    defaultLimits: readDefaultLimits(env[ENV.defaultLimits]),
  };
}
