import type { ApprovableOperation } from '../domain/approval.ts';
import type { Change, Occasion } from '../domain/audit-event.ts';
import { type Guarded, waitsForApproval } from '../domain/four-eyes.ts';
import type { Idempotency } from '../domain/idempotency.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Answer } from './operation.ts';
import { REPLAYED } from './replay.ts';
import { type ApprovalRequests, requestApproval } from './request-approval.ts';

/**
 * An operation on what a second admin guards, with all that it needs read and nothing done yet. Whether it is
 * done at once, by an approval or by a claim, it is this that is done.
 */
export interface Plan<State extends Guarded> {
  /** As it is before. */
  readonly tenant: Tenant;
  /** What is to be changed, as it is; undefined for what is to be made. */
  readonly before: State | undefined;
  /** Gives undefined when nothing would change. @throws DomainError for what the state of things refuses */
  readonly decide: () => Change<State> | undefined;
  /** Does beforehand what the write needs, and what is of no use without it. */
  readonly prepare?: (change: Change<State>) => Promise<Change<State>>;
  /** The one write that makes it so. @param idempotency of a request that makes something */
  readonly write: (
    change: Change<State>,
    idempotency: Idempotency | undefined,
  ) => Promise<{ readonly state: State; readonly replayed: boolean }>;
  /** What is answered once it is done. */
  readonly answer: (state: State) => Answer;
  /** What is answered where an earlier request had made it already; never a secret. */
  readonly answerRepeat?: (state: State) => Answer;
}

/** Does what is planned, or lets it wait for a second admin. */
export async function doOrWait<State extends Guarded>(
  what: ApprovableOperation,
  plan: Plan<State>,
  occasion: Occasion,
  dependencies: ApprovalRequests,
  idempotency?: Idempotency,
): Promise<Answer> {
  const { tenant, before, prepare = same, write, answer, answerRepeat = answer } = plan;
  const change = plan.decide();
  if (change === undefined) return answer(before as State);
  if (waitsForApproval(tenant, change, before)) {
    return requestApproval(what, change, occasion, dependencies, idempotency);
  }
  const { state, replayed } = await write(await prepare(change), idempotency);
  return replayed ? repeated(answerRepeat(state)) : answer(state);
}

/** Marks an answer as one to a repeat. */
export function repeated(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, ...REPLAYED } };
}

export async function same<State extends Guarded>(change: Change<State>): Promise<Change<State>> {
  return change;
}

/** A write of an item that is there, as a plan has it. */
export function updating<State extends Guarded>(
  store: { update(before: State, change: Change<State>): Promise<void> },
  before: State,
): Plan<State>['write'] {
  return async (change) => {
    await store.update(before, change);
    return { state: change.state, replayed: false };
  };
}
