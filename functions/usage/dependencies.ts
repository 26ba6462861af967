import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { ApiStore } from '../../core/store/api-store.ts';
import type { KeyStore } from '../../core/store/key-store.ts';
import type { LastUseStore } from '../../core/store/last-use-store.ts';
import type { ProductStore } from '../../core/store/product-store.ts';
import type { ReceiptStore } from '../../core/store/receipt-store.ts';
import type { RefusalStore } from '../../core/store/refusal-store.ts';
import type { SubscriptionStore } from '../../core/store/subscription-store.ts';
import type { SummaryStore } from '../../core/store/summary-store.ts';
import type { TenantStore } from '../../core/store/tenant-store.ts';
import type { UsageStore } from '../../core/store/usage-store.ts';

/** What reading usage needs. */
export interface UsageDependencies extends HandlerDependencies {
  readonly usage: UsageStore;
  readonly summaries: Pick<SummaryStore, 'read'>;
  readonly lastUses: LastUseStore;
  readonly refusals: RefusalStore;
  readonly receipts: Pick<ReceiptStore, 'get'>;
  readonly tenants: TenantStore;
  readonly keys: KeyStore;
  readonly apis: ApiStore;
  readonly subscriptions: SubscriptionStore;
  readonly products: Pick<ProductStore, 'get'>;
  /** Whose a key or subscription is. */
  readonly tenantOf: (keyId: string) => Promise<string | undefined>;
}
