import { deployedTable } from '../../core/aws/document-client.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { tenantOfKey } from '../../core/store/key-tenant.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { ProductStore } from '../../core/store/product-store.ts';
import { ReceiptStore } from '../../core/store/receipt-store.ts';
import { RefusalStore } from '../../core/store/refusal-store.ts';
import { SubscriptionStore } from '../../core/store/subscription-store.ts';
import { SummaryStore } from '../../core/store/summary-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { usageOperations } from './usage-operations.ts';

const table = deployedTable();
const usageTable = deployedTable(ENV.usageTable);

export const handler = managementHandler(usageOperations, {
  ...deployedDependencies(table),
  usage: new UsageStore(usageTable),
  summaries: new SummaryStore(usageTable, () => new Date()),
  lastUses: new LastUseStore(usageTable),
  refusals: new RefusalStore(usageTable),
  receipts: new ReceiptStore(usageTable),
  tenants: new TenantStore(table),
  keys: new KeyStore(table),
  apis: new ApiStore(table),
  subscriptions: new SubscriptionStore(table),
  products: new ProductStore(table),
  tenantOf: (keyId) => tenantOfKey(table, keyId),
});
