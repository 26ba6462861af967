import Textarea from '@cloudscape-design/components/textarea';
import { Dialog } from '../form/dialog.tsx';
import { faultOf } from '../form/form-error.tsx';
import { FormField } from '../form/form-field.tsx';
import { Optional } from '../form/optional.tsx';
import { useTyped } from '../form/use-draft.ts';
import { AsCode } from '../show/as-code.tsx';
import { keywright } from '../show/command-line.ts';

interface ReasonDialogProps {
  readonly title: string;
  readonly action: string;
  /** Whether it can't be done without a reason. */
  readonly needed: boolean;
  /** What is posted to. */
  readonly path: string;
  /** The words of the command that does the same, without the reason. */
  readonly words: readonly string[];
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onSubmit: (reason: string) => void;
  readonly onDismiss: () => void;
}

/** Asks why, before something is decided against. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { title, action, needed, path, words, busy, error, onSubmit, onDismiss } = props;
  const [typed, setTyped] = useTyped(`reason.${path}`, '');
  const text = typed.trim();
  const reason = text === '' ? undefined : text;
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
      asCode={
        <AsCode
          method="POST"
          path={path}
          body={reason === undefined ? {} : { reason }}
          command={keywright(words, { reason })}
        />
      }
    >
      <FormField
        label={needed ? 'Reason' : <Optional>Reason</Optional>}
        description="Who asked for it reads this, and it stays in the audit log."
        fault={faultOf(error, 'reason')}
      >
        <Textarea value={typed} rows={3} onChange={({ detail }) => setTyped(detail.value)} />
      </FormField>
    </Dialog>
  );
}
