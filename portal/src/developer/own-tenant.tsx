import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { useTenants } from '../shared/api/tenants.ts';
import { TenantChoice } from '../shared/form/tenant-choice.tsx';
import { PageSkeleton } from '../shared/states/page-skeleton.tsx';
import { EmptyState } from '../shared/states/states.tsx';

interface OwnTenantProps {
  /** @param choice where there are several tenants, the choice of another one */
  readonly children: (tenantId: string, choice: ReactNode) => ReactNode;
}

/** For pages of one tenant: the one that the address names, or else the person's first. */
export function OwnTenant({ children }: OwnTenantProps) {
  const { tenants, loading } = useTenants();
  const [search, setSearch] = useSearchParams();
  const tenantId = search.get('tenant') ?? tenants[0]?.tenantId;
  if (tenantId === undefined) {
    if (loading) return <PageSkeleton />;
    return <EmptyState title="No tenant yet">An admin of one can invite you.</EmptyState>;
  }
  const choice = tenants.length > 1 && (
    <TenantChoice tenantId={tenantId} onChoose={(tenant = '') => setSearch({ tenant })} />
  );
  return children(tenantId, choice);
}
