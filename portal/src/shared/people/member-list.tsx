import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Header from '@cloudscape-design/components/header';
import { useQuery } from '@tanstack/react-query';
import { useCan, useMe } from '../api/me.ts';
import { reading } from '../api/queries.ts';
import { useOpen } from '../form/use-open.ts';
import type { Column } from '../list/list.ts';
import { ResourceList } from '../list/resource-list.tsx';
import { useWholeRows } from '../list/use-paged-rows.ts';
import { keywright } from '../show/command-line.ts';
import { Time } from '../show/time.tsx';
import { EmptyState } from '../states/states.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { MEMBERS, type Member, roleLabel } from './member.ts';
import { ChangeRoleDialog, RemoveMemberDialog } from './member-dialogs.tsx';
import { MemberSessions } from './member-sessions.tsx';
import { PersonName } from './person-name.tsx';

export function MemberList({ tenantId, title = 'Members' }: { tenantId: string; title?: string }) {
  const can = useCan(tenantId);
  const [inviting, setInviting] = useOpen<true>(`invite.${tenantId}`);
  const { data, error, isPending, refetch } = useQuery(reading(MEMBERS, { path: { tenantId } }));
  const paged = useWholeRows<Member>('members', {
    rows: data?.items ?? [],
    loading: isPending,
    error: data === undefined ? error : null,
    retry: () => void refetch(),
  });
  const invite = can('createInvitation') && (
    <Button variant="primary" onClick={() => setInviting(true)}>
      Invite people
    </Button>
  );
  return (
    <>
      <ResourceList
        name="members"
        title={title}
        what="members"
        idOf={({ sub }) => sub}
        columns={columnsOf(tenantId)}
        paged={paged}
        header={
          <Header variant="awsui-h1-sticky" description="People who act for this tenant." actions={invite}>
            {title}
          </Header>
        }
        empty={
          <EmptyState
            title="No members yet"
            action={invite}
            {...(invite && {
              command: keywright(['members', 'invite', 'grace@example.com'], {
                role: 'developer',
                tenant: tenantId,
              }),
            })}
          >
            People who have their role from your identity provider are not listed here.
          </EmptyState>
        }
      />
      {inviting && <InviteDialog tenantId={tenantId} onDismiss={() => setInviting(undefined)} />}
    </>
  );
}

function columnsOf(tenantId: string): Column<Member>[] {
  return [
    { id: 'email', header: 'E-mail', isHead: true, width: 220, cell: ({ email }) => email },
    { id: 'role', header: 'Role', cell: ({ role }) => roleLabel(role) },
    { id: 'joinedAt', header: 'Joined', cell: ({ joinedAt }) => <Time at={joinedAt} /> },
    {
      id: 'invitedBy',
      header: 'Invited by',
      usual: false,
      cell: ({ invitedBy }) => <PersonName id={invitedBy} tenantId={tenantId} />,
    },
    { id: 'actions', header: 'Actions', cell: (member) => <MemberActions tenantId={tenantId} of={member} /> },
  ];
}

function MemberActions({ tenantId, of: member }: { tenantId: string; of: Member }) {
  const can = useCan(tenantId);
  const me = useMe();
  const [open, setOpen] = useOpen<'sessions' | 'role' | 'remove'>(`member.${tenantId}.${member.sub}`);
  const close = () => setOpen(undefined);
  if (!can('updateMember')) return '–';
  const items = [
    ...(can('listMemberSessions') ? [{ id: 'sessions', text: 'Sessions' }] : []),
    { id: 'role', text: 'Change role' },
    { id: 'remove', text: member.sub === me.sub ? 'Leave this tenant' : 'Remove' },
  ];
  return (
    <>
      <ButtonDropdown
        variant="inline-icon"
        ariaLabel={`Actions for ${member.email}`}
        expandToViewport
        items={items}
        onItemClick={({ detail }) => setOpen(detail.id as 'sessions' | 'role' | 'remove')}
      />
      {open === 'sessions' && <MemberSessions tenantId={tenantId} of={member} onDismiss={close} />}
      {open === 'role' && <ChangeRoleDialog tenantId={tenantId} of={member} onDismiss={close} />}
      {open === 'remove' && <RemoveMemberDialog tenantId={tenantId} of={member} onDismiss={close} />}
    </>
  );
}
