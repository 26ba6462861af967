import type { Alert } from '../../core/domain/finding.ts';
import { notFound } from '../../core/domain/not-found.ts';
import { actsFor } from '../../core/domain/person.ts';
import { decodeCursor, encodeCursor } from '../../core/http/cursor.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import { type alertSchemas, presentAlert } from '../../core/http/schemas/alert-schemas.ts';
import type { AlertDependencies } from './dependencies.ts';

/**
 * Alerts of the tenants that the person acts for, newest first, as far as they pass the filters. Those that
 * concern no one tenant are for people who act for all.
 */
export async function listAlerts(
  { person, query }: OperationRequest<typeof alertSchemas.listAlerts>,
  { alerts }: AlertDependencies,
): Promise<Answer> {
  const { tenantId, kind, state, subject, from, to, limit, cursor } = query;
  if (tenantId !== undefined && !actsFor(person, tenantId)) throw notFound();
  const list = `alerts ${tenantId ?? '*'}`;
  const position = decodeCursor(list, cursor);
  const before = to !== undefined && (position === undefined || position > to) ? to : position;
  const matches = (alert: Alert) =>
    (kind === undefined || alert.kind === kind) && (subject === undefined || alert.subject.id === subject);
  const tenants = tenantId === undefined ? person.tenants : [tenantId];
  const page = await alerts.list(tenants, { from, before }, { limit, state, matches });
  return {
    status: 200,
    body: { items: page.items.map(presentAlert), nextCursor: encodeCursor(list, page.next) },
  };
}
