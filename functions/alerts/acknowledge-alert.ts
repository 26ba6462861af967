import { tagOf } from '../../core/domain/ground/entity-tag.ts';
import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { actsFor, type Person } from '../../core/domain/people/person.ts';
import { type Alert, acknowledge } from '../../core/domain/security/finding.ts';
import { type Answer, type OperationRequest, tagged } from '../../core/management/operation.ts';
import { type alertSchemas, presentAlert } from '../../core/management/schemas/alert-schemas.ts';
import type { AlertDependencies } from './dependencies.ts';

/** Notes who has taken care of a finding; it stays in the list. */
export async function acknowledgeAlert(
  { path, body, person, context }: OperationRequest<typeof alertSchemas.acknowledgeAlert>,
  { alerts }: AlertDependencies,
): Promise<Answer> {
  const before = found(await alerts.get(path.alertId));
  if (!maySee(person, before)) throw notFound();
  const change = acknowledge(before, body.note, context);
  await alerts.update(before, change);
  return tagged(tagOf(change.state), { status: 200, body: presentAlert(change.state) });
}

function maySee(person: Person, { tenantId }: Alert): boolean {
  return tenantId === null ? person.tenants === '*' : actsFor(person, tenantId);
}
