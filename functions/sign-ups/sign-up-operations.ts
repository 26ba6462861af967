import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import {
  isCutOff,
  rejectSignUp,
  requestSignUp,
  requireSigningUp,
  type SignUp,
  shownState,
  signUpIdOf,
  tenantOfDomain,
} from '../../core/domain/people/sign-up.ts';
import { decodeCursor, encodeCursor } from '../../core/management/cursor.ts';
import {
  type Answer,
  type OperationRequest,
  type Operations,
  operation,
} from '../../core/management/operation.ts';
import { presentSignUp, signUpSchemas } from '../../core/management/schemas/sign-up-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import { admitSignUp } from './admit-sign-up.ts';
import type { SignUpDependencies } from './dependencies.ts';

export const signUpOperations: Operations<'sign-ups', SignUpDependencies> = {
  createSignUp: operation(signUpSchemas.createSignUp, createSignUp),
  listSignUps: operation(signUpSchemas.listSignUps, listSignUps),
  approveSignUp: operation(
    signUpSchemas.approveSignUp,
    async ({ path, body, context }, dependencies: SignUpDependencies) => {
      const signUp = found(await dependencies.signUps.get(path.signUpId));
      const { tenantId, newTenantName, role } = body;
      const approved = await admitSignUp(signUp, { tenantId, newTenantName, role }, context, dependencies);
      return { status: 200, body: presentSignUp(approved) };
    },
  ),
  rejectSignUp: operation(
    signUpSchemas.rejectSignUp,
    async ({ path, body, context }, { signUps, ...dependencies }: SignUpDependencies) => {
      const attempt = async (before: SignUp, own: ChangeContext) => {
        const change = rejectSignUp(before, body.reason, own);
        await signUps.write(before, change);
        return change.state;
      };
      const before = found(await signUps.get(path.signUpId));
      const rejected = await decideUntilWritten(before, context, attempt, dependencies);
      return { status: 200, body: presentSignUp(rejected) };
    },
  ),
};

/**
 * Signs up. Asking, joining and the end of it are writes of three items' worth; cut off between them, the same
 * request takes it up where it stopped.
 */
async function createSignUp(
  { body, person, context }: OperationRequest<typeof signUpSchemas.createSignUp>,
  dependencies: SignUpDependencies,
): Promise<Answer> {
  const { signUps, signUpRule } = dependencies;
  const email = requireSigningUp(signUpRule, person.signedIn);
  const tenantId = signUpRule.mode === 'domains' ? tenantOfDomain(signUpRule, email) : undefined;
  if (tenantId === undefined) requireAnswers(body);
  else if ((await dependencies.tenants.get(tenantId)) === undefined) throw noTenantYet(tenantId);
  const attempt = async (before: SignUp | undefined, own: ChangeContext) => {
    // Who joins by domain waits for nobody: it was cut off.
    if (before !== undefined && tenantId !== undefined) {
      if (isCutOff(before, tenantId) || (before.state === 'pending' && before.email === email)) return before;
    }
    const change = requestSignUp(before, { ...body, email }, own);
    await signUps.write(before, change);
    return change.state;
  };
  const before = await signUps.get(signUpIdOf(person.sub));
  const asked = await decideUntilWritten(before, context, attempt, dependencies);
  if (tenantId === undefined) return { status: 201, body: presentSignUp(asked) };
  const joined = await admitSignUp(asked, { tenantId, role: 'developer' }, context, dependencies);
  return { status: 201, body: presentSignUp(joined) };
}

function noTenantYet(tenantId: string): DomainError {
  const message = `Addresses of your domain join ${tenantId}, which was not created yet: tell whoever runs this`;
  return new DomainError('invalid_state', message);
}

function requireAnswers(body: {
  readonly company?: string | undefined;
  readonly use?: string | undefined;
}): void {
  for (const field of ['company', 'use'] as const) {
    if (body[field] !== undefined) continue;
    throw new DomainError('invalid_request', `An admin decides on this by ${field}: say it`, {
      param: field,
    });
  }
}

/** All of them for who acts for every tenant; everybody else finds one's own. */
async function listSignUps(
  { person, query }: OperationRequest<typeof signUpSchemas.listSignUps>,
  { signUps }: SignUpDependencies,
): Promise<Answer> {
  const { state, limit, cursor } = query;
  const fits = (signUp: SignUp) => state === undefined || shownState(signUp) === state;
  if (person.tenants !== '*' || person.role === 'developer') {
    const own = await signUps.get(signUpIdOf(person.sub));
    const items = own !== undefined && fits(own) ? [presentSignUp(own)] : [];
    return { status: 200, body: { items, nextCursor: null } };
  }
  const before = decodeCursor('sign-ups', cursor);
  const page = await signUps.list({ limit, before, matches: fits });
  const nextCursor = encodeCursor('sign-ups', page.next);
  return { status: 200, body: { items: page.items.map(presentSignUp), nextCursor } };
}
