import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { useChange } from '../api/change.ts';
import { Dialog } from '../form/dialog.tsx';
import { faultOf } from '../form/form-error.tsx';
import { FormField } from '../form/form-field.tsx';
import { Optional } from '../form/optional.tsx';
import { useTyped } from '../form/use-draft.ts';
import { AsCode } from '../show/as-code.tsx';
import { keywright } from '../show/command-line.ts';
import { InvitationResults, type Invited } from './invitation-results.tsx';
import { INVITATIONS, type Member, ROLES } from './member.ts';

/** Invites one or several people; shows their links once, and what became of each address. */
export function InviteDialog({ tenantId, onDismiss }: { tenantId: string; onDismiss: () => void }) {
  const [emails, setEmails] = useTyped(`invite.${tenantId}.emails`, '');
  const [role, setRole] = useTyped<Member['role']>(`invite.${tenantId}.role`, 'developer');
  const [note, setNote] = useTyped(`invite.${tenantId}.note`, '');
  const [invited, setInvited] = useState<Invited[]>();
  const addresses = emails.split(/[\s,;]+/).filter((email) => email !== '');
  const rows = addresses.map((email) => ({ email, role, ...(note.trim() && { note: note.trim() }) }));
  const invite = useChange(
    async () =>
      (await api.POST(`${INVITATIONS}/import`, { params: { path: { tenantId } }, body: { rows } })).data,
    {
      stale: [INVITATIONS, '/v1/approvals'],
      after: ({ results }) =>
        setInvited(results.map((result) => ({ ...result, email: addresses[result.row] ?? '' }))),
    },
  );
  if (invited !== undefined) {
    const close = () => {
      setInvited(undefined);
      invite.reset();
      onDismiss();
    };
    return <InvitationResults invited={invited} onDismiss={close} />;
  }
  return (
    <Dialog
      title="Invite people"
      action="Invite"
      busy={invite.isPending}
      disabled={rows.length === 0}
      error={invite.error}
      fields={['rows']}
      onSubmit={() => invite.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="POST"
          path={`/v1/tenants/${tenantId}/invitations/import`}
          body={{ rows }}
          command={commandsOf(tenantId, rows)}
        />
      }
    >
      <Addresses emails={emails} onType={setEmails} fault={faultOf(invite.error, 'rows')} />
      <FormField label="Role">
        <RadioGroup
          value={role}
          items={ROLES}
          onChange={({ detail }) => setRole(detail.value as Member['role'])}
        />
      </FormField>
      <FormField label={<Optional>Note</Optional>} description="For whoever reads the list of invitations.">
        <Input value={note} onChange={({ detail }) => setNote(detail.value)} />
      </FormField>
    </Dialog>
  );
}

interface AddressesProps {
  readonly emails: string;
  readonly onType: (emails: string) => void;
  readonly fault: string | undefined;
}

function Addresses({ emails, onType, fault }: AddressesProps) {
  return (
    <FormField
      label="E-mail addresses"
      constraintText="Up to 50, one a line or between commas."
      fault={fault}
    >
      <Textarea
        value={emails}
        rows={3}
        placeholder="ada@example.com"
        onChange={({ detail }) => onType(detail.value)}
      />
    </FormField>
  );
}

/** The command invites one after the other. */
function commandsOf(
  tenantId: string,
  rows: readonly { email: string; role: string; note?: string }[],
): string {
  const invited = rows.length > 0 ? rows : [{ email: 'EMAIL', role: 'developer' }];
  return invited
    .map(({ email, ...options }) => keywright(['members', 'invite', email], { tenant: tenantId, ...options }))
    .join('\n');
}
