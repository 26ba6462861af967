import { deployedTable } from '../../core/aws/document-client.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { deployedSurroundings } from '../../core/wiring/deployed-surroundings.ts';
import { tenantOperations } from './tenant-operations.ts';

const table = deployedTable();

export const handler = managementHandler(tenantOperations, {
  ...deployedSurroundings(table),
  tenants: new TenantStore(table),
  keys: new KeyStore(table),
  approvals: new ApprovalStore(table),
});
