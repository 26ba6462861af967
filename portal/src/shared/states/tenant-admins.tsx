import Box from '@cloudscape-design/components/box';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { api } from '../api/api.ts';
import { meReading, useCan } from '../api/me.ts';

const MOST_TENANTS = 3;
const MOST_ADMINS = 5;

/**
 * Whom to ask: the members of the tenant that the address names, or else of the person's tenants, who are their admins.
 * The API tells that to whoever acts for them.
 */
export function TenantAdmins() {
  const { tenantId } = useParams();
  const { data: me } = useQuery({ ...meReading(), enabled: false });
  if (me !== undefined && tenantId !== undefined) {
    const own = me.tenants === '*' ? undefined : me.tenants.find((tenant) => tenant.tenantId === tenantId);
    return <AdminsOf of={[own ?? { tenantId, name: tenantId }]} none="Whoever runs this portal can do it." />;
  }
  return me === undefined || me.tenants === '*' ? null : <AdminsOf of={me.tenants} />;
}

interface AdminsOfProps {
  readonly of: readonly { readonly tenantId: string; readonly name: string }[];
  /** What is said where it is known that no member is an admin. */
  readonly none?: string;
}

function AdminsOf({ of, none }: AdminsOfProps) {
  const can = useCan();
  const asked = can('listMembers') ? of.slice(0, MOST_TENANTS) : [];
  const known = useQueries({
    queries: asked.map(({ tenantId }) => ({
      // Not the page's own reading, which may be what failed: asked anew, it would take this away and bring it back.
      queryKey: ['admins', tenantId],
      queryFn: async () =>
        (await api.GET('/v1/tenants/{tenantId}/members', { params: { path: { tenantId } } })).data,
    })),
  });
  return asked.map(({ tenantId, name }, index) => {
    const members = known[index]?.data?.items ?? [];
    const addresses = members.flatMap(({ role, email }) => (role === 'admin' && email ? [email] : []));
    const isKnown = known[index]?.data !== undefined;
    if (addresses.length === 0 && (none === undefined || !isKnown)) return null;
    return (
      <Box key={tenantId} margin={{ top: 'xxs' }} color="inherit">
        {addresses.length === 0 ? none : `Admins of ${name}: ${addresses.slice(0, MOST_ADMINS).join(', ')}`}
      </Box>
    );
  });
}
