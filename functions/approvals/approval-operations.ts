import { type Approval, reject, withdraw } from '../../core/domain/approvals/approval.ts';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { tagOf } from '../../core/domain/ground/entity-tag.ts';
import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { type Answer, type Operations, operation, tagged } from '../../core/management/operation.ts';
import { approvalSchemas } from '../../core/management/schemas/approval-schemas.ts';
import { presentApproval } from '../../core/management/schemas/approval-shape.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import { approveApproval } from './approve-approval.ts';
import { claimApproval } from './claim-approval.ts';
import type { ApprovalDependencies } from './dependencies.ts';
import { listApprovals } from './list-approvals.ts';
import { type ApprovalRequest, maySee, readApproval } from './read-approval.ts';

export const approvalOperations: Operations<'approvals', ApprovalDependencies> = {
  listApprovals: operation(approvalSchemas.listApprovals, listApprovals),
  getApproval: operation(
    approvalSchemas.getApproval,
    async (request, { approvals }: ApprovalDependencies) => {
      const approval = found(await approvals.get(request.path.approvalId));
      if (!maySee(request.person, approval)) throw notFound();
      return presented(approval, request.context.now);
    },
  ),
  approveApproval: operation(approvalSchemas.approveApproval, approveApproval),
  rejectApproval: operation(approvalSchemas.rejectApproval, ending(reject)),
  withdrawApproval: operation(approvalSchemas.withdrawApproval, ending(withdraw)),
  claimApproval: operation(approvalSchemas.claimApproval, claimApproval),
};

/** An operation that ends an approval, with nothing left to carry out. */
function ending(rule: typeof reject | typeof withdraw) {
  return async (
    request: ApprovalRequest & { readonly body: { readonly reason?: string | undefined } },
    dependencies: ApprovalDependencies,
  ): Promise<Answer> => {
    const write = async (before: Approval, own: ChangeContext) => {
      const change = rule(before, request.body.reason, own);
      await dependencies.approvals.update(before, change);
      return presented(change.state, own.now);
    };
    return decideUntilWritten(
      await readApproval(request, dependencies),
      request.context,
      write,
      dependencies,
    );
  };
}

function presented(approval: Approval, now: Date): Answer {
  return tagged(tagOf(approval), { status: 200, body: presentApproval(approval, now) });
}
