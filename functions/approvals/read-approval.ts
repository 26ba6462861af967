import { type Approval, approvalStateOf, lapse } from '../../core/domain/approvals/approval.ts';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { type Admitted, actsFor, roleIn } from '../../core/domain/people/person.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { ApprovalDependencies } from './dependencies.ts';

export interface ApprovalRequest {
  readonly path: { readonly approvalId: string };
  readonly person: Admitted;
  readonly context: ChangeContext;
}

/** Whether somebody is shown an approval: developers, who decide on none, see what they asked for themselves. */
export function maySee(person: Admitted, { tenantId, requestedBy }: Approval): boolean {
  return (
    actsFor(person, tenantId) && (requestedBy === person.sub || roleIn(person, tenantId) !== 'developer')
  );
}

/**
 * The approval that a request names, to do something about it. One whose time is over is written down as lapsed
 * first: this is where it is noticed.
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
