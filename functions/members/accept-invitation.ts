import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { notFound } from '../../core/domain/ground/not-found.ts';
import { isToken, namedBy, requireInvited } from '../../core/domain/tenants/invitation.ts';
import { join, memberOf, type Team } from '../../core/domain/tenants/team.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { type memberSchemas, presentMember, SUB } from '../../core/management/schemas/member-schemas.ts';
import { changeTeam } from './change-team.ts';
import type { MemberDependencies } from './dependencies.ts';

/**
 * Makes a member of who was invited and has the token. The token names the tenant, so nothing is searched. The
 * person's own item comes first and grants nothing; the team's write decides, and of two at once one is first.
 * A repeat by the same person, who is a member by it, finds it done.
 */
export async function acceptInvitation(
  { body, person, context }: OperationRequest<typeof memberSchemas.acceptInvitation>,
  dependencies: MemberDependencies,
): Promise<Answer> {
  const { token } = body;
  const { members, mailsInvitations } = dependencies;
  const named = namedBy(token);
  if (named === undefined) throw notFound();
  if (!SUB.test(person.sub)) {
    throw new DomainError('forbidden', 'The sub of your token is no ASCII text of at most 255 characters');
  }
  const { tenantId, invitationId } = named;
  const mailed = mailsInvitations ? await members.mailedTokens(invitationId, context.now) : [];
  const invitationIn = (team: Team) => {
    const invitation = team.invitations.find((each) => each.invitationId === invitationId);
    if (invitation === undefined || !isToken(token, invitation.tokenHash, ...mailed)) throw notFound();
    requireInvited(invitation, person, context.now);
    return invitation;
  };
  const before = await members.team(tenantId);
  const own = memberOf(before, person.sub);
  if (own !== undefined && isToken(token, own.tokenHash)) {
    await members.noteTenant(person.sub, tenantId);
    return { status: 200, body: { tenantId, member: presentMember(own) } };
  }
  invitationIn(before);
  await members.noteTenant(person.sub, tenantId);
  const team = await changeTeam(tenantId, context, dependencies, (now, again) =>
    join(now, invitationIn(now), { sub: person.sub, token }, again),
  );
  const member = memberOf(team, person.sub);
  if (member === undefined) throw notFound();
  return { status: 200, body: { tenantId, member: presentMember(member) } };
}
