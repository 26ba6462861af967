import Input from '@cloudscape-design/components/input';
import { isWaiting } from '../../../../client/keywright-client.ts';
import { api } from '../../shared/api/api.ts';
import { isStale, useChange } from '../../shared/api/change.ts';
import { useEdit } from '../../shared/api/edit.ts';
import { ChangedMeanwhile, saving } from '../../shared/form/changed-meanwhile.tsx';
import { Dialog } from '../../shared/form/dialog.tsx';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { Optional } from '../../shared/form/optional.tsx';
import { useTyped } from '../../shared/form/use-draft.ts';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { DryRun } from './dry-run.tsx';
import { PermissionMatrix } from './permission-matrix.tsx';
import { ROLE, ROLES, type Role } from './role.ts';

interface RoleDialogProps {
  readonly tenantId: string;
  /** Absent for a new one. */
  readonly of: Role | undefined;
  readonly onDismiss: () => void;
}

/** Makes a role, or changes what one may do. */
export function RoleDialog({ tenantId, of: before, onDismiss }: RoleDialogProps) {
  const draft = `role.${tenantId}.${before?.role ?? ''}`;
  const [role, setRole] = useTyped(`${draft}.role`, before?.role ?? '');
  const [description, setDescription] = useTyped(`${draft}.description`, before?.description ?? '');
  const [permissions, setPermissions] = useTyped<readonly string[]>(
    `${draft}.permissions`,
    before?.permissions ?? [],
  );
  const body = { permissions: [...permissions], description: description.trim() };
  const path = { tenantId, role };
  const edit = useEdit(
    ROLE,
    { path },
    before && { permissions: before.permissions, description: before.description },
  );
  const save = useChange(
    async () => {
      const header = before && { 'If-Match': edit.etag ?? '*' };
      return (await api.PUT(ROLE, { params: { path, ...(header && { header }) }, body })).data;
    },
    {
      onStale: edit.reread,
      stale: [ROLES, ROLE, '/v1/approvals'],
      done: (result) =>
        isWaiting(result)
          ? { type: 'info', header: 'This waits for a second admin' }
          : { type: 'success', header: `${role} is saved`, content: 'Its keys follow within seconds.' },
      after: onDismiss,
    },
  );
  return (
    <Dialog
      title={before ? `Edit ${before.role}` : 'Create role'}
      action={before ? saving(edit) : 'Create role'}
      busy={save.isPending}
      disabled={role === '' || permissions.length === 0 || (before !== undefined && edit.etag === undefined)}
      error={isStale(save.error) ? null : save.error}
      fields={['role', 'permissions', 'description']}
      onSubmit={() => save.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="PUT"
          path={`/v1/tenants/${tenantId}/roles/${role || 'ROLE'}`}
          body={body}
          command={keywright(['roles', 'set', role || 'ROLE'], {
            ...{ tenant: tenantId, permissions: permissions.join(','), description: body.description },
          })}
        />
      }
    >
      <ChangedMeanwhile
        of={edit}
        mine={body}
        labels={{ permissions: 'Permissions', description: 'Description' }}
      />
      {!before && (
        <FormField
          label="Name"
          constraintText="A letter, then up to 39 of a–z, 0–9, - and _."
          fault={faultOf(save.error, 'role')}
        >
          <Input value={role} onChange={({ detail }) => setRole(detail.value)} placeholder="order-reader" />
        </FormField>
      )}
      <FormField label={<Optional>Description</Optional>} fault={faultOf(save.error, 'description')}>
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <PermissionMatrix
        permissions={permissions}
        onChange={setPermissions}
        fault={faultOf(save.error, 'permissions')}
      />
      {before && !isSameSet(permissions, before.permissions) && permissions.length > 0 && (
        <DryRun
          path={`${ROLE}/dry-run`}
          params={{ tenantId, role }}
          body={{ permissions: [...permissions] }}
        />
      )}
    </Dialog>
  );
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return JSON.stringify(some.toSorted()) === JSON.stringify(others.toSorted());
}
