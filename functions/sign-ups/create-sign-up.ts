import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { ownTenantId, ownTenantName, withNewcomer } from '../../core/domain/people/own-tenant.ts';
import {
  isCutOff,
  letOneselfIn,
  requestSignUp,
  requireSigningUp,
  type SignUp,
  type SignUpInput,
  signedUpBefore,
  signUpIdOf,
  tenantOfDomain,
} from '../../core/domain/people/sign-up.ts';
import { memberOf } from '../../core/domain/tenants/team.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { presentSignUp, type signUpSchemas } from '../../core/management/schemas/sign-up-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import { admitSignUp } from './admit-sign-up.ts';
import type { SignUpDependencies } from './dependencies.ts';

type Request = OperationRequest<typeof signUpSchemas.createSignUp>;

/** Signs up, by the way that this deployment has for it. */
export async function createSignUp(request: Request, dependencies: SignUpDependencies): Promise<Answer> {
  const { body, person } = request;
  const { signUpRule, tenants } = dependencies;
  const email = requireSigningUp(signUpRule, person.signedIn);
  switch (signUpRule.mode) {
    case 'open':
      return letIn(ownTenantId(person.sub), email, request, dependencies);
    case 'domains': {
      const tenantId = tenantOfDomain(signUpRule, email);
      if ((await tenants.get(tenantId)) === undefined) throw noTenantYet(tenantId);
      return letIn(tenantId, email, request, dependencies);
    }
    default:
      requireAnswers(body);
      return {
        status: 201,
        body: presentSignUp(await ask(undefined, { ...body, email }, request, dependencies)),
      };
  }
}

/**
 * Lets somebody in whom nobody has to decide on: into the tenant of the address's domain, or into one's own. Asking,
 * joining and the end of it are writes of three items' worth; cut off between them, the same request takes it up
 * where it stopped, and once it is done finds it done.
 */
async function letIn(
  tenantId: string,
  email: string,
  request: Request,
  dependencies: SignUpDependencies,
): Promise<Answer> {
  const { body, context } = request;
  const { signUps, members, signUpRule } = dependencies;
  const isOwn = signUpRule.mode === 'open';
  const before = await signUps.get(signUpIdOf(context.actor.id));
  if (before?.joinedAt !== undefined) {
    const team = before.joinedTenantId && (await members.team(before.joinedTenantId));
    if (!team || memberOf(team, before.sub) === undefined) throw signedUpBefore();
    return { status: 200, body: presentSignUp(before) };
  }
  if (isOwn) {
    const newcomer = { signUpId: signUpIdOf(context.actor.id), ip: context.actor.ip };
    await signUps.count(context.now, (day) => withNewcomer(day, newcomer, signUpRule));
  }
  // Nobody decides on what it is for.
  const asked = await ask(tenantId, { company: body.company, email }, request, dependencies);
  const joined = await admitSignUp(
    asked,
    {
      ...{ tenantId, role: 'developer' },
      ...(isOwn && { newTenantName: ownTenantName(asked), sandboxOnly: true }),
    },
    context,
    dependencies,
  );
  return { status: 201, body: presentSignUp(joined) };
}

/** @param tenantId that needs no one's decision; undefined where an admin decides */
async function ask(
  tenantId: string | undefined,
  input: SignUpInput & { readonly email: string },
  { context }: Request,
  dependencies: SignUpDependencies,
): Promise<SignUp> {
  const { signUps } = dependencies;
  const attempt = async (before: SignUp | undefined, own: ChangeContext) => {
    // Who waits for nobody was cut off, or another call was first.
    if (before !== undefined && tenantId !== undefined) {
      if (isCutOff(before, tenantId) || letOneselfIn(before, tenantId)) return before;
      if (before.state === 'pending' && before.email === input.email) return before;
    }
    const change = requestSignUp(before, input, own);
    await signUps.write(before, change);
    return change.state;
  };
  const before = await signUps.get(signUpIdOf(context.actor.id));
  return decideUntilWritten(before, context, attempt, dependencies);
}

function noTenantYet(tenantId: string): DomainError {
  const message = `Addresses of your domain join ${tenantId}, which was not created yet: tell whoever runs this`;
  return new DomainError('invalid_state', message);
}

function requireAnswers(body: SignUpInput): void {
  for (const field of ['company', 'use'] as const) {
    if (body[field] !== undefined) continue;
    throw new DomainError('invalid_request', `An admin decides on this by ${field}: say it`, {
      param: field,
    });
  }
}
