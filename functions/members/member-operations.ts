import { tagOf } from '../../core/domain/ground/entity-tag.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import { isOpen } from '../../core/domain/tenants/invitation.ts';
import { removeMember, revokeInvitation } from '../../core/domain/tenants/team.ts';
import { planMemberUpdate } from '../../core/management/member-plan.ts';
import { type Operations, operation, tagged } from '../../core/management/operation.ts';
import { doOrWait } from '../../core/management/plan.ts';
import {
  memberSchemas,
  presentInvitation,
  presentMember,
} from '../../core/management/schemas/member-schemas.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { changeTeam } from './change-team.ts';
import { createInvitation, importInvitations } from './create-invitation.ts';
import type { MemberDependencies } from './dependencies.ts';
import { getMe } from './get-me.ts';
import { getNotifications, putNotifications } from './notifications.ts';

export const memberOperations: Operations<'members', MemberDependencies> = {
  getMe: operation(memberSchemas.getMe, getMe),
  getNotifications: operation(memberSchemas.getNotifications, getNotifications),
  putNotifications: operation(memberSchemas.putNotifications, putNotifications),
  listMembers: operation(memberSchemas.listMembers, async ({ path }, dependencies: MemberDependencies) => {
    found(await dependencies.tenants.get(path.tenantId));
    const team = await dependencies.members.team(path.tenantId);
    const items = [...team.members].sort((a, b) => (a.email < b.email ? -1 : 1)).map(presentMember);
    return tagged(tagOf(team), { status: 200, body: { items, nextCursor: null } });
  }),
  updateMember: operation(memberSchemas.updateMember, async (request, dependencies: MemberDependencies) => {
    const { path, body, context } = request;
    const what = { operation: 'updateMember', sub: path.sub, body } as const;
    const plan = await planMemberUpdate(what, path.tenantId, dependencies);
    return doOrWait(what, plan, context, dependencies, undefined, { always: true });
  }),
  removeMember: operation(memberSchemas.removeMember, async (request, dependencies: MemberDependencies) => {
    const { path, context } = request;
    await changeTeam(path.tenantId, context, dependencies, (team, own) => removeMember(team, path.sub, own));
    return { status: 204 };
  }),
  leaveTenant: operation(
    memberSchemas.leaveTenant,
    async ({ path, person, context }, dependencies: MemberDependencies) => {
      await changeTeam(path.tenantId, context, dependencies, (team, own) =>
        removeMember(team, person.sub, own),
      );
      return { status: 204 };
    },
  ),
  createInvitation: operation(memberSchemas.createInvitation, createInvitation),
  listInvitations: operation(
    memberSchemas.listInvitations,
    async ({ path, context }, dependencies: MemberDependencies) => {
      found(await dependencies.tenants.get(path.tenantId));
      const team = await dependencies.members.team(path.tenantId);
      const open = team.invitations.filter((invitation) => isOpen(invitation, context.now));
      const items = open.reverse().map(presentInvitation);
      return tagged(tagOf(team), { status: 200, body: { items, nextCursor: null } });
    },
  ),
  importInvitations: operation(memberSchemas.importInvitations, importInvitations),
  deleteInvitation: operation(
    memberSchemas.deleteInvitation,
    async ({ path, context }, dependencies: MemberDependencies) => {
      const { tenantId, invitationId } = path;
      await changeTeam(tenantId, context, dependencies, (team, own) =>
        revokeInvitation(team, invitationId, own),
      );
      return { status: 204 };
    },
  ),
  acceptInvitation: operation(memberSchemas.acceptInvitation, acceptInvitation),
};
