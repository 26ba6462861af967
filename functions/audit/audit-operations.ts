import { type Operations, operation } from '../../core/management/operation.ts';
import { auditSchemas } from '../../core/management/schemas/audit-schemas.ts';
import { exportAudit } from './export-audit.ts';
import { getAuditChain } from './get-audit-chain.ts';
import { type AuditDependencies, listAudit } from './list-audit.ts';
import { type VerifyDependencies, verifyAudit } from './verify-audit.ts';

export const auditOperations: Operations<'audit', AuditDependencies & VerifyDependencies> = {
  listAudit: operation(auditSchemas.listAudit, listAudit),
  exportAudit: operation(auditSchemas.exportAudit, exportAudit),
  getAuditChain: operation(auditSchemas.getAuditChain, getAuditChain),
  verifyAudit: operation(auditSchemas.verifyAudit, verifyAudit),
};
