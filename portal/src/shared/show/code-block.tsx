import Box from '@cloudscape-design/components/box';
import { CopyText } from './copy-text.tsx';

/** Lines to be copied; long ones are broken, so that a phone shows them whole. */
export function CodeBlock({ text, what }: { text: string; what: string }) {
  return (
    <div className="code-block">
      <pre>
        <Box variant="code">{text}</Box>
      </pre>
      <CopyText text={text} what={what} />
    </div>
  );
}
