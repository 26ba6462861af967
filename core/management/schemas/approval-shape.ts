import * as z from 'zod';
import { type Approval, approvalStateOf, isDone } from '../../domain/approvals/approval.ts';
import { personId, tenantId, timestamp } from './fields.ts';

export const approvalId = z
  .string()
  .regex(/^apr_[0-9A-Za-z]{12}$/, 'expected apr_ and 12 base62 characters')
  .meta({ example: 'apr_1aB3cD5eF7gH' });
export const approvalState = z.enum([
  'pending',
  'approved',
  'claimed',
  'rejected',
  'withdrawn',
  'lapsed',
  'failed',
]);

export const approvalShape = z
  .strictObject({
    approvalId,
    tenantId,
    operation: z.string().meta({ description: 'The operationId of what waits', example: 'revokeKey' }),
    subject: z.strictObject({ type: z.string(), id: z.string() }).meta({
      description: 'What it is to change; what is to be created has its id already',
      example: { type: 'apiKey', id: 'key_8sK2mQ4vXz1b' },
    }),
    body: z
      .record(z.string(), z.unknown())
      .meta({ description: 'The body that it was requested with', example: { reason: 'Not used any more' } }),
    requestedBy: personId,
    requestedByName: z.string().nullable().meta({
      description: 'The e-mail address at that time, where the token told it',
      example: 'grace@example.com',
    }),
    requestedAt: timestamp,
    expiresAt: timestamp.meta({ description: 'Until then it may be decided, and once approved claimed' }),
    state: approvalState,
    decidedBy: z.string().nullable().meta({ description: 'Who withdrew it, too' }),
    decidedByName: z.string().nullable(),
    decidedAt: timestamp.nullable(),
    reason: z.string().nullable().meta({ description: 'Why it was rejected or withdrawn' }),
    carriedOut: z.boolean().meta({
      description:
        'Whether it has been done. What is approved is done at once; where that was cut off, within minutes',
    }),
    failure: z
      .string()
      .nullable()
      .meta({ description: 'Why what was approved can’t be done any more, where `state` is `failed`' }),
  })
  .meta({ id: 'Approval' });

/** The answer to an operation that has to wait. */
export const waiting = z
  .strictObject({ approval: approvalShape })
  .meta({ description: 'Nothing was changed: the tenant wants a second admin to approve this first' });

/** An approval as people see it at a moment. */
export function presentApproval(approval: Approval, now: Date): z.output<typeof approvalShape> {
  return {
    approvalId: approval.approvalId,
    tenantId: approval.tenantId,
    operation: approval.operation,
    subject: approval.subject,
    body: { ...approval.body },
    requestedBy: approval.requestedBy,
    requestedByName: approval.requestedByName ?? null,
    requestedAt: approval.requestedAt,
    expiresAt: approval.expiresAt,
    state: approvalStateOf(approval, now),
    decidedBy: approval.decidedBy ?? null,
    decidedByName: approval.decidedByName ?? null,
    decidedAt: approval.decidedAt ?? null,
    reason: approval.reason ?? null,
    carriedOut: isDone(approval),
    failure: approval.failure ?? null,
  };
}
