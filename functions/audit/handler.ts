import { documentClient } from '../../core/aws/document-client.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { deployedSurroundings, environmentVariable } from '../../core/http/environment.ts';
import { managementHandler } from '../../core/http/management-handler.ts';
import { AuditStore } from '../../core/store/audit-store.ts';
import { auditOperations } from './audit-operations.ts';

const table = { client: documentClient(), name: environmentVariable(ENV.auditTable) };

export const handler = managementHandler('audit', auditOperations, {
  ...deployedSurroundings(),
  audit: new AuditStore(table),
});
