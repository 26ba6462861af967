import { reject } from '../../core/domain/approvals/approval.ts';
import { tagOf } from '../../core/domain/ground/entity-tag.ts';
import { type Operations, operation, tagged } from '../../core/management/operation.ts';
import { approvalSchemas } from '../../core/management/schemas/approval-schemas.ts';
import { presentApproval } from '../../core/management/schemas/approval-shape.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import { approveApproval } from './approve-approval.ts';
import { claimApproval } from './claim-approval.ts';
import type { ApprovalDependencies } from './dependencies.ts';
import { listApprovals } from './list-approvals.ts';
import { readApproval } from './read-approval.ts';

export const approvalOperations: Operations<'approvals', ApprovalDependencies> = {
  listApprovals: operation(approvalSchemas.listApprovals, listApprovals),
  approveApproval: operation(approvalSchemas.approveApproval, approveApproval),
  rejectApproval: operation(
    approvalSchemas.rejectApproval,
    async (request, dependencies: ApprovalDependencies) => {
      const { context } = request;
      const read = await readApproval(request, dependencies);
      return decideUntilWritten(
        read,
        context,
        async (before, own) => {
          const change = reject(before, own);
          await dependencies.approvals.update(before, change);
          return tagged(tagOf(change.state), { status: 200, body: presentApproval(change.state, own.now) });
        },
        dependencies,
      );
    },
  ),
  claimApproval: operation(approvalSchemas.claimApproval, claimApproval),
};
