import type { ShowableKeys } from '../../core/aws/showable-keys.ts';
import type { UsagePlanKeys } from '../../core/aws/usage-plan-keys.ts';
import type { Pepper } from '../../core/domain/keys/pepper.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { AliasStore } from '../../core/store/alias-store.ts';
import type { ApprovalStore } from '../../core/store/approval-store.ts';
import type { LastUseStore } from '../../core/store/last-use-store.ts';
import type { ProductStore } from '../../core/store/product-store.ts';
import type { SubscriptionStore } from '../../core/store/subscription-store.ts';
import type { TenantStore } from '../../core/store/tenant-store.ts';

/** What operations on subscriptions need. */
export interface SubscriptionDependencies extends HandlerDependencies {
  readonly subscriptions: SubscriptionStore;
  readonly lastUses: LastUseStore;
  readonly aliases: AliasStore;
  readonly subscriptionKeys: ShowableKeys;
  readonly products: ProductStore;
  readonly tenants: TenantStore;
  readonly approvals: ApprovalStore;
  readonly usagePlanKeys: UsagePlanKeys;
  readonly pepper: (versions?: readonly string[]) => Promise<Pepper>;
}
