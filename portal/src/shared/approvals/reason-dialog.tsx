import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { Dialog } from '../form/dialog.tsx';
import { faultOf } from '../form/form-error.tsx';
import { Optional } from '../form/optional.tsx';
import { AsCode } from '../show/as-code.tsx';

interface ReasonDialogProps {
  readonly title: string;
  readonly action: string;
  /** Whether it can't be done without a reason. */
  readonly needed: boolean;
  /** What is posted to. */
  readonly path: string;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onSubmit: (reason: string) => void;
  readonly onDismiss: () => void;
}

/** Asks why, before something is decided against. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { title, action, needed, path, busy, error, onSubmit, onDismiss } = props;
  const [reason, setReason] = useState('');
  const text = reason.trim();
  return (
    <Dialog
      title={title}
      action={action}
      busy={busy}
      disabled={needed && text === ''}
      error={error}
      fields={['reason']}
      onSubmit={() => onSubmit(text)}
      onDismiss={onDismiss}
      asCode={<AsCode method="POST" path={path} body={text === '' ? {} : { reason: text }} />}
    >
      <FormField
        label={needed ? 'Reason' : <Optional>Reason</Optional>}
        description="Who asked for it reads this, and it stays in the audit log."
        errorText={faultOf(error, 'reason')}
      >
        <Textarea value={reason} rows={3} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </Dialog>
  );
}
