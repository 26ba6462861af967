import { z } from 'zod';
import { type AuditEvent, EVENT_TYPES, SUBJECT_TYPES } from '../contract/events.ts';

/** The shape of AuditEvent, for what comes back from a table or a stream. */
export const auditEventSchema = z.strictObject({
  id: z.uuid(),
  version: z.literal(1),
  type: z.enum(EVENT_TYPES),
  time: z.iso.datetime(),
  tenantId: z.string().nullable(),
  actor: z.strictObject({
    type: z.enum(['admin', 'developer', 'auditor', 'apiKey', 'system']),
    id: z.string(),
    ip: z.string().exactOptional(),
  }),
  subject: z.strictObject({ type: z.enum(SUBJECT_TYPES), id: z.string() }),
  data: z.record(z.string(), z.unknown()),
  requestId: z.string(),
}) satisfies z.ZodType<AuditEvent>;
