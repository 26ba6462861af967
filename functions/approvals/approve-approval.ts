import { approve, isOver, requireSecondPerson, showsSecret } from '../../core/domain/approval.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import type { approvalSchemas } from '../../core/http/schemas/approval-schemas.ts';
import { presentApproval } from '../../core/http/schemas/approval-shape.ts';
import { executionOf } from './carry-out.ts';
import type { ApprovalDependencies } from './dependencies.ts';
import { readApproval } from './read-approval.ts';

/**
 * Approves an operation and carries it out, unless it shows a secret: then its requester claims it. These are
 * writes of two items, the approval's first. Cut off between them, a second call carries out what was
 * approved: the item that it changes tells whether that had been done.
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
  const execute = showsSecret(approved) ? undefined : await executionOf(approved, occasion, dependencies);
  if (change !== undefined) await dependencies.approvals.update(before, change);
  await execute?.();
  return { status: 200, body: presentApproval(approved, occasion.now) };
}
