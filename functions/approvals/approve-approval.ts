import { approve, isOver, requireSecondPerson, showsSecret, unfit } from '../../core/domain/approval.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import type { approvalSchemas } from '../../core/http/schemas/approval-schemas.ts';
import { presentApproval } from '../../core/http/schemas/approval-shape.ts';
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
  const { occasion } = request;
  const before = await readApproval(request, dependencies);
  const cutOff = before.state === 'approved' && !showsSecret(before) && !isOver(before, occasion.now);
  if (cutOff) requireSecondPerson(before, occasion);
  const change = cutOff ? undefined : approve(before, occasion);
  const approved = change?.state ?? before;
  if (showsSecret(approved)) {
    if (change !== undefined) await dependencies.approvals.update(before, change);
    return { status: 200, body: presentApproval(approved, occasion.now) };
  }
  const execute = await executionOf(approved, occasion, dependencies);
  if (execute === undefined) {
    await noteCarriedOut(before, dependencies);
    throw unfit('approved');
  }
  if (change !== undefined) await dependencies.approvals.update(before, change);
  const done = await finish(approved, execute, occasion, dependencies);
  return { status: 200, body: presentApproval(done, occasion.now) };
}
