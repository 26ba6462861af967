import type { EventType } from '../../contract/events.ts';
import type { Role } from '../../contract/management-route.ts';
import { auditEvent, type Change, type ChangeContext } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import { type Idempotency, wasAnswered, withAnswered } from '../ground/idempotency.ts';
import { notFound } from '../ground/not-found.ts';
import { hashOf, type Invitation, isOpen, type NewInvitation, openInvitation } from './invitation.ts';

/** A person who acts for a tenant because its admins invited that person. */
export interface Member {
  readonly sub: string;
  /** As it was invited and verified, in lower case. */
  readonly email: string;
  readonly role: Role;
  readonly joinedAt: string;
  /** An id alone: with the name beside it 200 members would not fit into one item. */
  readonly invitedBy: string;
  /** Of the invitation that was accepted: a repeat of that finds it done. Absent for who signed up. */
  readonly tokenHash?: string;
}

/**
 * A tenant's members and open invitations: one item. So an invitation turns into a membership in one write, and
 * of two admins who remove each other one finds the other gone.
 */
export interface Team {
  readonly tenantId: string;
  readonly members: readonly Member[];
  readonly invitations: readonly Invitation[];
  /** Approvals carried out on it, each with when its time is over. */
  readonly approvalsUsed?: Readonly<Record<string, string>>;
  /** Requests with an `Idempotency-Key` that made an invitation, newest first. */
  readonly answered?: readonly Idempotency[];
  /** 0 for a team that nobody was invited to yet: there is no item. */
  readonly revision: number;
}

export const MOST_MEMBERS = 200;
export const MOST_INVITATIONS = 100;

export function newTeam(tenantId: string): Team {
  return { tenantId, members: [], invitations: [], revision: 0 };
}

/**
 * Whether an invitation was made by this very request before.
 * @throws DomainError `invalid_state` where it was, and is gone; `idempotency_mismatch`
 */
export function isInvitedBefore(
  team: Team,
  invitationId: string,
  idempotency: Idempotency | undefined,
): boolean {
  if (!wasAnswered(team, idempotency)) return false;
  if (team.invitations.some((invitation) => invitation.invitationId === invitationId)) return true;
  throw new DomainError(
    'invalid_state',
    'This invitation was made, and was accepted or taken back since; to invite anew, use another Idempotency-Key',
    { param: 'Idempotency-Key' },
  );
}

/**
 * Invites somebody by e-mail address. Invitations that have lapsed make room.
 * @param idempotency of the request, which is remembered
 * @throws DomainError `already_exists` for who is invited or a member, `invalid_state` when there is no room
 */
export function invite(
  team: Team,
  input: NewInvitation,
  context: ChangeContext,
  idempotency?: Idempotency,
): Change<Team> {
  const { email } = input;
  const open = team.invitations.filter((each) => isOpen(each, context.now));
  if (team.members.some((member) => member.email === email)) {
    throw new DomainError(
      'already_exists',
      'Who has this e-mail address is a member already; change the role',
      {
        param: 'email',
      },
    );
  }
  if (open.some((each) => each.email === email)) {
    const message = 'There is an open invitation for this e-mail address; delete it to make another';
    throw new DomainError('already_exists', message, { param: 'email' });
  }
  if (open.length >= MOST_INVITATIONS) {
    throw new DomainError(
      'invalid_state',
      `A tenant has at most ${MOST_INVITATIONS} open invitations; delete one, or wait until some are accepted or lapse`,
    );
  }
  requireRoom(team);
  const invitation = openInvitation(input, context);
  const state = withAnswered(next(team, { invitations: [...open, invitation] }), idempotency);
  const { role, expiresAt } = invitation;
  const subject = { type: 'invitation', id: invitation.invitationId } as const;
  return { state, event: teamEvent('member.invited', team, subject, { email, role, expiresAt }, context) };
}

/** @throws DomainError `not_found` */
export function revokeInvitation(team: Team, invitationId: string, context: ChangeContext): Change<Team> {
  const invitation = team.invitations.find((each) => each.invitationId === invitationId);
  if (invitation === undefined) throw notFound();
  const state = next(team, { invitations: team.invitations.filter((each) => each !== invitation) });
  const { email, role } = invitation;
  const subject = { type: 'invitation', id: invitationId } as const;
  return { state, event: teamEvent('member.invitationRevoked', team, subject, { email, role }, context) };
}

/**
 * Makes a member of who was invited: the invitation is gone by the same write.
 * @param invitation one of the team's
 * @param token that of the invitation
 * @throws DomainError `invalid_state` for who is a member already, or when there is no room
 */
export function join(
  team: Team,
  invitation: Invitation,
  { sub, token }: { readonly sub: string; readonly token: string },
  context: ChangeContext,
): Change<Team> {
  if (memberOf(team, sub) !== undefined) {
    const message = 'You are a member of this tenant already; its admins may change your role';
    throw new DomainError('invalid_state', message);
  }
  requireRoom(team);
  const { email, role, invitationId, createdBy: invitedBy } = invitation;
  const joinedAt = context.now.toISOString();
  const state = next(team, {
    members: [...team.members, { sub, email, role, joinedAt, invitedBy, tokenHash: hashOf(token) }],
    invitations: team.invitations.filter((each) => each !== invitation),
  });
  const actor = { ...context.actor, type: role };
  const data = { email, role, invitationId, invitedBy };
  const subject = { type: 'member', id: sub } as const;
  return { state, event: teamEvent('member.joined', team, subject, data, { ...context, actor }) };
}

/**
 * Makes a member of who signed up. @param context of who let the person in, who may be that person
 * @throws DomainError `invalid_state` when there is no room
 */
export function joinBySignUp(
  team: Team,
  { signUpId, ...person }: Pick<Member, 'sub' | 'email' | 'role'> & { readonly signUpId: string },
  context: ChangeContext,
): Change<Team> {
  requireRoom(team);
  const invitedBy = context.actor.id;
  const member = { ...person, joinedAt: context.now.toISOString(), invitedBy };
  const { email, role, sub } = person;
  const subject = { type: 'member', id: sub } as const;
  const data = { email, role, signUpId, invitedBy };
  return {
    state: next(team, { members: [...team.members, member] }),
    event: teamEvent('member.joined', team, subject, data, context),
  };
}

/**
 * Changes what a member is; undefined when that is so already.
 * @throws DomainError `not_found`, `invalid_state` for the last admin, unless an admin by token asks
 */
export function changeRole(
  team: Team,
  sub: string,
  role: Role,
  context: ChangeContext,
): Change<Team> | undefined {
  const before = found(team, sub);
  if (before.role === role) return undefined;
  requireAnotherAdmin(team, before, context);
  const members = team.members.map((member) => (member === before ? { ...member, role } : member));
  const data = { email: before.email, from: { role: before.role }, to: { role } };
  const subject = { type: 'member', id: sub } as const;
  return {
    state: next(team, { members }),
    event: teamEvent('member.roleChanged', team, subject, data, context),
  };
}

/** @throws DomainError `not_found`, `invalid_state` for the last admin, unless an admin by token asks */
export function removeMember(team: Team, sub: string, context: ChangeContext): Change<Team> {
  const before = found(team, sub);
  requireAnotherAdmin(team, before, context);
  const { email, role } = before;
  const subject = { type: 'member', id: sub } as const;
  return {
    state: next(team, { members: team.members.filter((member) => member !== before) }),
    event: teamEvent('member.removed', team, subject, { email, role }, context),
  };
}

export function memberOf(team: Pick<Team, 'members'>, sub: string): Member | undefined {
  return team.members.find((member) => member.sub === sub);
}

function found(team: Team, sub: string): Member {
  const member = memberOf(team, sub);
  if (member === undefined) throw notFound();
  return member;
}

/**
 * An admin by token is one still, whoever of the members goes: a stranger in the last member's account can be
 * shown the door.
 */
function requireAnotherAdmin({ tenantId, members }: Team, leaving: Member, { roleIn }: ChangeContext): void {
  if (leaving.role !== 'admin' || roleIn?.(tenantId) === undefined) return;
  if (members.some((member) => member !== leaving && member.role === 'admin')) return;
  throw new DomainError(
    'invalid_state',
    'This is the last admin among the members; invite another admin, or make one of a member, first',
  );
}

/** @throws DomainError `invalid_state` */
export function requireRoom({ members }: Team): void {
  if (members.length < MOST_MEMBERS) return;
  throw new DomainError('invalid_state', `A tenant has at most ${MOST_MEMBERS} members; remove one first`);
}

function next(team: Team, changes: Partial<Team>): Team {
  return { ...team, ...changes, revision: team.revision + 1 };
}

function teamEvent(
  type: EventType & `member.${string}`,
  { tenantId }: Team,
  subject: { readonly type: 'member' | 'invitation'; readonly id: string },
  data: Readonly<Record<string, unknown>>,
  context: ChangeContext,
) {
  return auditEvent(context, { type, tenantId, subject, data });
}
