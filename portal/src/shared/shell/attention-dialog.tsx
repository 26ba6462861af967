import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Modal } from '../form/modal.tsx';
import { keepOpen } from '../form/use-open.ts';
import { type Attention, attention, signInUrl, stepUpUrl } from './attention.ts';

/** In the middle of something: sign in once more, and come back to the same page with the form kept. */
export function AttentionDialog({ wanted }: { wanted: Attention }) {
  const secondFactor = wanted === 'secondFactor';
  const dismiss = () => attention.set(undefined);
  return (
    <Modal
      onDismiss={dismiss}
      header={secondFactor ? 'Confirm it’s you' : 'Your session has ended'}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={dismiss}>
              Not now
            </Button>
            <Button variant="primary" href={secondFactor ? stepUpUrl() : signInUrl()} onClick={keepOpen}>
              {secondFactor ? 'Continue' : 'Sign in'}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {secondFactor
        ? 'This needs a recent sign-in with a second factor. You come back to this page, and what you have typed is kept.'
        : 'Nothing was changed. Sign in to go on: you come back to this page, and what you have typed is kept.'}
    </Modal>
  );
}
