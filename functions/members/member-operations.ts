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
import { pageAsked } from '../../core/management/whole-list.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { changeTeam } from './change-team.ts';
import { createInvitation, importInvitations } from './create-invitation.ts';
import type { MemberDependencies } from './dependencies.ts';
import { getMe } from './get-me.ts';
import { getNotifications, putNotifications } from './notifications.ts';
import { endMemberSession, endOwnSession, listMemberSessions, listOwnSessions } from './sessions.ts';

export const memberOperations: Operations<'members', MemberDependencies> = {
  getMe: operation(memberSchemas.getMe, getMe),
  listMySessions: operation(memberSchemas.listMySessions, listOwnSessions),
  endMySession: operation(memberSchemas.endMySession, endOwnSession),
  listMemberSessions: operation(memberSchemas.listMemberSessions, listMemberSessions),
  endMemberSession: operation(memberSchemas.endMemberSession, endMemberSession),
  getNotifications: operation(memberSchemas.getNotifications, getNotifications),
  putNotifications: operation(memberSchemas.putNotifications, putNotifications),
  listMembers: operation(
    memberSchemas.listMembers,
    async ({ path, query }, dependencies: MemberDependencies) => {
      const page = pageAsked(`members of ${path.tenantId}`, query);
      found(await dependencies.tenants.get(path.tenantId));
      const team = await dependencies.members.team(path.tenantId);
      const body = page(team.members.map(presentMember), { placeOf: ({ email, sub }) => `${email} ${sub}` });
      return tagged(tagOf(team), { status: 200, body });
    },
  ),
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
    async ({ path, query, context }, dependencies: MemberDependencies) => {
      const page = pageAsked(`invitations of ${path.tenantId}`, query);
      found(await dependencies.tenants.get(path.tenantId));
      const team = await dependencies.members.team(path.tenantId);
      const open = team.invitations.filter((invitation) => isOpen(invitation, context.now));
      const body = page(open.map(presentInvitation), {
        placeOf: ({ createdAt, invitationId }) => `${createdAt} ${invitationId}`,
        isDescending: true,
      });
      return tagged(tagOf(team), { status: 200, body });
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
