import type { AccessRequest } from '../core/access/authorizer.ts';
import type { CostFault, LimitState } from '../core/domain/decision/limit.ts';
import type { RefusalDetails } from '../core/domain/decision/refusal-answer.ts';
import type { Identified } from './guarded-caller.ts';

/** What a request came to: who calls and what is left of the limits, or why it is refused. */
export type Admission =
  | { readonly identified: Identified; readonly states: readonly LimitState[] }
  | { readonly fault: Pick<CostFault, 'message'> }
  | {
      readonly refusal: RefusalDetails;
      /** True where whoever decided has written the refusal down. */
      readonly isLogged?: boolean;
    };

/** What a guard asks of a request beside what the API's route table asks. */
export interface Demand {
  readonly permission: string | undefined;
  /** Units to spend of the caller's limits, once it is known who calls. @throws TypeError for no whole number from 0 */
  readonly cost: () => number;
}

/** Where a guard gets its decisions. */
export interface GuardAccess {
  /** Decides on a caller of the guard's own API and spends of the caller's limits. A preflight has no caller. */
  admit(request: AccessRequest, demand: Demand): Promise<Admission | { readonly preflight: true }>;
  /** Spends of the limits of a caller whom an authorizer has introduced. */
  spend(identified: Identified, request: AccessRequest, cost: number): Promise<Admission>;
}
