import { notFound } from '../../core/domain/ground/not-found.ts';
import { timeRange } from '../../core/domain/ground/time-range.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { isSnoozed } from '../../core/domain/security/finding.ts';
import { decodeCursor, encodeCursor } from '../../core/management/cursor.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { type alertSchemas, presentAlert } from '../../core/management/schemas/alert-schemas.ts';
import type { ListedAlert } from '../../core/store/alert-store.ts';
import { earlier } from '../../core/store/listing.ts';
import type { AlertDependencies } from './dependencies.ts';

/**
 * Alerts of the tenants that the person acts for, newest first, as far as they pass the filters. Those that
 * concern no one tenant are for people who act for all.
 */
export async function listAlerts(
  { person, query, context }: OperationRequest<typeof alertSchemas.listAlerts>,
  { alerts }: AlertDependencies,
): Promise<Answer> {
  const { tenantId, kind, state, assignedTo, snoozed, subject, limit, cursor } = query;
  if (tenantId !== undefined && !actsFor(person, tenantId)) throw notFound();
  const list = `alerts ${tenantId ?? '*'}`;
  const { from, to } = timeRange(query, { now: context.now, isOpen: true });
  const bounds = { from: from.toISOString(), before: earlier(to.toISOString(), decodeCursor(list, cursor)) };
  const matches = (alert: ListedAlert) =>
    (kind === undefined || alert.kind === kind) &&
    (assignedTo === undefined || alert.assignedTo === assignedTo) &&
    (snoozed === undefined || String(isSnoozed(alert, context.now)) === snoozed) &&
    (subject === undefined || alert.subject.id === subject);
  const tenants = tenantId === undefined ? person.tenants : [tenantId];
  const page = await alerts.list(tenants, bounds, { limit, now: context.now, state, matches });
  return {
    status: 200,
    body: { items: page.items.map(presentAlert), nextCursor: encodeCursor(list, page.next) },
  };
}
