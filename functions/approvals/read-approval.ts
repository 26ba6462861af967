import { type Approval, approvalStateOf, lapse } from '../../core/domain/approvals/approval.ts';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { actsFor, type Person } from '../../core/domain/people/person.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { ApprovalDependencies } from './dependencies.ts';

interface ApprovalRequest {
  readonly path: { readonly approvalId: string };
  readonly person: Person;
  readonly context: ChangeContext;
}

/**
 * The approval that a request names. One whose time is over is written down as lapsed first: this is where
 * it is noticed.
 * @throws DomainError `not_found`, also for one of a tenant that the person does not act for
 */
export async function readApproval(
  { path, person, context }: ApprovalRequest,
  { approvals, ...dependencies }: ApprovalDependencies,
): Promise<Approval> {
  const read = found(await approvals.get(path.approvalId));
  if (!actsFor(person, read.tenantId)) throw notFound();
  return decideUntilWritten(
    read,
    context,
    async (approval, own) => {
      const lapsed = approval.state !== 'lapsed' && approvalStateOf(approval, own.now) === 'lapsed';
      if (!lapsed) return approval;
      const change = lapse(approval, own);
      await approvals.update(approval, change);
      return change.state;
    },
    dependencies,
  );
}
