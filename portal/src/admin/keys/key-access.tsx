import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { ErrorState } from '../../shared/states/states.tsx';
import { narrowable } from './key-reach.ts';
import type { StepProps } from './new-key.ts';
import { useApisOf } from './use-apis.ts';

/** What the key may do: all that its role may, or a part of it. */
export function KeyAccess({
  tenantId,
  draft,
  change,
  error,
  title = '3. Role and permissions',
}: StepProps & { title?: string }) {
  const roles = useQuery(reading('/v1/tenants/{tenantId}/roles', { path: { tenantId } }));
  const apis = useApisOf(draft.environment) ?? [];
  const items = roles.data?.items ?? [];
  const named = items.flatMap(({ permissions }) => permissions);
  const role = items.find((each) => each.role === draft.role);
  const options = items.map((each) => ({
    value: each.role,
    label: each.role,
    description: each.description || each.permissions.join(', '),
  }));
  return (
    <Container header={<Header variant="h2">{title}</Header>}>
      <SpaceBetween size="l">
        <FormField
          label="Role"
          description="When the role changes, the key follows within seconds."
          fault={faultOf(error, 'role')}
        >
          <Select
            selectedOption={options.find(({ value }) => value === draft.role) ?? null}
            options={options}
            placeholder="Choose a role"
            statusType={roles.isPending ? 'loading' : roles.isError ? 'error' : 'finished'}
            errorText="The roles could not be loaded"
            onChange={({ detail }) => change({ role: detail.selectedOption.value ?? '', permissions: [] })}
          />
        </FormField>
        {roles.error && <ErrorState error={roles.error} retry={() => void roles.refetch()} />}
        {role && (
          <Narrowing
            permissions={narrowable(role.permissions, apis, named, draft.permissions)}
            kept={draft.permissions}
            onKeep={(permissions) => change({ permissions })}
            fault={faultOf(error, 'permissions')}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}

interface NarrowingProps {
  /** What can be ticked. */
  readonly permissions: readonly string[];
  /** Empty for all of them. */
  readonly kept: readonly string[];
  readonly onKeep: (kept: readonly string[]) => void;
  readonly fault: string | undefined;
}

function Narrowing({ permissions, kept, onKeep, fault }: NarrowingProps) {
  const ticked = kept.length === 0 ? permissions : kept;
  const toggle = (permission: string) => {
    const next = ticked.includes(permission)
      ? ticked.filter((each) => each !== permission)
      : [...ticked, permission];
    onKeep(next.length === permissions.length ? [] : next);
  };
  return (
    <FormField
      label="Permissions"
      description="Untick what this key does not need. With all of them ticked it has whatever the role has, also later."
      fault={fault}
    >
      <SpaceBetween size="xs">
        {permissions.map((permission) => (
          <Checkbox
            key={permission}
            checked={ticked.includes(permission)}
            disabled={ticked.length === 1 && ticked.includes(permission)}
            onChange={() => toggle(permission)}
          >
            <span className="mono">{permission}</span>
          </Checkbox>
        ))}
      </SpaceBetween>
    </FormField>
  );
}
