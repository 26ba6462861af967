import type { Caller, Verdict } from '../domain/decision/decision.ts';
import type { ApiRoute } from '../domain/products/protected-api.ts';

/** A preflight is let through without a caller. */
export interface Preflight {
  readonly allowed: true;
  readonly caller: undefined;
}

export type Decision = Verdict | Preflight;

/** What a decision was made on, in time. */
export interface Dated {
  /** Whether too much time went by since the reading began for anybody to be admitted by it still. */
  isTooOld(): boolean;
}

/** A decision, and what an answer about the whole API needs besides. */
export interface Outcome {
  readonly decision: Decision;
  /** Who called, also when this one route was refused; undefined when nobody was identified. */
  readonly caller: Caller | undefined;
  readonly routes: readonly ApiRoute[];
  /** What the request was about, for logs; undefined where it can't be named. */
  readonly route: string | undefined;
  /** To be asked for its age when something was waited for since. Absent where nothing was read. */
  readonly reading?: Dated | undefined;
}
