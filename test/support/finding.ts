import { randomBytes } from 'node:crypto';
import type { Table } from '../../core/aws/document-client.ts';
import type { Change } from '../../core/domain/audit/audit-event.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { type Alert, type Evidence, type Finding, raise } from '../../core/domain/security/finding.ts';
import { AlertStore } from '../../core/store/alert-store.ts';

type Parts = Partial<Omit<Finding, 'evidence'>> & { readonly evidence?: Partial<Evidence> };

/** A finding about one of Acme's keys, but for what is given. */
export function findingOf({ evidence, ...parts }: Parts = {}): Finding {
  return {
    kind: 'clientErrors',
    tenantId: 'tenant_acme',
    subject: { type: 'apiKey', id: 'key_0123456789AB' },
    occurrence: '2026-11-22',
    ...parts,
    evidence: {
      window: { from: '2026-11-22T10:00:00.000Z', to: '2026-11-22T11:00:00.000Z' },
      measured: 120,
      threshold: 100,
      usual: null,
      counts: { 404: 120 },
      networks: ['203.0.113.0/24'],
      countries: ['DE'],
      keyIds: [],
      requestIds: ['request-1'],
      ...evidence,
    },
  };
}

/** The alert that a finding makes, and its event. */
export function alertOf(finding: Finding, now: Date): Change<Alert> {
  const actor = { type: 'system', id: 'keywright' } as const;
  return raise(finding, { now, actor, requestId: 'batch-1', eventId: eventId(now, randomBytes) });
}

/** Keeps the alert of a finding, as the watch over usage does. */
export async function raiseAlert(table: Table, finding: Finding, now: Date) {
  const change = alertOf(finding, now);
  const isNew = await new AlertStore(table).create(change);
  return { alertId: change.state.alertId, isNew };
}
