import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { Modal } from '../form/modal.tsx';
import { CopyText } from '../show/copy-text.tsx';

export interface Invited {
  readonly row: number;
  readonly email: string;
  readonly result: 'invited' | 'waiting' | 'exists' | 'invalid' | 'refused' | 'pending';
  readonly link?: string | undefined;
  readonly message?: string | undefined;
}

const WORDS: Readonly<Record<Invited['result'], string>> = {
  invited: 'Invited',
  waiting: 'Waits for a second admin',
  exists: 'Is a member or invited already',
  invalid: 'Not invited',
  refused: 'Not invited',
  pending: 'Not done yet: try again',
};

/** What became of each address. The links are good for seven days, and shown this once. */
export function InvitationResults({
  invited,
  onDismiss,
}: {
  invited: readonly Invited[];
  onDismiss: () => void;
}) {
  return (
    <Modal
      size="large"
      header="Invitations"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onDismiss}>
            Done
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box>Each link is good once, for seven days, for that address alone. It is not shown again.</Box>
        {invited.map(({ row, email, result, link, message }) => (
          <div key={row}>
            <Box variant="strong">{email}</Box>{' '}
            <StatusIndicator
              type={result === 'invited' ? 'success' : result === 'waiting' ? 'pending' : 'warning'}
            >
              {message ?? WORDS[result]}
            </StatusIndicator>
            {link !== undefined && (
              <div>
                <CopyText text={link} what={`link for ${email}`} /> <span className="mono small">{link}</span>
              </div>
            )}
          </div>
        ))}
      </SpaceBetween>
    </Modal>
  );
}
