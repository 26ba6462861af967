import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';

interface FormActionsProps {
  /** The page that one goes back to. */
  readonly cancel: string;
  readonly busy: boolean;
  readonly ready: boolean;
  /** What the button says. */
  readonly save: string;
  /** What it says to a screen reader while it is busy. */
  readonly saving?: string;
}

/** The buttons of a form that is a page. */
export function FormActions({ cancel, busy, ready, save, saving = 'Saving' }: FormActionsProps) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button variant="link" href={cancel} formAction="none">
        Cancel
      </Button>
      <Button variant="primary" loading={busy} loadingText={saving} disabled={!ready}>
        {save}
      </Button>
    </SpaceBetween>
  );
}
