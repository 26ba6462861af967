import { setTimeout as wait } from 'node:timers/promises';
import type { Table } from '../../core/aws/document-client.ts';
import { AuditLog, type AuditLogOptions } from '../../core/store/audit-log.ts';

/** The writer of a test's audit table, which keeps records for ever unless told otherwise. */
export function auditLog(table: Table, options: Partial<AuditLogOptions> = {}): AuditLog {
  return new AuditLog({
    table,
    retentionDays: 0,
    now: () => new Date(),
    random: Math.random,
    wait,
    ...options,
  });
}
