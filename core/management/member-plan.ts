import { PORTAL_PATH } from '../contract/mail.ts';
import type { InvitationOperation, MemberOperation } from '../domain/approvals/approval.ts';
import type { RandomBytes } from '../domain/ground/base62.ts';
import { tagOf } from '../domain/ground/entity-tag.ts';
import type { Idempotency } from '../domain/ground/idempotency.ts';
import { found } from '../domain/ground/not-found.ts';
import { type NamedInvitation, newToken } from '../domain/tenants/invitation.ts';
import { changeRole, invite, isInvitedBefore, memberOf, type Team } from '../domain/tenants/team.ts';
import { Conflict } from '../store/conflict.ts';
import type { MemberStore } from '../store/member-store.ts';
import type { TenantStore } from '../store/tenant-store.ts';
import { tagged } from './operation.ts';
import { type Plan, repeated } from './plan.ts';
import { presentInvitation, presentMember } from './schemas/member-schemas.ts';

/** Header of an answer to a repeat where the first answer showed a link. */
const LINK_SHOWN = {
  'keywright-notice':
    'The link was shown in the answer to the first request and is kept nowhere. If that answer was lost, delete the invitation and invite anew.',
};

/** What planning a change of a team needs. */
export interface MemberPlanning {
  readonly members: MemberStore;
  readonly tenants: TenantStore;
  readonly randomBytes: RandomBytes;
  /** True where who is invited is mailed, by who makes the token then; undefined where the token is shown. */
  readonly mailsInvitations?: boolean;
  /** Of the portal, without a slash at its end; undefined where it is not known here. */
  readonly portalUrl?: string | undefined;
}

/**
 * Plans an invitation. Its token is in its answer alone, or where invitations are mailed, in the mail alone.
 * @throws DomainError `not_found`
 */
export async function planInvitation(
  { body }: InvitationOperation,
  named: NamedInvitation,
  { members, tenants, randomBytes, mailsInvitations, portalUrl = '' }: MemberPlanning,
  idempotency?: Idempotency,
): Promise<Plan<Team>> {
  const { tenantId, invitationId } = named;
  const tenant = found(await tenants.get(tenantId));
  const { token, tokenHash } = newToken(named, randomBytes);
  const kept = mailsInvitations ? undefined : tokenHash;
  return {
    tenant: () => tenant,
    before: await members.team(tenantId),
    decide: (team, own) =>
      isInvitedBefore(team, invitationId, idempotency)
        ? undefined
        : invite(team, { ...body, invitationId, tokenHash: kept }, own, idempotency),
    write: writing(members),
    answer: ({ invitations }) => {
      const invitation = found(invitations.find((each) => each.invitationId === invitationId));
      const shown = { invitation: presentInvitation(invitation) };
      if (kept === undefined) return { status: 201, body: shown };
      // Another call of the same request made it, and has shown the token that is good.
      if (invitation.tokenHash !== kept) return repeated({ status: 201, body: shown, headers: LINK_SHOWN });
      return { status: 201, body: { ...shown, token, link: `${portalUrl}${PORTAL_PATH.invitation(token)}` } };
    },
  };
}

/** Plans a change of what a member is. @throws DomainError `not_found`, `conflict` when others changed it first */
export async function planMemberUpdate(
  { sub, body }: MemberOperation,
  tenantId: string,
  { members, tenants }: Pick<MemberPlanning, 'members' | 'tenants'>,
): Promise<Plan<Team>> {
  const tenant = found(await tenants.get(tenantId));
  const before = await members.team(tenantId);
  const role = memberOf(before, sub)?.role;
  return {
    tenant: () => tenant,
    before,
    decide: (team, own) => {
      // Others may change anything else of the team meanwhile.
      const now = memberOf(team, sub)?.role;
      if (now !== undefined && now !== role) throw new Conflict();
      return changeRole(team, sub, body.role, own);
    },
    write: writing(members),
    answer: (team) => tagged(tagOf(team), { status: 200, body: presentMember(found(memberOf(team, sub))) }),
  };
}

function writing(members: MemberStore): Plan<Team>['write'] {
  return async (before, change) => {
    await members.write(before, change);
    return { state: change.state, replayed: false };
  };
}
