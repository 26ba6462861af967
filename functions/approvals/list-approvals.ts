import { type Approval, approvalStateOf, isDone } from '../../core/domain/approvals/approval.ts';
import { notFound } from '../../core/domain/ground/not-found.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { decodeCursor, encodeCursor } from '../../core/management/cursor.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { approvalSchemas } from '../../core/management/schemas/approval-schemas.ts';
import { presentApproval } from '../../core/management/schemas/approval-shape.ts';
import type { ApprovalDependencies } from './dependencies.ts';
import { maySee } from './read-approval.ts';

/**
 * Approvals of the tenants that the person acts for, newest first, as far as the person may see them and they
 * pass the filters.
 */
export async function listApprovals(
  { person, query, context }: OperationRequest<typeof approvalSchemas.listApprovals>,
  { approvals }: ApprovalDependencies,
): Promise<Answer> {
  const { tenantId, state, carriedOut, limit, cursor } = query;
  if (tenantId !== undefined && !actsFor(person, tenantId)) throw notFound();
  const list = `approvals ${tenantId ?? '*'}`;
  const before = decodeCursor(list, cursor);
  const matches = (approval: Approval) =>
    maySee(person, approval) &&
    (tenantId === undefined || approval.tenantId === tenantId) &&
    (state === undefined || approvalStateOf(approval, context.now) === state) &&
    (carriedOut === undefined || String(isDone(approval)) === carriedOut);
  const page = await approvals.list({ limit, before, matches });
  return {
    status: 200,
    body: {
      items: page.items.map((approval) => presentApproval(approval, context.now)),
      nextCursor: encodeCursor(list, page.next),
    },
  };
}
