import { deployedTable } from '../../core/aws/document-client.ts';
import { deployedSurroundings } from '../../core/http/deployed-surroundings.ts';
import { managementHandler } from '../../core/http/management-handler.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { tenantOperations } from './tenant-operations.ts';

const table = deployedTable();

export const handler = managementHandler(tenantOperations, {
  ...deployedSurroundings(),
  tenants: new TenantStore(table),
  keys: new KeyStore(table),
  approvals: new ApprovalStore(table),
});
