import type { Authorizer } from '../../core/access/authorizer.ts';
import type { Limiter } from '../../core/access/limiter.ts';
import type { WriteLine } from '../../core/access/refusal-log.ts';
import type { DefaultLimits } from '../../core/domain/decision/limit.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';

export interface VerifyDependencies extends HandlerDependencies {
  /** Who decides on callers of an API, or on keys of which no API is named. */
  readonly authorizerOf: (apiId: string | undefined) => Pick<Authorizer, 'authorize'>;
  readonly limiter: Pick<Limiter, 'spend' | 'look'>;
  readonly defaultLimits: DefaultLimits;
  /** Where refusals are written down and counted. */
  readonly write: WriteLine;
}
