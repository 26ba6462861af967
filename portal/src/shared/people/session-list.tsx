import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Answer } from '../api/answers.ts';
import { useChange } from '../api/change.ts';
import type { Column } from '../list/list.ts';
import { ResourceList } from '../list/resource-list.tsx';
import { useWholeRows } from '../list/use-paged-rows.ts';
import { browserInWords } from '../show/browser-in-words.ts';
import { Time } from '../show/time.tsx';

type Session = Answer<'/v1/me/sessions'>['items'][number];

interface SessionListProps {
  /** Names the person's choices of columns in the browser. */
  readonly name: string;
  /** What reads the sessions, and its path, which an end makes stale. */
  readonly read: UseQueryResult<{ readonly items: readonly Session[] }>;
  readonly path: string;
  /** Ends a session; absent where the person may not. */
  readonly end?: ((sessionId: string) => Promise<unknown>) | undefined;
  readonly header: ReactNode;
  readonly empty: ReactNode;
  /** Whether it is a part of a page, not the whole of it. */
  readonly isPart?: boolean;
}

/** Where somebody is signed in. Who has a session that is ended is let in no more, from the next request on. */
export function SessionList({ name, read, path, end, isPart = false, ...shown }: SessionListProps) {
  const { data, error, isPending, refetch } = read;
  const paged = useWholeRows<Session>(name, {
    rows: data?.items ?? [],
    loading: isPending,
    error: data === undefined ? error : null,
    retry: () => void refetch(),
  });
  const ends: Column<Session>[] = end
    ? [{ id: 'end', header: 'Actions', cell: (session) => <End of={session} path={path} end={end} /> }]
    : [];
  return (
    <ResourceList
      {...shown}
      name={name}
      title="Sessions"
      what="sessions"
      idOf={({ sessionId }) => sessionId}
      columns={[...columnsOf(isPart), ...ends]}
      paged={paged}
      isPart={isPart}
      wraps={isPart}
    />
  );
}

/** A dialog has room for fewer. */
function columnsOf(isPart: boolean): Column<Session>[] {
  return [
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
    { id: 'endsAt', header: 'Ends', usual: !isPart, cell: ({ endsAt }) => <Time at={endsAt} /> },
    { id: 'mfa', header: 'Second factor', usual: !isPart, cell: ({ mfa }) => (mfa ? 'Yes' : 'No') },
  ];
}

interface EndProps {
  readonly of: Session;
  readonly path: string;
  readonly end: (sessionId: string) => Promise<unknown>;
}

function End({ of: { sessionId, current, userAgent }, path, end }: EndProps) {
  const change = useChange(() => end(sessionId), {
    stale: [path, ...(current ? ['/v1/me'] : [])],
    failed: 'The session was not ended',
    done: () => ({ type: 'success', header: 'The session has ended' }),
  });
  return (
    <Button
      variant="inline-link"
      loading={change.isPending}
      ariaLabel={`End the session in ${browserInWords(userAgent)}`}
      onClick={() => change.mutate(undefined)}
    >
      End
    </Button>
  );
}
