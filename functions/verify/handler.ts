import { Logger } from '@aws-lambda-powertools/logger';
import { ENV } from '../../core/contract/deployment.ts';
import { readDefaultLimits } from '../../core/domain/limit.ts';
import { deployedAuthorizers, deployedClient, deployedLimiter } from '../../core/http/deployed-authorizer.ts';
import { deployedSurroundings } from '../../core/http/deployed-surroundings.ts';
import { managementHandler } from '../../core/http/management-handler.ts';
import { writeLine } from '../../core/http/refusal-log.ts';
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
  ...deployedSurroundings(),
  logger,
  authorizerOf: (apiId) => authorizers.of(apiId),
  limiter: deployedLimiter(env, dynamodb, onWarning),
  defaultLimits: readDefaultLimits(env[ENV.defaultLimits]),
  write: writeLine,
});
