import { deployedTable } from '../../core/aws/document-client.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { deployedSurroundings } from '../../core/wiring/deployed-surroundings.ts';
import { memberOperations } from './member-operations.ts';

const table = deployedTable();

export const handler = managementHandler(memberOperations, {
  ...deployedSurroundings(),
  tenants: new TenantStore(table),
});
