import type { ApprovableOperation } from '../domain/approvals/approval.ts';
import { type Guarded, waitsForApproval } from '../domain/approvals/four-eyes.ts';
import type { Change, ChangeContext } from '../domain/audit/audit-event.ts';
import type { Idempotency } from '../domain/ground/idempotency.ts';
import type { Tenant } from '../domain/tenants/tenant.ts';
import { type Deciding, decideUntilWritten, type Part } from '../store/conflict.ts';
import type { Answer } from './operation.ts';
import { REPLAYED } from './replay.ts';
import { type ApprovalRequests, requestApproval } from './request-approval.ts';

/**
 * An operation on what a second admin guards, with all that it needs read and nothing done yet. Whether it is
 * done at once, by an approval or by a claim, it is this that is done.
 */
export interface Plan<State extends Guarded> {
  /** As it is before; a tenant's own plan has it from what is to be changed. */
  readonly tenant: (before: State) => Tenant;
  /** What is to be changed, as it was read; undefined for what is to be made, of which no function here asks. */
  readonly before: State | undefined;
  /**
   * Gives undefined when nothing would change. Decides again, by how things are then, where others were first.
   * @throws DomainError for what the state of things refuses
   */
  readonly decide: (before: State, context: ChangeContext) => Change<State> | undefined;
  /** What a request's `If-Match` is about, where it is not the whole item. */
  readonly part?: Part<State>;
  /** Does beforehand what the write of each decision needs, and what is of no use without it. */
  readonly prepare?: (change: Change<State>) => Promise<Change<State>>;
  /** The one write that makes it so. @param idempotency of a request that makes something */
  readonly write: (
    before: State,
    change: Change<State>,
    idempotency: Idempotency | undefined,
  ) => Promise<{ readonly state: State; readonly replayed: boolean }>;
  /** What is answered once it is done. */
  readonly answer: (state: State) => Answer;
  /** What is answered where an earlier request had made it already; never a secret. */
  readonly answerRepeat?: (state: State) => Answer;
}

/**
 * Does what is planned, or lets it wait for a second admin.
 * @param again as `decideUntilWritten`: for a decision that sees for itself what others changed
 */
export async function doOrWait<State extends Guarded>(
  what: ApprovableOperation,
  plan: Plan<State>,
  context: ChangeContext,
  dependencies: ApprovalRequests & Deciding,
  idempotency?: Idempotency,
  again: { readonly always?: boolean } = {},
): Promise<Answer> {
  const { tenant, decide, part, prepare = same, write, answer, answerRepeat = answer } = plan;
  const attempt = async (before: State, own: ChangeContext) => {
    const change = decide(before, own);
    if (change === undefined) return answer(before);
    if (waitsForApproval(tenant(before), change, before)) {
      return requestApproval(what, change, own, dependencies, idempotency);
    }
    const { state, replayed } = await write(before, await prepare(change), idempotency);
    return replayed ? repeated(answerRepeat(state)) : answer(state);
  };
  return decideUntilWritten(plan.before as State, context, attempt, dependencies, {
    ...again,
    ...(part && { part }),
  });
}

/** Marks an answer as one to a repeat. */
export function repeated(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, ...REPLAYED } };
}

export async function same<State extends Guarded>(change: Change<State>): Promise<Change<State>> {
  return change;
}

/** A write of an item that is there, as a plan has it. */
export function updating<State extends Guarded>(store: {
  update(before: State, change: Change<State>): Promise<void>;
}): Plan<State>['write'] {
  return async (before, change) => {
    await store.update(before, change);
    return { state: change.state, replayed: false };
  };
}
