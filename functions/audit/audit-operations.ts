import { type Operations, operation } from '../../core/http/operation.ts';
import { auditSchemas } from '../../core/http/schemas/audit-schemas.ts';
import { type AuditDependencies, listAudit } from './list-audit.ts';

export const auditOperations: Operations<'audit', AuditDependencies> = {
  listAudit: operation(auditSchemas.listAudit, listAudit),
};
