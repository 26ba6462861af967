import type { InvitationOperation, MemberOperation } from '../domain/approvals/approval.ts';
import type { RandomBytes } from '../domain/ground/base62.ts';
import { tagOf } from '../domain/ground/entity-tag.ts';
import { found } from '../domain/ground/not-found.ts';
import { type NamedInvitation, newToken } from '../domain/tenants/invitation.ts';
import { changeRole, invite, memberOf, type Team } from '../domain/tenants/team.ts';
import { Conflict } from '../store/conflict.ts';
import type { MemberStore } from '../store/member-store.ts';
import type { TenantStore } from '../store/tenant-store.ts';
import { tagged } from './operation.ts';
import type { Plan } from './plan.ts';
import { presentInvitation, presentMember } from './schemas/member-schemas.ts';

/** What planning a change of a team needs. */
export interface MemberPlanning {
  readonly members: MemberStore;
  readonly tenants: TenantStore;
  readonly randomBytes: RandomBytes;
}

/** Plans an invitation, whose token is made here and in its answer alone. @throws DomainError `not_found` */
export async function planInvitation(
  { body }: InvitationOperation,
  named: NamedInvitation,
  { members, tenants, randomBytes }: MemberPlanning,
): Promise<Plan<Team>> {
  const { tenantId, invitationId } = named;
  const tenant = found(await tenants.get(tenantId));
  const { token, tokenHash } = newToken(named, randomBytes);
  return {
    tenant: () => tenant,
    before: await members.team(tenantId),
    decide: (team, own) => invite(team, { ...body, invitationId, tokenHash }, own),
    write: writing(members),
    answer: ({ invitations }) => {
      const invitation = found(invitations.find((each) => each.invitationId === invitationId));
      // Behind a #, so that no server and no log has it.
      const link = `/invitation#${token}`;
      return { status: 201, body: { invitation: presentInvitation(invitation), token, link } };
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
