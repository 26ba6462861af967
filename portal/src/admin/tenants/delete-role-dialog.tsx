import Alert from '@cloudscape-design/components/alert';
import { useState } from 'react';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { ConfirmName } from '../../shared/form/confirm-name.tsx';
import { Dialog } from '../../shared/form/dialog.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { ROLE, ROLES, type Role } from './role.ts';

interface DeleteRoleDialogProps {
  readonly tenantId: string;
  readonly of: Role;
  readonly onDismiss: () => void;
}

export function DeleteRoleDialog({ tenantId, of: { role }, onDismiss }: DeleteRoleDialogProps) {
  const [typed, setTyped] = useState('');
  const remove = useChange(
    async () => (await api.DELETE(ROLE, { params: { path: { tenantId, role } } })).data,
    {
      stale: [ROLES, ROLE, '/v1/approvals'],
      done: (result) =>
        result === undefined
          ? { type: 'success', header: `${role} is deleted` }
          : { type: 'info', header: 'This waits for a second admin' },
      after: onDismiss,
    },
  );
  return (
    <Dialog
      title={`Delete ${role}`}
      action="Delete"
      busy={remove.isPending}
      disabled={typed !== role}
      error={remove.error}
      onSubmit={() => remove.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="DELETE"
          path={`/v1/tenants/${tenantId}/roles/${role}`}
          command={keywright(['roles', 'delete', role], { tenant: tenantId })}
        />
      }
    >
      <Alert type="warning">Keys that have this role may do nothing until they get another.</Alert>
      <ConfirmName name={role} typed={typed} onType={setTyped} />
    </Dialog>
  );
}
