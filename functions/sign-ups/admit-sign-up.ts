import type { Change, ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { approveSignUp, isCutOff, letOneselfIn, type SignUp } from '../../core/domain/people/sign-up.ts';
import { joinBySignUp, memberOf, requireRoom, type Team } from '../../core/domain/tenants/team.ts';
import { createTenant, type Tenant } from '../../core/domain/tenants/tenant.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { SignUpDependencies } from './dependencies.ts';

interface Admission {
  readonly tenantId: string;
  /** Makes the tenant where there is none. */
  readonly newTenantName?: string | undefined;
  readonly sandboxOnly?: true;
  readonly role: 'developer' | 'auditor';
}

/**
 * Makes a member of who signed up. It is decided first, by one write, so that nobody is let in twice or after a
 * rejection; then comes the tenant, where it is a new one, then the member. What is cut off between them waits
 * still, and the same call takes it up; who lets oneself in finds it done where another call was first.
 * @throws DomainError `invalid_request` for a tenant that there is none of, `invalid_state`
 */
export async function admitSignUp(
  signUp: SignUp,
  { tenantId, newTenantName, sandboxOnly, role }: Admission,
  context: ChangeContext,
  { signUps, members, tenants, ...deciding }: SignUpDependencies,
): Promise<SignUp> {
  /** Each change has an event of its own; whoever signs up by oneself has one by asking. */
  const next = () => ({ ...context, eventId: eventId(context.now, deciding.randomBytes) });
  const isNew = (await tenants.get(tenantId)) === undefined;
  if (isNew && newTenantName === undefined) {
    const message = 'There is no such tenant; give newTenantName to make it';
    throw new DomainError('invalid_request', message, { param: 'tenantId' });
  }
  const team = await members.team(tenantId);
  requireRoom(team);
  const approve = async (before: SignUp, own: ChangeContext) => {
    if (isCutOff(before, tenantId) || letOneselfIn(before, tenantId)) return before;
    const change = approveSignUp(before, tenantId, own);
    await signUps.write(before, change);
    return change.state;
  };
  const always = signUp.sub === context.actor.id;
  const approved = await decideUntilWritten(signUp, next(), approve, deciding, { always });
  if (approved.joinedAt !== undefined) return approved;
  if (isNew) {
    const input = { tenantId, name: newTenantName ?? tenantId, ...(sandboxOnly && { sandboxOnly }) };
    await createOnce(createTenant(input, next()), tenants);
  }
  const { sub, email, signUpId } = signUp;
  await members.noteTenant(sub, tenantId);
  const join = async (before: Team, own: ChangeContext) => {
    if (memberOf(before, sub) !== undefined) return;
    await members.write(before, joinBySignUp(before, { sub, email, role, signUpId }, own));
  };
  await decideUntilWritten(team, next(), join, deciding, { always: true });
  await signUps.noteJoined(approved, context.now);
  return { ...approved, joinedAt: context.now.toISOString() };
}

/** Another call of the same may have been first. */
async function createOnce(change: Change<Tenant>, tenants: SignUpDependencies['tenants']): Promise<void> {
  try {
    await tenants.create(change, undefined);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'already_exists') throw error;
  }
}
