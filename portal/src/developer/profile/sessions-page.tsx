import Header from '@cloudscape-design/components/header';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../shared/api/api.ts';
import { reading } from '../../shared/api/queries.ts';
import { SessionList } from '../../shared/people/session-list.tsx';
import { useTitle } from '../../shared/shell/page.tsx';
import { EmptyState } from '../../shared/states/states.tsx';

const SESSIONS = '/v1/me/sessions';

/** Where the person is signed in, so that a forgotten sign-in can be ended from elsewhere. */
export function SessionsPage() {
  useTitle('Sessions');
  return (
    <SessionList
      name="own-sessions"
      read={useQuery(reading(SESSIONS, {}))}
      path={SESSIONS}
      end={async (sessionId) =>
        (await api.DELETE(`${SESSIONS}/{sessionId}`, { params: { path: { sessionId } } })).data
      }
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
