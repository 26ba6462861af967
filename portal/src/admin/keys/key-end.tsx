import DatePicker from '@cloudscape-design/components/date-picker';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { reading } from '../../shared/api/queries.ts';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import type { StepProps } from './new-key.ts';

const DAY_MILLISECONDS = 86_400_000;
const CHOICES = [
  { id: '', text: 'Never' },
  { id: '30', text: '30 days' },
  { id: '90', text: '90 days' },
  { id: '365', text: '1 year' },
  { id: 'date', text: 'A date' },
];

/** When the key ends by itself. */
export function KeyEnd({ tenantId, draft, change, error }: StepProps) {
  const { data: tenant } = useQuery(reading('/v1/tenants/{tenantId}', { path: { tenantId } }));
  const policy = tenant?.settings.keyPolicies?.[draft.environment] ?? {};
  const most = policy.maxLifetimeDays ?? Number.POSITIVE_INFINITY;
  const asksForEnd = policy.expiryRequired === true || most < Number.POSITIVE_INFINITY;
  const isDate = draft.ends.includes('-');
  const [picking, setPicking] = useState(isDate);
  const label = useId();
  return (
    <FormField
      label={<span id={label}>Expires</span>}
      description="A key that ends by itself is one less to forget."
      {...(asksForEnd && { constraintText: policyInWords(most) })}
      fault={faultOf(error, 'expiresAt')}
    >
      <SpaceBetween size="xs">
        <SegmentedControl
          ariaLabelledby={label}
          selectedId={picking ? 'date' : draft.ends}
          options={CHOICES.map((choice) => ({
            ...choice,
            disabled: choice.id === '' ? asksForEnd : Number(choice.id) > most,
          }))}
          onChange={({ detail }) => {
            setPicking(detail.selectedId === 'date');
            change({ ends: detail.selectedId === 'date' ? '' : detail.selectedId });
          }}
        />
        {picking && (
          <DatePicker
            value={draft.ends}
            onChange={({ detail }) => change({ ends: detail.value })}
            isDateEnabled={(date) => {
              const until = date.getTime() - Date.now();
              return until > 0 && until <= most * DAY_MILLISECONDS;
            }}
            placeholder="YYYY/MM/DD"
            openCalendarAriaLabel={(chosen) => `Choose the last day${chosen ? `, chosen is ${chosen}` : ''}`}
          />
        )}
      </SpaceBetween>
    </FormField>
  );
}

function policyInWords(mostDays: number): string {
  const bound = mostDays === Number.POSITIVE_INFINITY ? '' : `, within ${mostDays} days at most`;
  return `The tenant’s key policy asks that keys of this environment end${bound}.`;
}
