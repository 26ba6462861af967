import { describe, expect, test } from '@jest/globals';
import {
  changeRole,
  invite,
  join,
  type Member,
  MOST_INVITATIONS,
  MOST_MEMBERS,
  memberOf,
  newTeam,
  removeMember,
  revokeInvitation,
  type Team,
} from '../../../core/domain/tenants/team.ts';
import { context as changeContextOf } from '../context.ts';

const context = changeContextOf();

const idOf = (n: number) => `inv_${String(n).padStart(12, '0')}`;
const invited = (n: number, role: Member['role'] = 'developer') => ({
  email: `person${n}@acme.example`,
  role,
  invitationId: idOf(n),
  tokenHash: `hash${n}`,
});
const member = (n: number, role: Member['role'] = 'developer'): Member => ({
  sub: `sub-${n}`,
  email: `person${n}@acme.example`,
  role,
  joinedAt: context.now.toISOString(),
  invitedBy: 'sub-0',
  tokenHash: `hash${n}`,
});
const team = (...members: Member[]): Team => ({ ...newTeam('tenant_acme'), members, revision: 4 });
const codeOf = (act: () => unknown) => {
  try {
    act();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('who is invited', () => {
  test('is kept with the role and the hash of a token, in one change with its event', () => {
    const { state, event } = invite(team(), invited(1), context);
    expect(state).toMatchObject({ revision: 5, members: [], invitations: [{ tokenHash: 'hash1' }] });
    expect(event).toMatchObject({ type: 'member.invited', subject: { type: 'invitation', id: idOf(1) } });
    expect(JSON.stringify(event)).not.toContain('hash1');
  });

  test('is not invited twice, and no member is', () => {
    const { state } = invite(team(member(2)), invited(1), context);
    expect(codeOf(() => invite(state, { ...invited(3), email: 'person1@acme.example' }, context))).toBe(
      'already_exists',
    );
    expect(codeOf(() => invite(state, invited(2), context))).toBe('already_exists');
  });

  test('finds room up to the bounds; what has lapsed makes some', () => {
    const open = Array.from({ length: MOST_INVITATIONS - 1 }, (_, n) => invited(n));
    const nearly = open.reduce((state, each) => invite(state, each, context).state, team());
    const full = invite(nearly, invited(500), context).state;
    expect(codeOf(() => invite(full, invited(501), context))).toBe('invalid_state');
    const later = { ...context, now: new Date(context.now.getTime() + 8 * 86_400_000) };
    expect(invite(full, invited(501), later).state.invitations).toHaveLength(1);
    const crowd = team(...Array.from({ length: MOST_MEMBERS }, (_, n) => member(n)));
    expect(codeOf(() => invite(crowd, invited(501), context))).toBe('invalid_state');
  });

  test('turns into a member in one change, after which the invitation is gone', () => {
    const { state } = invite(team(), invited(1), context);
    const [invitation] = state.invitations;
    if (invitation === undefined) throw new Error('one was made');
    const joined = join(state, invitation, { sub: 'sub-1', token: 'token' }, context);
    expect(joined.state).toMatchObject({ revision: 6, invitations: [], members: [{ sub: 'sub-1' }] });
    expect(joined.event).toMatchObject({ type: 'member.joined', subject: { type: 'member', id: 'sub-1' } });
    expect(codeOf(() => join(joined.state, invitation, { sub: 'sub-1', token: 'token' }, context))).toBe(
      'invalid_state',
    );
  });

  test('may be uninvited, once', () => {
    const { state } = invite(team(), invited(1), context);
    const { state: after, event } = revokeInvitation(state, idOf(1), context);
    expect([after.invitations, event.type]).toEqual([[], 'member.invitationRevoked']);
    expect(codeOf(() => revokeInvitation(after, idOf(1), context))).toBe('not_found');
  });
});

describe('the last admin', () => {
  const byMembership = changeContextOf({ roleIn: () => 'admin' });
  const both = team(member(1, 'admin'), member(2, 'admin'), member(3));

  test('can neither be removed nor made less, and one of two can', () => {
    const { state: one } = removeMember(both, 'sub-1', byMembership);
    expect(codeOf(() => removeMember(one, 'sub-2', byMembership))).toBe('invalid_state');
    expect(codeOf(() => changeRole(one, 'sub-2', 'developer', byMembership))).toBe('invalid_state');
    expect(codeOf(() => removeMember(one, 'sub-3', byMembership))).toBe('done');
  });

  test('is removed, or made less, by an admin by token', () => {
    const { state: one } = removeMember(both, 'sub-1', context);
    expect(codeOf(() => removeMember(one, 'sub-2', context))).toBe('done');
    expect(codeOf(() => changeRole(one, 'sub-2', 'developer', context))).toBe('done');
  });

  test('is found by role, so another admin may be made first', () => {
    const { state: one } = removeMember(both, 'sub-1', byMembership);
    const promoted = changeRole(one, 'sub-3', 'admin', byMembership);
    expect(promoted?.event).toMatchObject({
      type: 'member.roleChanged',
      data: { from: { role: 'developer' }, to: { role: 'admin' } },
    });
    expect(codeOf(() => removeMember(promoted?.state ?? one, 'sub-2', byMembership))).toBe('done');
  });
});

test('a role that is held already changes nothing, and of a stranger there is none', () => {
  const some = team(member(1));
  expect(changeRole(some, 'sub-1', 'developer', context)).toBeUndefined();
  expect(codeOf(() => changeRole(some, 'sub-9', 'developer', context))).toBe('not_found');
  expect(codeOf(() => removeMember(some, 'sub-9', context))).toBe('not_found');
  expect([memberOf(some, 'sub-1')?.email, memberOf(some, 'constructor')]).toEqual([
    'person1@acme.example',
    undefined,
  ]);
});
