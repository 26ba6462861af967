import { type Approval, fail, isOver, overdueAt, showsSecret } from '../../core/domain/approvals/approval.ts';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { DomainError, type ErrorCode } from '../../core/domain/ground/domain-error.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { Conflict, decideUntilWritten } from '../../core/store/conflict.ts';
import type { DueStore } from '../../core/store/due-store.ts';
import { OVERDUE_APPROVALS } from '../../core/store/item-keys.ts';
import { type Execution, executionOf } from './carry-out.ts';
import type { ApprovalDependencies } from './dependencies.ts';

/** Refusals that no repeat would change. */
const FINAL: readonly ErrorCode[] = ['invalid_state', 'invalid_request', 'not_found'];

/**
 * Carries out what was approved, as whoever approves it does, and has noted on the approval what came of it.
 * @throws DomainError `invalid_state` when by now it can't be done, which the approval says from then on
 */
export async function finish(
  approval: Approval,
  execute: Execution,
  context: ChangeContext,
  dependencies: ApprovalDependencies,
): Promise<Approval> {
  try {
    await execute();
  } catch (error) {
    if (isFinal(error)) await noteFailure(approval, error.message, context, dependencies);
    throw error;
  }
  return noteCarriedOut(approval, dependencies);
}

/** The operation is done, and its event written: what can't be noted of it here is noted later. */
export async function noteCarriedOut(
  approval: Approval,
  { approvals, logger }: ApprovalDependencies,
): Promise<Approval> {
  if (approval.carriedOut !== false) return approval;
  try {
    await approvals.noteCarriedOut(approval);
  } catch (error) {
    if (!(error instanceof Conflict)) {
      logger?.warn('carried out, which could not be noted', {
        approvalId: approval.approvalId,
        error: error as Error,
      });
    }
  }
  return { ...approval, carriedOut: true };
}

/** A run that sees to what was approved and not carried out. */
export interface FinishingRun {
  readonly requestId: string;
  /** False when it has to come to its end; the next run goes on. */
  readonly hasTime: () => boolean;
}

/** What a run came to; `failed` were out of order, and are looked at again by the next one. */
export interface FinishingReport {
  readonly examined: number;
  readonly failed: number;
}

/**
 * Brings every approval that was cut off to its end: it is carried out, or says why it can't be. Any number
 * of runs may do so at once and stop anywhere: the item that an approval changes tells whether it was done.
 */
export async function finishOverdue(
  dependencies: ApprovalDependencies & { readonly due: Pick<DueStore, 'pages'> },
  { requestId, hasTime }: FinishingRun,
): Promise<FinishingReport> {
  const { due, now, logger } = dependencies;
  const report = { examined: 0, failed: 0 };
  for await (const page of due.pages(OVERDUE_APPROVALS, now())) {
    for (const { id } of page) {
      if (!hasTime()) return report;
      report.examined += 1;
      try {
        await finishOne(id, requestId, dependencies);
      } catch (error) {
        report.failed += 1;
        logger?.error('an approval could not be carried out', { approvalId: id, error: error as Error });
      }
    }
  }
  return report;
}

async function finishOne(id: string, requestId: string, dependencies: ApprovalDependencies): Promise<void> {
  const { approvals, now, randomBytes } = dependencies;
  const time = now();
  const approval = await approvals.get(id);
  const overdue = approval && overdueAt(approval);
  if (approval === undefined || overdue === undefined || overdue > time.toISOString()) return;
  // It is done in the name of who approved it, as it would have been at once.
  const actor = { type: 'admin', id: approval.decidedBy ?? approval.requestedBy } as const;
  const context = { now: time, actor, requestId, eventId: eventId(time, randomBytes) };
  const over = isOver(approval, time) && 'Its time was over before it was carried out';
  try {
    const execute = await executionOf(approval, context, dependencies);
    if (execute === undefined) await noteCarriedOut(approval, dependencies);
    else if (over) await noteFailure(approval, over, context, dependencies);
    else if (!showsSecret(approval)) await finish(approval, execute, context, dependencies);
  } catch (error) {
    if (!isFinal(error)) throw error;
    await noteFailure(approval, over || error.message, context, dependencies);
  }
}

async function noteFailure(
  { approvalId }: Approval,
  reason: string,
  context: ChangeContext,
  dependencies: ApprovalDependencies,
): Promise<void> {
  const { approvals, randomBytes } = dependencies;
  // The request's If-Match was of the approval as it was before this request approved it.
  const own = { ...context, eventId: eventId(context.now, randomBytes), ifMatch: undefined };
  const note = async (approval: Approval | undefined, its: ChangeContext) => {
    if (approval === undefined || overdueAt(approval) === undefined) return;
    await approvals.update(approval, fail(approval, reason, its));
  };
  await decideUntilWritten(await approvals.get(approvalId), own, note, dependencies);
}

function isFinal(error: unknown): error is DomainError {
  return error instanceof DomainError && FINAL.includes(error.code);
}
