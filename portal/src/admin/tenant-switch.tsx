import Select from '@cloudscape-design/components/select';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { useMe } from '../shared/api/me.ts';
import { pages } from '../shared/api/queries.ts';
import { baseOf, keepTenant, type Scope } from './scope.tsx';

const ALL = '*';

interface Named {
  readonly tenantId: string;
  readonly name: string;
}

/** Which tenant the pages are of; choosing another stays on the page of the same kind. */
export function TenantSwitch({ scope }: { scope: Scope }) {
  const { tenants, isMore, loadMore, loading } = useTenants();
  const [text, setText] = useState('');
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const wanted = text.toLowerCase();
  const options = [
    { value: ALL, label: 'All tenants' },
    ...tenants
      .filter(({ tenantId, name }) => `${name} ${tenantId}`.toLowerCase().includes(wanted))
      .map(({ tenantId, name }) => ({ value: tenantId, label: name, description: tenantId })),
  ];
  const selected = options.find(({ value }) => value === (scope.tenantId ?? ALL)) ?? {
    value: scope.tenantId ?? ALL,
    label: scope.tenantId ?? 'All tenants',
  };
  return (
    <Select
      selectedOption={selected}
      options={options}
      filteringType="manual"
      filteringPlaceholder="Find a tenant"
      filteringAriaLabel="Find a tenant"
      onLoadItems={({ detail }) => {
        setText(detail.filteringText);
        if (isMore) loadMore();
      }}
      statusType={loading ? 'loading' : isMore ? 'pending' : 'finished'}
      loadingText="Loading tenants"
      ariaLabel="Tenant"
      onChange={({ detail }) => {
        const chosen = detail.selectedOption.value === ALL ? undefined : detail.selectedOption.value;
        if (chosen !== undefined) keepTenant(chosen);
        void navigate(`${baseOf(chosen)}/${pageIn(pathname)}`);
      }}
    />
  );
}

/** Those that the person acts for: named by `/v1/me`, or where that says all of them, page by page. */
function useTenants() {
  const me = useMe();
  const everyTenant = me.tenants === '*';
  const { data, hasNextPage, fetchNextPage, isFetching } = useInfiniteQuery({
    ...pages('/v1/tenants', { query: { limit: 100 } }),
    enabled: everyTenant,
  });
  const tenants: readonly Named[] =
    me.tenants === '*' ? (data?.pages ?? []).flatMap(({ items }) => items) : me.tenants;
  return { tenants, isMore: hasNextPage, loadMore: () => void fetchNextPage(), loading: isFetching };
}

/** The kind of page that an address is of: `keys` of `/admin/tenants/tenant_a/keys/key_b`. */
function pageIn(pathname: string): string {
  return /^\/admin\/(?:all|tenants\/[^/]+)\/([^/]+)/.exec(pathname)?.[1] ?? 'overview';
}
