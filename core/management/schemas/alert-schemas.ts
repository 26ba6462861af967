import * as z from 'zod';
import { type Alert, FINDING_KINDS, suggestionFor } from '../../domain/security/finding.ts';
import type { OperationSchema } from '../operation.ts';
import { cursor, limit, pageOf, remark, tenantId, time, timestamp } from './fields.ts';
import { rangeFields } from './range.ts';
import { exactText } from './texts.ts';

const alertId = z
  .string()
  .regex(/^alert_[0-9A-Za-z]{12}$/, 'expected alert_ and 12 base62 characters')
  .meta({ example: 'alert_9zX7cV5bN3mA' });
const alertPath = z.object({ alertId });
/** Whoever runs things may know them by either; Keywright has no list of all people. */
const assignee = exactText(254).meta({
  description: 'The `sub` or e-mail address of a person',
  example: 'grace@example.com',
});
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
    assignedTo: z.string().nullable().meta({ description: 'Who is to look at it, as it was assigned' }),
    snoozedUntil: timestamp.nullable().meta({ description: 'Until then it is put off' }),
  })
  .meta({
    id: 'Alert',
    example: {
      ...{ alertId: 'alert_9zX7cV5bN3mA', kind: 'clientErrors', tenantId: 'tenant_acme', state: 'open' },
      subject: { type: 'apiKey', id: 'key_8sK2mQ4vXz1b' },
      foundAt: '2026-11-22T12:00:00.000Z',
      evidence: {
        window: { from: '2026-11-22T11:55:00.000Z', to: '2026-11-22T12:00:00.000Z' },
        ...{ measured: 412, threshold: 100, usual: 3 },
        counts: { 403: 412 },
        networks: ['203.0.113.0/24'],
        countries: ['DE'],
        keyIds: ['key_8sK2mQ4vXz1b'],
        requestIds: ['JKJaXmPLvHcESHA='],
      },
      suggestion: suggestionFor('clientErrors'),
      ...{ acknowledgedBy: null, acknowledgedAt: null, note: null, assignedTo: null, snoozedUntil: null },
    },
  });

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
    assignedTo: alert.assignedTo ?? null,
    snoozedUntil: alert.snoozedUntil ?? null,
  };
}

export const alertSchemas = {
  listAlerts: {
    summary: 'List security findings, newest first',
    query: z.strictObject({
      tenantId: tenantId.optional(),
      kind: kind.optional(),
      state: state.optional(),
      assignedTo: assignee.optional(),
      snoozed: z
        .enum(['true', 'false'])
        .optional()
        .meta({ description: 'true: only those that are put off; false: all others' }),
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
  getAlert: {
    summary: 'Read one security finding',
    path: alertPath,
    answers: { 200: alertShape },
  },
  assignAlert: {
    summary: 'Say who is to look at a finding',
    path: alertPath,
    body: z.strictObject({ assignedTo: assignee.nullable().meta({ description: 'null for nobody' }) }),
    answers: { 200: alertShape },
  },
  snoozeAlert: {
    summary: 'Put a finding off until a time in the next 30 days',
    path: alertPath,
    body: z.strictObject({ until: time.nullable().meta({ description: 'null to look at it now' }) }),
    answers: { 200: alertShape },
  },
  acknowledgeAlert: {
    summary: 'Say that a finding is taken care of',
    path: alertPath,
    body: z.strictObject({ note: remark.optional() }),
    answers: { 200: alertShape },
  },
} as const satisfies Record<string, OperationSchema>;
