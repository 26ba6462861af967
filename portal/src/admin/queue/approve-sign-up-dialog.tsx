import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Sent } from '../../shared/api/answers.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { Dialog } from '../../shared/form/dialog.tsx';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { TenantChoice } from '../../shared/form/tenant-choice.tsx';
import { useTyped } from '../../shared/form/use-draft.ts';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { Facts } from '../../shared/show/facts.tsx';
import { useScope } from '../scope.tsx';
import { SIGN_UPS, type SignUp } from './sign-up.ts';

const APPROVE = '/v1/sign-ups/{signUpId}/approve';
type Body = Sent<typeof APPROVE>;
type Role = NonNullable<Body['role']>;

const ROLES = [
  { value: 'developer', label: 'Developer', description: 'Subscribes to products and sees the keys.' },
  { value: 'auditor', label: 'Auditor', description: 'Reads the audit log and usage, and changes nothing.' },
];

/** Lets somebody in: into a tenant that there is, or a new one. */
export function ApproveSignUpDialog({ of: signUp, onDismiss }: { of: SignUp; onDismiss: () => void }) {
  const { signUpId, email, company, use } = signUp;
  const [into, setInto] = useTyped<Into>(`signUp.${signUpId}.into`, {
    isNew: false,
    tenantId: useScope().tenantId ?? '',
    name: company ?? '',
  });
  const [role, setRole] = useTyped<Role>(`signUp.${signUpId}.role`, 'developer');
  const body: Body = {
    tenantId: into.tenantId,
    role,
    ...(into.isNew && { newTenantName: into.name.trim() }),
  };
  const approve = useChange(
    async () => (await api.POST(APPROVE, { params: { path: { signUpId } }, body })).data,
    {
      stale: [SIGN_UPS, '/v1/tenants', '/v1/tenants/{tenantId}/members'],
      done: ({ tenantId }) => ({
        type: 'success',
        header: `${email} is a member of ${tenantId ?? into.tenantId}`,
      }),
      after: onDismiss,
    },
  );
  return (
    <Dialog
      title={`Approve ${email}`}
      action="Approve"
      busy={approve.isPending}
      disabled={into.tenantId === '' || (into.isNew && into.name.trim() === '')}
      error={approve.error}
      fields={['tenantId', 'newTenantName', 'role']}
      onSubmit={() => approve.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="POST"
          path={`/v1/sign-ups/${signUpId}/approve`}
          body={body}
          command={keywright(['sign-ups', 'approve', signUpId], {
            tenant: body.tenantId,
            'new-tenant': body.newTenantName,
            role,
          })}
        />
      }
    >
      <Facts
        columns={2}
        facts={[
          ['Company', company],
          ['What for', use],
        ]}
      />
      <TenantFields into={into} onChange={setInto} error={approve.error} />
      <FormField label="Role" fault={faultOf(approve.error, 'role')}>
        <RadioGroup value={role} items={ROLES} onChange={({ detail }) => setRole(detail.value as Role)} />
      </FormField>
    </Dialog>
  );
}

/** Where somebody is let into. */
interface Into {
  readonly isNew: boolean;
  readonly tenantId: string;
  /** Of a new one. */
  readonly name: string;
}

interface TenantFieldsProps {
  readonly into: Into;
  readonly onChange: (into: Into) => void;
  readonly error: Error | null;
}

function TenantFields({ into, onChange, error }: TenantFieldsProps) {
  const fault = faultOf(error, 'tenantId');
  return (
    <SpaceBetween size="l">
      <SegmentedControl
        label="Which tenant"
        selectedId={into.isNew ? 'new' : 'there'}
        options={[
          { id: 'there', text: 'A tenant that there is' },
          { id: 'new', text: 'A new tenant' },
        ]}
        onChange={({ detail }) => onChange({ ...into, isNew: detail.selectedId === 'new', tenantId: '' })}
      />
      {into.isNew ? (
        <>
          <FormField label="Tenant’s name" fault={faultOf(error, 'newTenantName')}>
            <Input value={into.name} onChange={({ detail }) => onChange({ ...into, name: detail.value })} />
          </FormField>
          <FormField
            label="Tenant’s ID"
            constraintText="tenant_ and 3 to 40 of a–z, 0–9 and _. Callers send it, and it stays."
            fault={fault}
          >
            <Input
              value={into.tenantId}
              placeholder="tenant_example"
              onChange={({ detail }) => onChange({ ...into, tenantId: detail.value })}
            />
          </FormField>
        </>
      ) : (
        <FormField label="Tenant" fault={fault}>
          <TenantChoice
            tenantId={into.tenantId === '' ? undefined : into.tenantId}
            onChoose={(tenantId = '') => onChange({ ...into, tenantId })}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}
