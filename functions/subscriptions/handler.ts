import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { deployedTable } from '../../core/aws/document-client.ts';
import { required } from '../../core/aws/lambda-environment.ts';
import { deployedPepper } from '../../core/aws/secrets.ts';
import { ShowableKeySecrets } from '../../core/aws/showable-keys.ts';
import { deployedUsagePlanKeys } from '../../core/aws/usage-plan-keys.ts';
import { ENV, SECRET_PREFIX } from '../../core/contract/deployment.ts';
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
const secrets = new SecretsManagerClient({});
const peppers = deployedPepper(secrets, common.now);

export const handler = managementHandler(subscriptionOperations, {
  ...common,
  subscriptions: new SubscriptionStore(table),
  subscriptionKeys: new ShowableKeySecrets(
    secrets,
    SECRET_PREFIX.subscription,
    required(process.env, ENV.secretsKey),
  ),
  clientKeys: new ShowableKeySecrets(secrets, SECRET_PREFIX.clientKey, required(process.env, ENV.secretsKey)),
  apis: new ApiStore(table),
  products: new ProductStore(table),
  aliases: new AliasStore(table),
  approvals: new ApprovalStore(table),
  tenants: new TenantStore(table),
  lastUses: new LastUseStore(deployedTable(ENV.usageTable)),
  usagePlanKeys: deployedUsagePlanKeys(),
  pepper: (versions) => peppers.pepper(versions),
});
