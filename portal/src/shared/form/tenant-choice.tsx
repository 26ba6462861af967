import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { useTenants } from '../api/tenants.ts';

interface TenantChoiceProps {
  readonly tenantId: string | undefined;
  readonly onChoose: (tenantId: string | undefined) => void;
  /** What stands for all of them; absent where one has to be chosen. */
  readonly all?: string;
}

const ALL = '*';

/** One of the tenants that the person acts for; of many, found by name. */
export function TenantChoice({ tenantId, onChoose, all }: TenantChoiceProps) {
  const { tenants, isMore, loadMore, loading } = useTenants();
  const [text, setText] = useState('');
  const wanted = text.toLowerCase();
  const options = [
    ...(all === undefined ? [] : [{ value: ALL, label: all }]),
    ...tenants
      .filter(({ tenantId, name }) => `${name} ${tenantId}`.toLowerCase().includes(wanted))
      .map(({ tenantId, name }) => ({ value: tenantId, label: name, description: tenantId })),
  ];
  const value = tenantId ?? (all === undefined ? undefined : ALL);
  const selected = options.find((option) => option.value === value);
  return (
    <Select
      selectedOption={selected ?? (value === undefined ? null : { value, label: tenantId ?? all ?? value })}
      options={options}
      filteringType="manual"
      filteringPlaceholder="Find a tenant"
      filteringAriaLabel="Find a tenant"
      onLoadItems={({ detail }) => {
        setText(detail.filteringText);
        if (isMore) loadMore();
      }}
      statusType={loading ? 'loading' : isMore ? 'pending' : 'finished'}
      loadingText="Loading tenants"
      placeholder="Choose a tenant"
      ariaLabel="Tenant"
      onChange={({ detail }) => {
        const chosen = detail.selectedOption.value;
        onChoose(chosen === ALL ? undefined : chosen);
      }}
    />
  );
}
