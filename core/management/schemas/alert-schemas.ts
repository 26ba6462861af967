import * as z from 'zod';
import { type Alert, FINDING_KINDS, suggestionFor } from '../../domain/security/finding.ts';
import type { OperationSchema } from '../operation.ts';
import { cursor, limit, pageOf, remark, tenantId, timestamp } from './fields.ts';
import { rangeFields } from './range.ts';

const alertId = z.string().regex(/^alert_[0-9A-Za-z]{12}$/, 'expected alert_ and 12 base62 characters');
const kind = z.enum(FINDING_KINDS);
const state = z.enum(['open', 'acknowledged']);

const alertShape = z
  .strictObject({
    alertId,
    kind,
    tenantId: tenantId.nullable().meta({ description: 'Null for what concerns no one tenant' }),
    subject: z.strictObject({ type: z.enum(['apiKey', 'subscription', 'network']), id: z.string() }),
    state,
    foundAt: timestamp,
    evidence: z
      .strictObject({
        window: z.strictObject({ from: timestamp, to: timestamp }),
        measured: z.number().meta({ description: 'Requests, failures, or minutes between two places' }),
        threshold: z.number(),
        usual: z.number().nullable().meta({ description: 'What the key usually comes to, where known' }),
        counts: z.record(z.string(), z.number()),
        networks: z.array(z.string()),
        countries: z.array(z.string()),
        keyIds: z.array(z.string()).meta({ description: 'Public ids of keys that were named' }),
        requestIds: z.array(z.string()),
      })
      .meta({ description: 'As it was when the threshold was reached' }),
    suggestion: z.string().meta({ description: 'What to do about it' }),
    acknowledgedBy: z.string().nullable(),
    acknowledgedAt: timestamp.nullable(),
    note: z.string().nullable(),
  })
  .meta({ id: 'Alert' });

/** An alert as people see it. */
export function presentAlert(alert: Omit<Alert, 'occurrence' | 'revision'>): z.output<typeof alertShape> {
  return {
    alertId: alert.alertId,
    kind: alert.kind,
    tenantId: alert.tenantId,
    subject: alert.subject,
    state: alert.state,
    foundAt: alert.foundAt,
    evidence: {
      ...alert.evidence,
      networks: [...alert.evidence.networks],
      countries: [...alert.evidence.countries],
      keyIds: [...alert.evidence.keyIds],
      requestIds: [...alert.evidence.requestIds],
    },
    suggestion: suggestionFor(alert.kind),
    acknowledgedBy: alert.acknowledgedBy ?? null,
    acknowledgedAt: alert.acknowledgedAt ?? null,
    note: alert.note ?? null,
  };
}

export const alertSchemas = {
  listAlerts: {
    summary: 'List security findings, newest first',
    query: z.strictObject({
      tenantId: tenantId.optional(),
      kind: kind.optional(),
      state: state.optional(),
      subject: z
        .string()
        .max(200)
        .optional()
        .meta({ description: 'The id of a key or subscription, or a network' }),
      ...rangeFields({
        from: 'of when they were found; by default all that are kept',
        to: 'by default all up to the newest',
      }),
      limit,
      cursor,
    }),
    answers: { 200: pageOf(alertShape) },
  },
  acknowledgeAlert: {
    summary: 'Say that a finding is taken care of',
    path: z.object({ alertId }),
    body: z.strictObject({ note: remark.optional() }),
    answers: { 200: alertShape },
  },
} as const satisfies Record<string, OperationSchema>;
