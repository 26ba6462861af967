import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { Modal } from '../form/modal.tsx';
import { CodeBlock } from '../show/code-block.tsx';
import { useLeaving, useShortLife } from './secret-life.ts';
import { StoreElsewhere } from './store-elsewhere.tsx';

/** One of several texts that are shown together. */
export interface LabelledSecret {
  readonly label: string;
  readonly text: string;
}

interface RevealDialogProps {
  readonly title: string;
  /** The whole key, or several. Whoever renders this keeps it in a state that `onDone` empties, and nowhere else. */
  readonly secret: string | readonly LabelledSecret[];
  /** What the key is called, from which names for its places are made. */
  readonly name: string;
  readonly note?: string;
  /** Whether it can't be shown again; true where absent. */
  readonly isOnce?: boolean;
  readonly onDone: () => void;
}

/** Shows a key, or those that belong together, this once: until it is closed, the page is left, or ten minutes have gone by. */
export function RevealDialog({ title, secret, name, note, isOnce = true, onDone }: RevealDialogProps) {
  const [stored, setStored] = useState(!isOnce);
  const leaving = useLeaving(!stored);
  // First nothing asks any more, since to end may lead to another page.
  useShortLife([() => setStored(true), onDone]);
  return (
    <Modal
      size="large"
      header={title}
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
        {typeof secret === 'string' ? (
          <div className="secret">
            <CodeBlock text={secret} what="key" />
          </div>
        ) : (
          secret.map((each) => <Labelled key={each.label} of={each} />)
        )}
        {note && <Box color="text-body-secondary">{note}</Box>}
        {typeof secret === 'string' && <StoreElsewhere secret={secret} name={name} />}
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

function Labelled({ of: { label, text } }: { of: LabelledSecret }) {
  return (
    <div className="secret">
      <Box variant="awsui-key-label">{label}</Box>
      <CodeBlock text={text} what={label} />
    </div>
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
