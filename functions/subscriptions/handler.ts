import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { deployedTable } from '../../core/aws/document-client.ts';
import { deployedSealedTexts } from '../../core/aws/sealed-text.ts';
import { deployedPepper } from '../../core/aws/secrets.ts';
import { ShowableKeys } from '../../core/aws/showable-keys.ts';
import { deployedUsagePlanKeys } from '../../core/aws/usage-plan-keys.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { AliasStore } from '../../core/store/alias-store.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { ProductStore } from '../../core/store/product-store.ts';
import { SubscriptionStore } from '../../core/store/subscription-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { subscriptionOperations } from './subscription-operations.ts';

const table = deployedTable();
const common = deployedDependencies(table);
const peppers = deployedPepper(new SecretsManagerClient({}), common.now);

export const handler = managementHandler(subscriptionOperations, {
  ...common,
  subscriptions: new SubscriptionStore(table),
  showableKeys: new ShowableKeys(deployedSealedTexts()),
  apis: new ApiStore(table),
  products: new ProductStore(table),
  aliases: new AliasStore(table),
  approvals: new ApprovalStore(table),
  tenants: new TenantStore(table),
  lastUses: new LastUseStore(deployedTable(ENV.usageTable)),
  usagePlanKeys: deployedUsagePlanKeys(),
  pepper: (versions) => peppers.pepper(versions),
});
