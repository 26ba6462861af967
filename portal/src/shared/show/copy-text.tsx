import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';

/** A button that copies a text; with `shown` the text stands beside it. `what` names it for people who hear it. */
export function CopyText({ text, what, shown = false }: { text: string; what: string; shown?: boolean }) {
  return (
    <CopyToClipboard
      variant={shown ? 'inline' : 'icon'}
      copyButtonAriaLabel={`Copy ${what}`}
      textToCopy={text}
      copySuccessText="Copied"
      copyErrorText="Your browser did not let this be copied"
    />
  );
}
