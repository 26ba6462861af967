import {
  type Approval,
  approve,
  isOver,
  requireSecondPerson,
  showsSecret,
  unfit,
} from '../../core/domain/approvals/approval.ts';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { tagOf } from '../../core/domain/ground/entity-tag.ts';
import { type Answer, type OperationRequest, tagged } from '../../core/management/operation.ts';
import type { approvalSchemas } from '../../core/management/schemas/approval-schemas.ts';
import { presentApproval } from '../../core/management/schemas/approval-shape.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import { executionOf } from './carry-out.ts';
import type { ApprovalDependencies } from './dependencies.ts';
import { finish, noteCarriedOut } from './finish-approval.ts';
import { readApproval } from './read-approval.ts';

/**
 * Approves an operation and carries it out, unless it shows a secret: then its requester claims it. These are
 * writes of two items, the approval's first. Cut off between them, a second call carries out what was
 * approved, and without one `finishOverdue` does: the item that it changes tells whether that had been done.
 */
export async function approveApproval(
  request: OperationRequest<typeof approvalSchemas.approveApproval>,
  dependencies: ApprovalDependencies,
): Promise<Answer> {
  const { context } = request;
  const before = await readApproval(request, dependencies);
  const cutOff = before.state === 'approved' && !showsSecret(before) && !isOver(before, context.now);
  if (cutOff) requireSecondPerson(before, context);
  const planned = cutOff ? before : approve(before, context).state;
  const execute = showsSecret(planned) ? undefined : await executionOf(planned, context, dependencies);
  if (execute === undefined && !showsSecret(planned)) {
    await noteCarriedOut(before, dependencies);
    throw unfit('approved');
  }
  const approved = cutOff ? before : await noteApproval(before, context, dependencies);
  const done = execute ? await finish(approved, execute, context, dependencies) : approved;
  return tagged(tagOf(done), { status: 200, body: presentApproval(done, context.now) });
}

function noteApproval(
  before: Approval,
  context: ChangeContext,
  { approvals, ...dependencies }: ApprovalDependencies,
): Promise<Approval> {
  const note = async (approval: Approval, own: ChangeContext) => {
    const change = approve(approval, own);
    await approvals.update(approval, change);
    return change.state;
  };
  return decideUntilWritten(before, context, note, dependencies);
}
