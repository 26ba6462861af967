import type { AccessRequest } from '../core/access/authorizer.ts';
import type { Limiter } from '../core/access/limiter.ts';
import type { Outcome } from '../core/access/outcome.ts';
import { ENV } from '../core/contract/deployment.ts';
import { type DefaultLimits, readDefaultLimits } from '../core/domain/limit.ts';
import { deployedAuthorizers, deployedClient, deployedLimiter } from '../core/http/deployed-authorizer.ts';
import { logWarning, type WriteLine, writeLine } from '../core/http/refusal-log.ts';

/** What a guard works with. */
export interface GuardSurroundings {
  readonly now: () => number;
  readonly limiter: Limiter;
  /** Decides as the authorizer of the guard's API would. */
  readonly authorize: (request: AccessRequest) => Outcome | Promise<Outcome>;
  /** For callers whom the guard itself identifies; an authorizer puts them into its context. */
  readonly defaultLimits: DefaultLimits;
  readonly onWarning: (message: string, cause: unknown) => void;
  /** Where refusals are written down and counted. */
  readonly write: WriteLine;
}

/**
 * The surroundings of a deployed backend, from the variables that `allowGuard` of the CDK library sets.
 * @throws Error that names a variable which is not set
 */
export function deployedSurroundings(env: NodeJS.ProcessEnv, apiId: string | undefined): GuardSurroundings {
  const onWarning = (message: string, cause: unknown) => logWarning(writeLine, message, cause);
  const dynamodb = deployedClient(env, 'dynamodb');
  const authorizer =
    apiId === undefined ? undefined : deployedAuthorizers(env, dynamodb, { onWarning })(apiId);
  return {
    now: Date.now,
    limiter: deployedLimiter(env, dynamodb, onWarning),
    authorize(request) {
      if (authorizer === undefined) throw new Error('a guard without apiId goes by the authorizer’s context');
      return authorizer.authorize(request);
    },
    defaultLimits: readDefaultLimits(env[ENV.defaultLimits]),
    onWarning,
    write: writeLine,
  };
}
