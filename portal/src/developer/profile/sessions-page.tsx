import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../../shared/api/answers.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { reading } from '../../shared/api/queries.ts';
import type { Column } from '../../shared/list/list.ts';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { useWholeRows } from '../../shared/list/use-paged-rows.ts';
import { useTitle } from '../../shared/shell/page.tsx';
import { browserInWords } from '../../shared/show/browser-in-words.ts';
import { Time } from '../../shared/show/time.tsx';
import { EmptyState } from '../../shared/states/states.tsx';

const SESSIONS = '/v1/me/sessions';
type Session = Answer<typeof SESSIONS>['items'][number];

/** Where the person is signed in, so that a forgotten sign-in can be ended from elsewhere. */
export function SessionsPage() {
  useTitle('Sessions');
  const { data, error, isPending, refetch } = useQuery(reading(SESSIONS, {}));
  const paged = useWholeRows<Session>('own-sessions', {
    rows: data?.items ?? [],
    loading: isPending,
    error: data === undefined ? error : null,
    retry: () => void refetch(),
  });
  return (
    <ResourceList
      name="own-sessions"
      title="Sessions"
      what="sessions"
      idOf={({ sessionId }) => sessionId}
      columns={COLUMNS}
      paged={paged}
      header={
        <Header
          variant="awsui-h1-sticky"
          description="Where you are signed in. Who has a session that you end is let in no more."
        >
          Sessions
        </Header>
      }
      empty={<EmptyState title="No sessions">You came by an access token.</EmptyState>}
    />
  );
}

const COLUMNS: Column<Session>[] = [
  {
    id: 'browser',
    header: 'Browser',
    isHead: true,
    width: 200,
    cell: ({ userAgent, current }) => (
      <>
        {browserInWords(userAgent)}
        {current && (
          <div>
            <StatusIndicator type="success">This one</StatusIndicator>
          </div>
        )}
      </>
    ),
  },
  { id: 'ip', header: 'Address', cell: ({ ip }) => ip ?? '–' },
  { id: 'startedAt', header: 'Signed in', cell: ({ startedAt }) => <Time at={startedAt} /> },
  { id: 'lastSeenAt', header: 'Last seen', cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
  { id: 'endsAt', header: 'Ends', cell: ({ endsAt }) => <Time at={endsAt} /> },
  { id: 'mfa', header: 'Second factor', cell: ({ mfa }) => (mfa ? 'Yes' : 'No') },
  { id: 'end', header: 'Actions', cell: (session) => <End of={session} /> },
];

function End({ of: { sessionId, current, userAgent } }: { of: Session }) {
  const end = useChange(
    async () => (await api.DELETE(`${SESSIONS}/{sessionId}`, { params: { path: { sessionId } } })).data,
    {
      stale: [SESSIONS, ...(current ? ['/v1/me'] : [])],
      failed: 'The session was not ended',
      done: () => ({ type: 'success', header: 'The session has ended' }),
    },
  );
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
