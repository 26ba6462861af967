import type { Change, ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { requireMatch, tagOf } from '../../core/domain/ground/entity-tag.ts';
import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { actsFor, type Person } from '../../core/domain/people/person.ts';
import { type Alert, acknowledge, assign, snooze } from '../../core/domain/security/finding.ts';
import { type Answer, type Operations, operation, tagged } from '../../core/management/operation.ts';
import { alertSchemas, presentAlert } from '../../core/management/schemas/alert-schemas.ts';
import type { AlertDependencies } from './dependencies.ts';
import { listAlerts } from './list-alerts.ts';

interface AlertRequest {
  readonly path: { readonly alertId: string };
  readonly person: Person;
  readonly context: ChangeContext;
}

export const alertOperations: Operations<'alerts', AlertDependencies> = {
  listAlerts: operation(alertSchemas.listAlerts, listAlerts),
  getAlert: operation(alertSchemas.getAlert, async (request, { alerts }: AlertDependencies) =>
    presented(await read(request, alerts)),
  ),
  acknowledgeAlert: operation(alertSchemas.acknowledgeAlert, (request, dependencies: AlertDependencies) =>
    change(request, dependencies, (alert) => acknowledge(alert, request.body.note, request.context)),
  ),
  assignAlert: operation(alertSchemas.assignAlert, (request, dependencies: AlertDependencies) =>
    change(request, dependencies, (alert) => assign(alert, request.body.assignedTo, request.context)),
  ),
  snoozeAlert: operation(alertSchemas.snoozeAlert, (request, dependencies: AlertDependencies) =>
    change(request, dependencies, (alert) => snooze(alert, request.body.until, request.context)),
  ),
};

/** @throws DomainError `not_found`, also for one that the person does not see */
async function read(
  { path, person, context }: AlertRequest,
  alerts: AlertDependencies['alerts'],
): Promise<Alert> {
  const alert = found(await alerts.get(path.alertId, context.now));
  // Those that concern no one tenant are for people who act for all.
  const isSeen = alert.tenantId === null ? person.tenants === '*' : actsFor(person, alert.tenantId);
  if (!isSeen) throw notFound();
  return alert;
}

async function change(
  request: AlertRequest,
  { alerts }: AlertDependencies,
  decide: (alert: Alert) => Change<Alert>,
): Promise<Answer> {
  const before = await read(request, alerts);
  requireMatch(request.context.ifMatch, tagOf(before), undefined);
  const decided = decide(before);
  await alerts.update(before, decided);
  return presented(decided.state);
}

function presented(alert: Alert): Answer {
  return tagged(tagOf(alert), { status: 200, body: presentAlert(alert) });
}
