import { Logger } from '@aws-lambda-powertools/logger';
import { writeLine } from '../../core/access/refusal-log.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { readDefaultLimits } from '../../core/domain/decision/limit.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import {
  deployedAuthorizers,
  deployedClient,
  deployedLimiter,
} from '../../core/wiring/deployed-authorizer.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { KnownAuthorizers } from './known-authorizers.ts';
import { verifyOperations } from './verify-operations.ts';

/** APIs whose callers one instance remembers. */
const MOST_APIS = 32;

const env = process.env;
const logger = new Logger();
const onWarning = (message: string, cause: unknown) => {
  logger.warn(message, cause instanceof Error ? { error: cause } : {});
};
const dynamodb = deployedClient(env, 'dynamodb');
const makeAuthorizer = deployedAuthorizers(env, dynamodb, { onWarning });
const authorizers = new KnownAuthorizers(makeAuthorizer, MOST_APIS);

export const handler = managementHandler(verifyOperations, {
  ...deployedDependencies(),
  logger,
  authorizerOf: (apiId) => authorizers.of(apiId),
  limiter: deployedLimiter(env, dynamodb, onWarning),
  defaultLimits: readDefaultLimits(env[ENV.defaultLimits]),
  write: writeLine,
});
