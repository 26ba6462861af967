import Input from '@cloudscape-design/components/input';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { Optional } from '../../shared/form/optional.tsx';

interface ReasonFieldProps {
  readonly reason: string;
  readonly onChange: (reason: string) => void;
  readonly error: Error | null;
  /** Whether it is said of several keys. */
  readonly ofMany?: boolean;
}

/** Why a key is stopped. */
export function ReasonField({ reason, onChange, error, ofMany = false }: ReasonFieldProps) {
  return (
    <FormField
      label={<Optional>Reason</Optional>}
      description={
        ofMany
          ? 'Shown with each key, and kept in the audit log.'
          : 'Shown with the key, and kept in the audit log.'
      }
      fault={faultOf(error, 'reason')}
    >
      <Input value={reason} onChange={({ detail }) => onChange(detail.value)} />
    </FormField>
  );
}
