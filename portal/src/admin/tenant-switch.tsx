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
        void navigate(`${baseOf(tenantId)}/${pageIn(pathname, tenantId === undefined)}`);
      }}
    />
  );
}

/** What a tenant has, and all of them together have not. */
const OF_A_TENANT = ['members', 'roles', 'settings'];

/** The kind of page that an address is of: `keys` of `/admin/tenants/tenant_a/keys/key_b`. */
function pageIn(pathname: string, ofAll: boolean): string {
  const page = /^\/admin\/(?:all|tenants\/[^/]+)\/([^/]+)/.exec(pathname)?.[1] ?? 'overview';
  return ofAll && OF_A_TENANT.includes(page) ? 'overview' : page;
}
