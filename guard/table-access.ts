import type { AccessRequest } from '../core/access/authorizer.ts';
import type { Limiter } from '../core/access/limiter.ts';
import type { Outcome } from '../core/access/outcome.ts';
import type { WriteLine } from '../core/access/refusal-log.ts';
import { logUse } from '../core/access/use-log.ts';
import { REFUSALS } from '../core/contract/refusals.ts';
import { type DefaultLimits, limitsOf } from '../core/domain/decision/limit.ts';
import type { Admission, GuardAccess } from './access.ts';
import { type Identified, identifiedAs, lacking, UNINTRODUCED } from './guarded-caller.ts';

/** What a guard needs that goes to the table itself. */
export interface TableAccessOptions {
  readonly limiter: Pick<Limiter, 'spend'>;
  /** Decides as the authorizer of the guard's API would. */
  readonly authorize: (request: AccessRequest) => Outcome | Promise<Outcome>;
  /** For callers whom the guard itself identifies; an authorizer puts them into its context. */
  readonly defaultLimits: DefaultLimits;
  /** The guard's API, to count by. */
  readonly apiId?: string | undefined;
  readonly now: () => number;
  /** Where the requests are written down that no access log of Keywright's tells of. */
  readonly write: WriteLine;
}

/** A guard's own decisions, by the table and the pepper, and its own leases of allowance. */
export function tableAccess(options: TableAccessOptions): GuardAccess {
  const { limiter, authorize, defaultLimits, apiId, now, write } = options;

  const spend = async (identified: Identified, cost: number): Promise<Admission> => {
    const { credentialId, limits, caller, owner } = identified;
    const spending = await limiter.spend(credentialId, limits, cost);
    if (spending.admitted) return { identified, states: spending.states };
    if (spending.code === 'invalid_request') return { fault: spending };
    return { refusal: { ...spending, keyId: caller.keyId, owner } };
  };

  return {
    async admit(request, { permission, cost }) {
      const { decision, caller, route, reading } = await authorize(request);
      if (decision.allowed && caller === undefined) return { preflight: true };
      const identified = caller && identifiedAs(caller, limitsOf(caller, defaultLimits));
      let admission: Admission;
      if (!decision.allowed) admission = { refusal: decision };
      else if (identified === undefined) return { refusal: UNINTRODUCED };
      else {
        const refusal = lacking(identified, permission);
        admission = refusal === undefined ? await spend(identified, cost()) : { refusal };
        // A lease may have been waited for, and the key ended meanwhile.
        if (!('refusal' in admission) && reading?.isTooOld() === true) admission = { refusal: UNAVAILABLE };
      }
      const status = statusOf(admission);
      if (caller !== undefined && status !== undefined) {
        const { method, sourceIp, requestId } = request;
        logUse(write, { caller, status, apiId, method, route, sourceIp, requestId }, now());
      }
      return admission;
    },

    spend: (identified, _, cost) => spend(identified, cost),
  };
}

const UNAVAILABLE = { code: 'authorizer_unavailable', cause: 'unavailable' } as const;

/** What the handler will answer is not known yet. */
const ADMITTED = 200;

/** What the caller is answered; undefined where nobody could decide. */
function statusOf(admission: Admission): number | undefined {
  if ('fault' in admission) return 400;
  if (!('refusal' in admission)) return ADMITTED;
  const { code } = admission.refusal;
  return code === 'authorizer_unavailable' ? undefined : REFUSALS[code].status;
}
