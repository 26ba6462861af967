import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { approveSignUp, requirePending, type SignUp } from '../../core/domain/people/sign-up.ts';
import { joinBySignUp, memberOf, type Team } from '../../core/domain/tenants/team.ts';
import { createTenant } from '../../core/domain/tenants/tenant.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { SignUpDependencies } from './dependencies.ts';

interface Admission {
  readonly tenantId: string;
  /** Makes the tenant where there is none. */
  readonly newTenantName?: string | undefined;
  readonly role: 'developer' | 'auditor';
}

/**
 * Makes a member of who signed up: the tenant first, where it is a new one, then the member, then it is approved. What
 * is cut off between them waits still, and the same call finds the tenant and the member there.
 * @throws DomainError `invalid_request` for a tenant that there is none of, `invalid_state`
 */
export async function admitSignUp(
  signUp: SignUp,
  { tenantId, newTenantName, role }: Admission,
  context: ChangeContext,
  { signUps, members, tenants, ...deciding }: SignUpDependencies,
): Promise<SignUp> {
  requirePending(signUp);
  /** Each change has an event of its own. */
  const next = () => ({ ...context, eventId: eventId(context.now, deciding.randomBytes) });
  if ((await tenants.get(tenantId)) === undefined) {
    if (newTenantName === undefined) {
      const message = 'There is no such tenant; give newTenantName to make it';
      throw new DomainError('invalid_request', message, { param: 'tenantId' });
    }
    await tenants.create(createTenant({ tenantId, name: newTenantName }, next()), undefined);
  }
  const { sub, email, signUpId } = signUp;
  await members.noteTenant(sub, tenantId);
  const join = async (team: Team, own: ChangeContext) => {
    if (memberOf(team, sub) === undefined)
      await members.write(team, joinBySignUp(team, { sub, email, role, signUpId }, own));
  };
  await decideUntilWritten(await members.team(tenantId), next(), join, deciding, { always: true });
  const approve = async (before: SignUp, own: ChangeContext) => {
    const change = approveSignUp(before, tenantId, own);
    await signUps.write(before, change);
    return change.state;
  };
  return decideUntilWritten(signUp, next(), approve, deciding);
}
