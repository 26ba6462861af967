import type { Change, ChangeContext } from '../../core/domain/audit/audit-event.ts';
import type { Team } from '../../core/domain/tenants/team.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { MemberDependencies } from './dependencies.ts';

/** Changes a tenant's team by a rule, which decides again by how it is then where others were first. */
export async function changeTeam(
  tenantId: string,
  context: ChangeContext,
  { members, ...dependencies }: Pick<MemberDependencies, 'members' | 'now' | 'randomBytes' | 'waiting'>,
  decide: (team: Team, context: ChangeContext) => Change<Team>,
): Promise<Team> {
  const attempt = async (team: Team, own: ChangeContext) => {
    const change = decide(team, own);
    await members.write(team, change);
    return change.state;
  };
  return decideUntilWritten(await members.team(tenantId), context, attempt, dependencies, { always: true });
}
