import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../api/answers.ts';
import { api } from '../api/api.ts';
import { useChange } from '../api/change.ts';
import { useCan } from '../api/me.ts';
import { reading } from '../api/queries.ts';
import { Modal } from '../form/modal.tsx';
import type { Column } from '../list/list.ts';
import { ResourceList } from '../list/resource-list.tsx';
import { useWholeRows } from '../list/use-paged-rows.ts';
import { browserInWords } from '../show/browser-in-words.ts';
import { Time } from '../show/time.tsx';
import { EmptyState } from '../states/states.tsx';
import { MEMBERS, type Member } from './member.ts';

const SESSIONS = `${MEMBERS}/{sub}/sessions` as const;
type Session = Answer<typeof SESSIONS>['items'][number];

interface MemberSessionsProps {
  readonly tenantId: string;
  readonly of: Member;
  readonly onDismiss: () => void;
}

/** Where a member is signed in. Who has a session that is ended is let in no more, from the next request on. */
export function MemberSessions({ tenantId, of: { sub, email }, onDismiss }: MemberSessionsProps) {
  const { data, error, isPending, refetch } = useQuery(reading(SESSIONS, { path: { tenantId, sub } }));
  const paged = useWholeRows<Session>('member-sessions', {
    rows: data?.items ?? [],
    loading: isPending,
    error: data === undefined ? error : null,
    retry: () => void refetch(),
  });
  return (
    <Modal size="large" header={`Sessions of ${email}`} onDismiss={onDismiss}>
      <ResourceList
        name="member-sessions"
        title="Sessions"
        what="sessions"
        idOf={({ sessionId }) => sessionId}
        columns={columnsOf(tenantId, sub)}
        paged={paged}
        isPart
        wraps
        header={<Header variant="h3">Signed in</Header>}
        empty={
          <EmptyState title="Not signed in">
            Programs that come by an access token have no session; remove the member to stop these too.
          </EmptyState>
        }
      />
    </Modal>
  );
}

function columnsOf(tenantId: string, sub: string): Column<Session>[] {
  return [
    {
      id: 'browser',
      header: 'Browser',
      isHead: true,
      cell: ({ userAgent, current }) => (
        <>
          {browserInWords(userAgent)}
          {current && <StatusIndicator type="success">This one</StatusIndicator>}
        </>
      ),
    },
    { id: 'ip', header: 'Address', cell: ({ ip }) => ip ?? '–' },
    { id: 'startedAt', header: 'Signed in', cell: ({ startedAt }) => <Time at={startedAt} /> },
    { id: 'lastSeenAt', header: 'Last seen', cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
    { id: 'mfa', header: 'Second factor', usual: false, cell: ({ mfa }) => (mfa ? 'Yes' : 'No') },
    {
      id: 'end',
      header: 'Actions',
      cell: (session) => <End tenantId={tenantId} sub={sub} of={session} />,
    },
  ];
}

interface EndProps {
  readonly tenantId: string;
  readonly sub: string;
  readonly of: Session;
}

function End({ tenantId, sub, of: { sessionId, current, userAgent } }: EndProps) {
  const can = useCan(tenantId);
  const params = { path: { tenantId, sub, sessionId } };
  const end = useChange(async () => (await api.DELETE(`${SESSIONS}/{sessionId}`, { params })).data, {
    stale: [SESSIONS, ...(current ? ['/v1/me'] : [])],
    failed: 'The session was not ended',
    done: () => ({ type: 'success', header: 'The session has ended' }),
  });
  if (!can('endMemberSession')) return <Box>–</Box>;
  return (
    <Button
      variant="inline-link"
      loading={end.isPending}
      ariaLabel={`End the session in ${browserInWords(userAgent)}`}
      onClick={() => end.mutate(undefined)}
    >
      End
    </Button>
  );
}
