import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import { rejectSignUp, type SignUp, shownState, signUpIdOf } from '../../core/domain/people/sign-up.ts';
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
import { createSignUp } from './create-sign-up.ts';
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
