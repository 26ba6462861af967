import { z } from 'zod';
import { type AuditEvent, EVENT_TYPES } from '../../contract/events.ts';
import { auditEventSchema } from '../../store/audit-event-schema.ts';
import type { OperationSchema } from '../operation.ts';
import { cursor, limit, pageOf, tenantId, time } from './fields.ts';

const recordShape = auditEventSchema
  .extend({ actor: auditEventSchema.shape.actor.extend({ ip: z.string().nullable() }) })
  .meta({ id: 'AuditRecord' });

/** An audit event as people see it. */
export function presentRecord(event: AuditEvent) {
  return { ...event, actor: { ...event.actor, ip: event.actor.ip ?? null } };
}

export const auditSchemas = {
  listAudit: {
    summary: 'Read the audit log, newest first',
    query: z.strictObject({
      tenantId: tenantId.optional(),
      type: z.enum(EVENT_TYPES).optional(),
      actor: z.string().max(200).optional().meta({ description: 'The id of who did it' }),
      subject: z.string().max(200).optional().meta({ description: 'The id of what it was done to' }),
      from: time.optional().meta({ description: 'Inclusive; by default 30 days before to' }),
      to: time.optional().meta({ description: 'Exclusive; by default now. At most 31 days after from' }),
      limit,
      cursor,
    }),
    answers: { 200: pageOf(recordShape) },
  },
} as const satisfies Record<string, OperationSchema>;
