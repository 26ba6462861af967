import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';
import { baseOf } from '../scope.tsx';
import type { Key } from './key.ts';

/** What the key may do at this moment, and where that comes from. */
export function KeyPermissions({ of: key }: { of: Key }) {
  const { tenantId, role } = key;
  const { data, isPending } = useQuery({
    ...reading('/v1/tenants/{tenantId}/roles/{role}', { path: { tenantId, role } }),
    throwOnError: false,
  });
  const rows = (data?.permissions ?? []).map((permission) => ({
    permission,
    has: key.permissions === null || key.permissions.includes(permission),
  }));
  return (
    <Table
      items={rows}
      loading={isPending}
      loadingText="Loading permissions"
      variant="container"
      trackBy="permission"
      ariaLabels={{ tableLabel: 'Permissions' }}
      columnDefinitions={[
        {
          id: 'permission',
          header: 'Permission',
          isRowHeader: true,
          cell: ({ permission }) => <span className="mono">{permission}</span>,
        },
        {
          id: 'has',
          header: 'This key',
          cell: ({ has }) => (has ? 'Allowed' : 'Left out of this key'),
        },
        {
          id: 'from',
          header: 'From',
          cell: () => <Link href={`${baseOf(tenantId)}/roles`}>role {role}</Link>,
        },
      ]}
      empty={
        <Box textAlign="center">
          {data === undefined
            ? `There is no role ${role} any more: the key may do nothing.`
            : 'The role allows nothing.'}
        </Box>
      }
    />
  );
}
