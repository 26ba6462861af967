import type { KeyPlanning } from '../../core/http/key-plan.ts';
import type { Surroundings } from '../../core/http/management-handler.ts';
import type { SubscriptionPlanning } from '../../core/http/subscription-plan.ts';
import type { ApprovalStore } from '../../core/store/approval-store.ts';

/** What deciding on approvals and carrying them out needs. */
export interface ApprovalDependencies
  extends Surroundings,
    Omit<KeyPlanning, 'pepper'>,
    SubscriptionPlanning {
  readonly approvals: ApprovalStore;
}
