import { isWaiting, type Schemas } from '../../../client/keywright-client.ts';
import { type Column, field, time } from '../format.ts';
import type { Run } from '../run.ts';
import { isShown, secretPlace } from '../secret-place.ts';
import { given, SECRET_OPTIONS, type Verb } from '../verb.ts';

type Member = Schemas['Member'];

const COLUMNS: readonly Column<Member>[] = [
  field('email'),
  field('role'),
  field('sub'),
  time('joinedAt', ({ joinedAt }) => joinedAt),
  field('invitedBy'),
];
const ALL = '/v1/tenants/{tenantId}/members';
const ONE = `${ALL}/{sub}` as const;
const MEMBER = ['<member>', 'e-mail address or sub'] as const;

/** Without a portal's address a link is a path. */
export function wholeLink(run: Run, link: string): string {
  return link.startsWith('/') ? run.url + link : link;
}

async function invite(run: Run): Promise<void> {
  const place = await secretPlace(run);
  const path = { tenantId: await run.tenant() };
  const body = { email: run.arg(0), role: run.options.role, ...given({ note: run.options.note }) };
  const { data } = await run.api.POST('/v1/tenants/{tenantId}/invitations', { params: { path }, body });
  if (isWaiting(data)) run.waits(data.approval);
  const { invitation, link } = data;
  if (link === undefined) {
    if (run.out.isJson) run.out.item({ invitation }, invitation.invitationId);
    else run.out.done(`Invited ${invitation.email} as ${invitation.role}. The link was mailed.`);
    return;
  }
  const kept = await place(wholeLink(run, link), {
    type: 'invitation',
    id: invitation.invitationId,
  });
  if (run.out.isJson) run.out.item(isShown(run) ? data : { invitation }, invitation.invitationId);
  else
    run.out.done(
      `Invited ${invitation.email} as ${invitation.role}. The link, good for seven days, ${kept}.`,
    );
}

/** A member by the argument, an e-mail address or a `sub`. */
async function memberNamed(run: Run): Promise<{ tenantId: string; sub: string }> {
  const tenantId = await run.tenant();
  const named = run.arg(0);
  let sub = named;
  if (named.includes('@')) {
    for await (const member of run.api.items(ALL, { params: { path: { tenantId } } }))
      if (member.email === named.toLowerCase()) sub = member.sub;
  }
  return { tenantId, sub };
}

async function changeRole(run: Run): Promise<void> {
  const body = { role: run.arg(1) as Member['role'] };
  const path = await memberNamed(run);
  const { data } = await run.api.PATCH(ONE, { params: { path }, body });
  if (isWaiting(data)) run.waits(data.approval);
  run.out.item(data, data.sub, COLUMNS as readonly Column<never>[]);
}

async function leave(run: Run): Promise<void> {
  const tenantId = await run.tenant();
  await run.confirm(`You can do nothing more for ${tenantId} until somebody invites you again.`, tenantId);
  await run.api.DELETE('/v1/me/memberships/{tenantId}', { params: { path: { tenantId } } });
  run.out.done(`You have left ${tenantId}.`);
}

async function remove(run: Run): Promise<void> {
  const path = await memberNamed(run);
  const named = run.arg(0);
  await run.confirm(`This takes ${named} out of ${path.tenantId}.`, named);
  await run.api.DELETE(ONE, { params: { path } });
  run.out.done(`Removed ${named}.`);
}

export const verbs: readonly Verb[] = [
  {
    name: 'list',
    about: 'list a tenant’s members',
    run: async (run) => {
      const path = { tenantId: await run.tenant() };
      await run.out.list(run.api.items(ALL, { params: { path } }), COLUMNS, ({ sub }) => sub);
    },
  },
  {
    name: 'invite',
    about: 'invite somebody by e-mail address; the link is mailed, or shown this once',
    args: [['<email>', 'whom']],
    options: [
      ['--role <role>', 'admin, developer or auditor (required)'],
      ['--note <text>', 'for whoever reads the list of invitations'],
      ...SECRET_OPTIONS,
    ],
    run: invite,
  },
  {
    name: 'role',
    about: 'change what a member may do',
    args: [MEMBER, ['<role>', 'admin, developer or auditor']],
    run: changeRole,
  },
  { name: 'remove', about: 'remove a member', args: [MEMBER], run: remove },
  { name: 'leave', about: 'give up your own membership of a tenant', run: leave },
];
