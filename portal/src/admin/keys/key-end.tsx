import DatePicker from '@cloudscape-design/components/date-picker';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useId, useState } from 'react';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import type { StepProps } from './new-key.ts';

const CHOICES = [
  { id: '', text: 'Never' },
  { id: '30', text: '30 days' },
  { id: '90', text: '90 days' },
  { id: '365', text: '1 year' },
  { id: 'date', text: 'A date' },
];

/** When the key ends by itself. */
export function KeyEnd({ draft, change, error }: StepProps) {
  const isDate = draft.ends.includes('-');
  const [picking, setPicking] = useState(isDate);
  const label = useId();
  return (
    <FormField
      label={<span id={label}>Expires</span>}
      description="A key that ends by itself is one less to forget."
      fault={faultOf(error, 'expiresAt')}
    >
      <SpaceBetween size="xs">
        <SegmentedControl
          ariaLabelledby={label}
          selectedId={picking ? 'date' : draft.ends}
          options={CHOICES}
          onChange={({ detail }) => {
            setPicking(detail.selectedId === 'date');
            change({ ends: detail.selectedId === 'date' ? '' : detail.selectedId });
          }}
        />
        {picking && (
          <DatePicker
            value={draft.ends}
            onChange={({ detail }) => change({ ends: detail.value })}
            isDateEnabled={(date) => date.getTime() > Date.now()}
            placeholder="YYYY/MM/DD"
            openCalendarAriaLabel={(chosen) => `Choose the last day${chosen ? `, chosen is ${chosen}` : ''}`}
          />
        )}
      </SpaceBetween>
    </FormField>
  );
}
