import { type Operations, operation } from '../../core/management/operation.ts';
import { auditSchemas } from '../../core/management/schemas/audit-schemas.ts';
import { exportAudit } from './export-audit.ts';
import { type AuditDependencies, listAudit } from './list-audit.ts';
import { type VerifyDependencies, verifyAudit } from './verify-audit.ts';

export const auditOperations: Operations<'audit', AuditDependencies & VerifyDependencies> = {
  listAudit: operation(auditSchemas.listAudit, listAudit),
  exportAudit: operation(auditSchemas.exportAudit, exportAudit),
  verifyAudit: operation(auditSchemas.verifyAudit, verifyAudit),
};
