import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/api.ts';
import { useChange } from '../api/change.ts';
import { useCan } from '../api/me.ts';
import { reading } from '../api/queries.ts';
import type { Column } from '../list/list.ts';
import { ResourceList } from '../list/resource-list.tsx';
import { useWholeRows } from '../list/use-paged-rows.ts';
import { Time } from '../show/time.tsx';
import { EmptyState } from '../states/states.tsx';
import { INVITATIONS, type Invitation, roleLabel } from './member.ts';
import { PersonName } from './person-name.tsx';

/** The invitations that nobody has accepted yet. */
export function InvitationList({ tenantId }: { tenantId: string }) {
  const { data, error, isPending, refetch } = useQuery(reading(INVITATIONS, { path: { tenantId } }));
  const paged = useWholeRows<Invitation>('invitations', {
    rows: data?.items ?? [],
    loading: isPending,
    error: data === undefined ? error : null,
    retry: () => void refetch(),
  });
  return (
    <ResourceList
      name="invitations"
      title="Invitations"
      what="invitations"
      isPart
      idOf={({ invitationId }) => invitationId}
      columns={columnsOf(tenantId)}
      paged={paged}
      header={<Header variant="h2">Open invitations</Header>}
      empty={
        <EmptyState title="No open invitations">
          Whoever was invited has joined, or the link has ended.
        </EmptyState>
      }
    />
  );
}

function columnsOf(tenantId: string): Column<Invitation>[] {
  return [
    { id: 'email', header: 'E-mail', isHead: true, width: 220, cell: ({ email }) => email },
    { id: 'role', header: 'Role', cell: ({ role }) => roleLabel(role) },
    { id: 'expiresAt', header: 'Ends', cell: ({ expiresAt }) => <Time at={expiresAt} /> },
    {
      id: 'createdBy',
      header: 'Invited by',
      cell: ({ createdBy, createdByName }) => (
        <PersonName id={createdBy} name={createdByName} tenantId={tenantId} />
      ),
    },
    { id: 'note', header: 'Note', cell: ({ note }) => note ?? '–' },
    {
      id: 'revoke',
      header: 'Actions',
      cell: (invitation) => <TakeBack tenantId={tenantId} of={invitation} />,
    },
  ];
}

function TakeBack({ tenantId, of: { invitationId, email } }: { tenantId: string; of: Invitation }) {
  const can = useCan(tenantId);
  const takeBack = useChange(
    async () =>
      (await api.DELETE(`${INVITATIONS}/{invitationId}`, { params: { path: { tenantId, invitationId } } }))
        .data,
    {
      stale: [INVITATIONS],
      failed: `The invitation of ${email} was not taken back`,
      done: () => ({ type: 'success', header: `The invitation of ${email} is worth nothing now` }),
    },
  );
  if (!can('deleteInvitation')) return '–';
  return (
    <Button
      variant="inline-link"
      loading={takeBack.isPending}
      onClick={() => takeBack.mutate(undefined)}
      ariaLabel={`Take back the invitation of ${email}`}
    >
      Take back
    </Button>
  );
}
