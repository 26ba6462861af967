import Header from '@cloudscape-design/components/header';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/api.ts';
import { useCan } from '../api/me.ts';
import { reading } from '../api/queries.ts';
import { Modal } from '../form/modal.tsx';
import { EmptyState } from '../states/states.tsx';
import { MEMBERS, type Member } from './member.ts';
import { SessionList } from './session-list.tsx';

const SESSIONS = `${MEMBERS}/{sub}/sessions` as const;

interface MemberSessionsProps {
  readonly tenantId: string;
  readonly of: Member;
  readonly onDismiss: () => void;
}

/** Where a member is signed in. */
export function MemberSessions({ tenantId, of: { sub, email }, onDismiss }: MemberSessionsProps) {
  const can = useCan(tenantId);
  const end = async (sessionId: string) =>
    (await api.DELETE(`${SESSIONS}/{sessionId}`, { params: { path: { tenantId, sub, sessionId } } })).data;
  return (
    <Modal size="large" header={`Sessions of ${email}`} onDismiss={onDismiss}>
      <SessionList
        name="member-sessions"
        read={useQuery(reading(SESSIONS, { path: { tenantId, sub } }))}
        path={SESSIONS}
        {...(can('endMemberSession') && { end })}
        isPart
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
