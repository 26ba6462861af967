import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { deployedTable } from '../../core/aws/document-client.ts';
import { deployedSealedTexts } from '../../core/aws/sealed-text.ts';
import { deployedPepper } from '../../core/aws/secrets.ts';
import { ShowableKeys } from '../../core/aws/showable-keys.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { AlertStore } from '../../core/store/alert-store.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { SubscriptionStore } from '../../core/store/subscription-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { rotationOperations } from './rotation-operations.ts';

const table = deployedTable();
const usageTable = deployedTable(ENV.usageTable);
const common = deployedDependencies(table);
const peppers = deployedPepper(new SecretsManagerClient({}), common.now);

export const handler = managementHandler(rotationOperations, {
  ...common,
  keys: new KeyStore(table),
  subscriptions: new SubscriptionStore(table),
  showableKeys: new ShowableKeys(deployedSealedTexts()),
  tenants: new TenantStore(table),
  lastUses: new LastUseStore(usageTable),
  usage: new UsageStore(usageTable),
  alerts: new AlertStore(table),
  pepper: (versions) => peppers.pepper(versions),
});
