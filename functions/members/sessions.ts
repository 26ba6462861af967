import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { endSession, isAlive } from '../../core/domain/people/session.ts';
import { memberOf } from '../../core/domain/tenants/team.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { type memberSchemas, presentSession } from '../../core/management/schemas/member-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { MemberDependencies } from './dependencies.ts';

/** Where the person who asks is signed in. */
export function listOwnSessions(
  { person, context }: OperationRequest<typeof memberSchemas.listMySessions>,
  dependencies: MemberDependencies,
): Promise<Answer> {
  return list(person.sub, person.session?.sessionId, context.now, dependencies);
}

/** Where a member is signed in, by whom the tenant's admins may know. */
export async function listMemberSessions(
  { path, person, context }: OperationRequest<typeof memberSchemas.listMemberSessions>,
  dependencies: MemberDependencies,
): Promise<Answer> {
  await requireMember(path, dependencies);
  return list(path.sub, person.session?.sessionId, context.now, dependencies);
}

export function endOwnSession(
  { path, person, context }: OperationRequest<typeof memberSchemas.endMySession>,
  dependencies: MemberDependencies,
): Promise<Answer> {
  return end({ sub: person.sub, sessionId: path.sessionId, reason: 'endedByPerson' }, context, dependencies);
}

export async function endMemberSession(
  { path, context }: OperationRequest<typeof memberSchemas.endMemberSession>,
  dependencies: MemberDependencies,
): Promise<Answer> {
  await requireMember(path, dependencies);
  return end({ ...path, reason: 'endedByAdmin' }, context, dependencies);
}

/** Whoever is nobody's member here is none of this tenant's business. */
async function requireMember(
  { tenantId, sub }: { tenantId: string; sub: string },
  { tenants, members }: MemberDependencies,
): Promise<void> {
  found(await tenants.get(tenantId));
  found(memberOf(await members.team(tenantId), sub));
}

async function list(
  sub: string,
  current: string | undefined,
  now: Date,
  { sessions }: MemberDependencies,
): Promise<Answer> {
  const alive = await sessions.listAlive(sub, now);
  return {
    status: 200,
    body: { items: alive.map((session) => presentSession(session, current)), nextCursor: null },
  };
}

async function end(
  { sub, sessionId, reason }: { sub: string; sessionId: string; reason: 'endedByPerson' | 'endedByAdmin' },
  context: Parameters<typeof endSession>[2],
  { sessions, ...deciding }: MemberDependencies,
): Promise<Answer> {
  const session = await sessions.get(sessionId);
  // Another person's session is the same as none.
  if (session?.sub !== sub || !isAlive(session, context.now)) throw notFound();
  await decideUntilWritten(
    session,
    context,
    (before, own) => sessions.update(before, endSession(before, reason, own)),
    deciding,
    { always: true },
  );
  return { status: 204 };
}
