import { deployedTable } from '../../core/aws/document-client.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { tenantOperations } from './tenant-operations.ts';

const table = deployedTable();

export const handler = managementHandler(tenantOperations, {
  ...deployedDependencies(table),
  tenants: new TenantStore(table),
  keys: new KeyStore(table),
  approvals: new ApprovalStore(table),
});
