import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { CodeBlock } from '../show/code-block.tsx';
import { useLeaving, useShortLife } from './secret-life.ts';
import { StoreElsewhere } from './store-elsewhere.tsx';

interface RevealDialogProps {
  readonly title: string;
  /** The whole key. Whoever renders this keeps it in a state that `onDone` empties, and nowhere else. */
  readonly secret: string;
  /** What the key is called, from which names for its places are made. */
  readonly name: string;
  readonly note?: string;
  /** Whether it can't be shown again; true where absent. */
  readonly isOnce?: boolean;
  readonly onDone: () => void;
}

/** Shows a key, this once: until it is closed, the page is left, or ten minutes have gone by. */
export function RevealDialog({ title, secret, name, note, isOnce = true, onDone }: RevealDialogProps) {
  const [stored, setStored] = useState(!isOnce);
  const leaving = useLeaving(!stored);
  // First nothing asks any more, since to end may lead to another page.
  useShortLife([() => setStored(true), onDone]);
  return (
    <Modal
      visible
      size="large"
      header={title}
      closeAriaLabel="Close"
      onDismiss={() => stored && onDone()}
      footer={
        <Box float="right">
          <Button variant="primary" disabled={!stored} onClick={onDone}>
            Close
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {isOnce && <Once />}
        <div className="secret">
          <CodeBlock text={secret} what="key" />
        </div>
        {note && <Box color="text-body-secondary">{note}</Box>}
        <StoreElsewhere secret={secret} name={name} />
        {isOnce && (
          <Checkbox checked={stored} onChange={({ detail }) => setStored(detail.checked)}>
            I have stored the key
          </Checkbox>
        )}
        {leaving && <Leaving {...leaving} />}
      </SpaceBetween>
    </Modal>
  );
}

function Once() {
  return (
    <Alert type="warning">
      This is the only time that the key is shown. Nobody can look it up later, not even an admin.
    </Alert>
  );
}

function Leaving({ stay, leave }: { stay: () => void; leave: () => void }) {
  return (
    <Alert
      type="error"
      header="Leave without the key?"
      action={
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={stay}>Stay</Button>
          <Button onClick={leave}>Leave</Button>
        </SpaceBetween>
      }
    >
      It can’t be shown again. You would have to rotate the key to get another.
    </Alert>
  );
}
