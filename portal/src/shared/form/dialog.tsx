import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { FormEvent, ReactNode } from 'react';
import { FormError } from './form-error.tsx';
import { Modal } from './modal.tsx';
import { useFirstField } from './use-first-field.ts';

interface DialogProps {
  readonly title: string;
  /** What the button says that does it: a verb. */
  readonly action: string;
  readonly busy: boolean;
  readonly disabled?: boolean;
  readonly error: Error | null;
  /** Fields of the body that show their faults themselves. */
  readonly fields?: readonly string[];
  readonly onSubmit: () => void;
  readonly onDismiss: () => void;
  /** The same as code, below. Each dialog that does something has it. */
  readonly asCode: ReactNode;
  /** Side by side: what a fragment holds would stand without a gap. */
  readonly children: ReactNode;
}

/** A dialog that asks for something and does it. Its button is busy meanwhile, and it stays open when it fails. */
export function Dialog(props: DialogProps) {
  const {
    title,
    action,
    busy,
    disabled = false,
    error,
    fields,
    onSubmit,
    onDismiss,
    asCode,
    children,
  } = props;
  const form = useFirstField();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy && !disabled) onSubmit();
  };
  const buttons = (
    <Box float="right">
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="link" formAction="none" onClick={onDismiss}>
          Cancel
        </Button>
        <Button variant="primary" loading={busy} loadingText={action} disabled={disabled}>
          {action}
        </Button>
      </SpaceBetween>
    </Box>
  );
  return (
    <Modal onDismiss={onDismiss} header={title}>
      <form ref={form} onSubmit={submit}>
        <Form actions={buttons}>
          <SpaceBetween size="l">
            {children}
            {asCode}
            <FormError error={error} {...(fields && { fields })} />
          </SpaceBetween>
        </Form>
      </form>
    </Modal>
  );
}
