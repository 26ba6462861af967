import { documentClient } from '../../core/aws/document-client.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { deployedSurroundings, environmentVariable } from '../../core/http/environment.ts';
import { managementHandler } from '../../core/http/management-handler.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { tenantOperations } from './tenant-operations.ts';

const table = { client: documentClient(), name: environmentVariable(ENV.table) };

export const handler = managementHandler('tenants', tenantOperations, {
  ...deployedSurroundings(),
  tenants: new TenantStore(table),
});
