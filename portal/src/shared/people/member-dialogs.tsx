import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { isWaiting } from '../../../../client/keywright-client.ts';
import { api } from '../api/api.ts';
import { useChange } from '../api/change.ts';
import { Dialog } from '../form/dialog.tsx';
import { useTyped } from '../form/use-draft.ts';
import { AsCode } from '../show/as-code.tsx';
import { keywright } from '../show/command-line.ts';
import { MEMBERS, type Member, ROLES, roleLabel } from './member.ts';

interface MemberDialogProps {
  readonly tenantId: string;
  readonly of: Member;
  readonly onDismiss: () => void;
}

const MEMBER = `${MEMBERS}/{sub}` as const;

export function ChangeRoleDialog({ tenantId, of: member, onDismiss }: MemberDialogProps) {
  const [role, setRole] = useTyped(`member.${tenantId}.${member.sub}`, member.role);
  const params = { path: { tenantId, sub: member.sub } };
  const change = useChange(async () => (await api.PATCH(MEMBER, { params, body: { role } })).data, {
    stale: [MEMBERS, '/v1/approvals'],
    done: (result) =>
      isWaiting(result)
        ? { type: 'info', header: 'This waits for a second admin' }
        : { type: 'success', header: `${member.email} is ${roleLabel(role).toLowerCase()} now` },
    after: onDismiss,
  });
  return (
    <Dialog
      title={`Role of ${member.email}`}
      action="Change role"
      busy={change.isPending}
      disabled={role === member.role}
      error={change.error}
      onSubmit={() => change.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="PATCH"
          path={`/v1/tenants/${tenantId}/members/${member.sub}`}
          body={{ role }}
          command={keywright(['members', 'role', member.sub, role], { tenant: tenantId })}
        />
      }
    >
      <FormField label="Role" description="Holds from the next request on.">
        <RadioGroup
          value={role}
          items={ROLES}
          onChange={({ detail }) => setRole(detail.value as Member['role'])}
        />
      </FormField>
    </Dialog>
  );
}

export function RemoveMemberDialog({ tenantId, of: member, onDismiss }: MemberDialogProps) {
  const params = { path: { tenantId, sub: member.sub } };
  const remove = useChange(async () => (await api.DELETE(MEMBER, { params })).data, {
    stale: [MEMBERS],
    done: () => ({ type: 'success', header: `${member.email} was removed` }),
    after: onDismiss,
  });
  return (
    <Dialog
      title={`Remove ${member.email}`}
      action="Remove"
      busy={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="DELETE"
          path={`/v1/tenants/${tenantId}/members/${member.sub}`}
          command={keywright(['members', 'remove', member.sub], { tenant: tenantId })}
        />
      }
    >
      <Box>
        They can do nothing more for this tenant from the next request on. Keys that they have made go on
        working: keys belong to the tenant.
      </Box>
    </Dialog>
  );
}
