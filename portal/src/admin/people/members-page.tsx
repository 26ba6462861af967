import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCan } from '../../shared/api/me.ts';
import { InvitationList } from '../../shared/people/invitation-list.tsx';
import { MemberList } from '../../shared/people/member-list.tsx';
import { useTitle } from '../../shared/shell/page.tsx';
import { useTenantId } from '../scope.tsx';

/** Who acts for a tenant, and who is invited to. */
export function MembersPage() {
  const tenantId = useTenantId();
  const can = useCan(tenantId);
  useTitle('Members');
  return (
    <SpaceBetween size="xl">
      <MemberList tenantId={tenantId} />
      {can('listInvitations') && <InvitationList tenantId={tenantId} />}
    </SpaceBetween>
  );
}
