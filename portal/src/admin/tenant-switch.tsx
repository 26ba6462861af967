import { useLocation, useNavigate } from 'react-router';
import { TenantChoice } from '../shared/form/tenant-choice.tsx';
import { baseOf, keepTenant, type Scope } from './scope.tsx';

/** Which tenant the pages are of; choosing another stays on the page of the same kind. */
export function TenantSwitch({ scope }: { scope: Scope }) {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  return (
    <TenantChoice
      tenantId={scope.tenantId}
      all="All tenants"
      onChoose={(tenantId) => {
        if (tenantId !== undefined) keepTenant(tenantId);
        void navigate(`${baseOf(tenantId)}/${pageIn(pathname)}`);
      }}
    />
  );
}

/** The kind of page that an address is of: `keys` of `/admin/tenants/tenant_a/keys/key_b`. */
function pageIn(pathname: string): string {
  return /^\/admin\/(?:all|tenants\/[^/]+)\/([^/]+)/.exec(pathname)?.[1] ?? 'overview';
}
