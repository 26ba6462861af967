import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useCan, useMe } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { useOpen } from '../../shared/form/use-open.ts';
import { InvitationList } from '../../shared/people/invitation-list.tsx';
import { MEMBERS } from '../../shared/people/member.ts';
import { MemberList } from '../../shared/people/member-list.tsx';
import { useTitle } from '../../shared/shell/page.tsx';
import { OwnTenant } from '../own-tenant.tsx';
import { LeaveDialog } from './leave-dialog.tsx';

/** Who else acts for a tenant of the person's. */
export function TeamPage() {
  useTitle('Team');
  return <OwnTenant>{(tenantId, choice) => <Team tenantId={tenantId} choice={choice} />}</OwnTenant>;
}

function Team({ tenantId, choice }: { tenantId: string; choice: ReactNode }) {
  const can = useCan(tenantId);
  return (
    <SpaceBetween size="xl">
      {choice && (
        <SpaceBetween direction="horizontal" size="s">
          <FormField label="Tenant">{choice}</FormField>
        </SpaceBetween>
      )}
      <MemberList tenantId={tenantId} title="Team" />
      {can('listInvitations') && <InvitationList tenantId={tenantId} />}
      <Leave tenantId={tenantId} />
    </SpaceBetween>
  );
}

/** For members: who acts by what an issuer says of them has nothing here to leave. */
function Leave({ tenantId }: { tenantId: string }) {
  const me = useMe();
  const can = useCan(tenantId);
  const [open, setOpen] = useOpen<true>(`leave.${tenantId}`);
  const { data } = useQuery(reading(MEMBERS, { path: { tenantId } }));
  const isMember = data?.items.some(({ sub }) => sub === me.sub) === true;
  if (!isMember || !can('leaveTenant')) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>Leave this team</Button>
      {open && <LeaveDialog tenantId={tenantId} onDismiss={() => setOpen(undefined)} />}
    </>
  );
}
