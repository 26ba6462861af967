import Box from '@cloudscape-design/components/box';
import { useQueries, useQuery } from '@tanstack/react-query';
import { api } from '../api/api.ts';
import { meReading, useCan } from '../api/me.ts';

const MOST_TENANTS = 3;
const MOST_ADMINS = 5;

/** Whom to ask: the members of the person's tenants who are their admins. Nothing where nobody is known. */
export function TenantAdmins() {
  const { data: me } = useQuery({ ...meReading(), enabled: false });
  return me === undefined || me.tenants === '*' ? null : <AdminsOf of={me.tenants} />;
}

interface AdminsOfProps {
  readonly of: readonly { readonly tenantId: string; readonly name: string }[];
}

function AdminsOf({ of }: AdminsOfProps) {
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
    if (addresses.length === 0) return null;
    return (
      <Box key={tenantId} margin={{ top: 'xxs' }} color="inherit">
        Admins of {name}: {addresses.slice(0, MOST_ADMINS).join(', ')}
      </Box>
    );
  });
}
