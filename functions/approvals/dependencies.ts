import type { KeyPlanning } from '../../core/management/key-plan.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { MemberPlanning } from '../../core/management/member-plan.ts';
import type { SubscriptionPlanning } from '../../core/management/subscription-plan.ts';
import type { ApprovalStore } from '../../core/store/approval-store.ts';

/** What deciding on approvals and carrying them out needs. */
export interface ApprovalDependencies
  extends HandlerDependencies,
    Omit<KeyPlanning, 'pepper'>,
    SubscriptionPlanning,
    MemberPlanning {
  readonly approvals: ApprovalStore;
}
