import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { SubscriptionPlanning } from '../../core/management/subscription-plan.ts';
import type { AliasStore } from '../../core/store/alias-store.ts';
import type { ApprovalStore } from '../../core/store/approval-store.ts';

/** What operations on subscriptions need. */
export interface SubscriptionDependencies extends HandlerDependencies, SubscriptionPlanning {
  readonly aliases: AliasStore;
  readonly approvals: ApprovalStore;
}
