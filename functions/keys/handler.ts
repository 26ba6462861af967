import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { deployedTable } from '../../core/aws/document-client.ts';
import { deployedPepper } from '../../core/aws/secrets.ts';
import { deployedUsagePlanKeys } from '../../core/aws/usage-plan-keys.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { AliasStore } from '../../core/store/alias-store.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { KeyLists } from '../../core/store/key-lists.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { keyOperations } from './key-operations.ts';

const table = deployedTable();
const common = deployedDependencies(table);
const tenants = new TenantStore(table);
const lastUses = new LastUseStore(deployedTable(ENV.usageTable));
const peppers = deployedPepper(new SecretsManagerClient({}), common.now);

export const handler = managementHandler(keyOperations, {
  ...common,
  keys: new KeyStore(table),
  keyLists: new KeyLists(table, tenants, lastUses),
  tenants,
  lastUses,
  approvals: new ApprovalStore(table),
  usagePlanKeys: deployedUsagePlanKeys(),
  aliases: new AliasStore(table),
  credentials: new CredentialStore(table),
  pepper: () => peppers.pepper(),
});
