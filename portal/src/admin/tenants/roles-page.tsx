import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useCan } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { useOpen } from '../../shared/form/use-open.ts';
import type { Column } from '../../shared/list/list.ts';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { useWholeRows } from '../../shared/list/use-paged-rows.ts';
import { useTitle } from '../../shared/shell/page.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { EmptyState } from '../../shared/states/states.tsx';
import { baseOf, useTenantId } from '../scope.tsx';
import { DeleteRoleDialog } from './delete-role-dialog.tsx';
import { ROLES, type Role, resourcesOf } from './role.ts';
import { RoleDialog } from './role-dialog.tsx';

interface Open {
  readonly kind: 'create' | 'edit' | 'delete';
  readonly role?: string;
}

/** The roles of a tenant, as a matrix of what each may read and write. */
export function RolesPage() {
  const tenantId = useTenantId();
  const can = useCan(tenantId);
  const [open, setOpen] = useOpen<Open>(`role.${tenantId}`);
  const { data, error, isPending, refetch } = useQuery(reading(ROLES, { path: { tenantId } }));
  const rows = data?.items ?? [];
  const paged = useWholeRows<Role>('roles', {
    rows,
    loading: isPending,
    error: data === undefined ? error : null,
    retry: () => void refetch(),
  });
  const create = can('putRole') && (
    <Button variant="primary" onClick={() => setOpen({ kind: 'create' })}>
      Create role
    </Button>
  );
  const chosen = rows.find(({ role }) => role === open?.role);
  const close = () => setOpen(undefined);
  useTitle('Roles');
  return (
    <>
      <ResourceList
        name="roles"
        title="Roles"
        what="roles"
        idOf={({ role }) => role}
        columns={columnsOf(tenantId, rows, can('putRole'), setOpen)}
        paged={paged}
        header={
          <Header
            variant="awsui-h1-sticky"
            description="What keys may do. Keys follow a change within seconds."
            actions={create}
          >
            Roles
          </Header>
        }
        empty={
          <EmptyState
            title="No roles"
            action={create}
            {...(create && {
              command: keywright(['roles', 'set', 'deployer'], {
                permissions: 'orders:read',
                tenant: tenantId,
              }),
            })}
          >
            A key can do nothing without one.
          </EmptyState>
        }
      />
      {open?.kind === 'create' && <RoleDialog tenantId={tenantId} of={undefined} onDismiss={close} />}
      {open?.kind === 'edit' && chosen && <RoleDialog tenantId={tenantId} of={chosen} onDismiss={close} />}
      {open?.kind === 'delete' && chosen && (
        <DeleteRoleDialog tenantId={tenantId} of={chosen} onDismiss={close} />
      )}
    </>
  );
}

function columnsOf(
  tenantId: string,
  rows: readonly Role[],
  mayChange: boolean,
  open: (what: Open) => void,
): Column<Role>[] {
  return [
    { id: 'role', header: 'Role', isHead: true, width: 140, cell: ({ role }) => role },
    ...resourcesOf(rows).map((resource) => ({
      id: `of-${resource}`,
      header: resource === '*' ? 'Everything' : resource,
      cell: ({ permissions }: Role) => actionsIn(permissions, resource),
    })),
    { id: 'description', header: 'Description', usual: false, cell: ({ description }) => description || '–' },
    {
      id: 'actions',
      header: 'Actions',
      width: 180,
      cell: (role) => (
        <SpaceBetween direction="horizontal" size="s">
          <Button
            variant="inline-link"
            href={`${baseOf(tenantId)}/keys?role=${role.role}`}
            ariaLabel={`Keys with ${role.role}`}
          >
            Keys
          </Button>
          {mayChange && (
            <Button
              variant="inline-link"
              onClick={() => open({ kind: 'edit', role: role.role })}
              ariaLabel={`Edit ${role.role}`}
            >
              Edit
            </Button>
          )}
          {mayChange && (
            <Button
              variant="inline-link"
              onClick={() => open({ kind: 'delete', role: role.role })}
              ariaLabel={`Delete ${role.role}`}
            >
              Delete
            </Button>
          )}
        </SpaceBetween>
      ),
    },
  ];
}

function actionsIn(permissions: readonly string[], resource: string): string {
  const actions = permissions
    .filter((permission) => permission.startsWith(`${resource}:`))
    .map((permission) => permission.slice(resource.length + 1));
  if (actions.includes('*') || actions.length === 2) return 'read, write';
  return actions[0] ?? '–';
}
