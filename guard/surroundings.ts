import type { AccessRequest } from '../core/access/authorizer.ts';
import type { Limiter } from '../core/access/limiter.ts';
import type { Outcome } from '../core/access/outcome.ts';
import { ENV } from '../core/contract/deployment.ts';
import { type DefaultLimits, readDefaultLimits } from '../core/domain/limit.ts';
import {
  deployedAuthorizers,
  deployedClient,
  deployedLimiter,
  warnOfStale,
} from '../core/http/deployed-authorizer.ts';

/** What a guard works with. */
export interface GuardSurroundings {
  readonly now: () => number;
  readonly limiter: Limiter;
  /** Decides as the authorizer of the guard's API would. */
  readonly authorize: (request: AccessRequest) => Outcome | Promise<Outcome>;
  /** For callers whom the guard itself identifies; an authorizer puts them into its context. */
  readonly defaultLimits: DefaultLimits;
  readonly onWarning: (message: string, cause: unknown) => void;
}

/**
 * The surroundings of a deployed backend, from the variables that `allowGuard` of the CDK library sets.
 * @throws Error that names a variable which is not set
 */
export function deployedSurroundings(env: NodeJS.ProcessEnv, apiId: string | undefined): GuardSurroundings {
  const onWarning = (message: string, cause: unknown) => {
    const error = cause instanceof Error ? { name: cause.name, message: cause.message } : undefined;
    process.stdout.write(`${JSON.stringify({ level: 'WARN', message, error })}\n`);
  };
  const dynamodb = deployedClient(env, 'dynamodb');
  const settings = { onWarning, onStale: warnOfStale(onWarning) };
  const authorizer = apiId === undefined ? undefined : deployedAuthorizers(env, dynamodb, settings)(apiId);
  return {
    now: Date.now,
    limiter: deployedLimiter(env, dynamodb, onWarning),
    authorize(request) {
      if (authorizer === undefined) throw new Error('a guard without apiId goes by the authorizer’s context');
      return authorizer.authorize(request);
    },
    defaultLimits: readDefaultLimits(env[ENV.defaultLimits]),
    onWarning,
  };
}
