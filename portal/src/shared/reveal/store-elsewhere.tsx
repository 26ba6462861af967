import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { CodeBlock } from '../show/code-block.tsx';
import { quoted } from '../show/command-line.ts';
import { saveFile } from '../show/save-file.ts';

/** Ways to put a key where it belongs. Commands ask for it, so that no shell keeps it in its history. */
export function StoreElsewhere({ secret, name }: { secret: string; name: string }) {
  const slug =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'key';
  const variable = `${slug.replaceAll('-', '_').toUpperCase()}_API_KEY`.replace(/^(?=\d)/, '_');
  return (
    <ExpandableSection headerText="Store it elsewhere" variant="footer">
      <SpaceBetween size="s">
        <Button iconName="download" onClick={() => saveFile(`${slug}.env`, `${variable}=${secret}\n`)}>
          Download as .env
        </Button>
        <CodeBlock
          what="command for AWS Secrets Manager"
          text={`read -rsp 'Key: ' KEY && aws secretsmanager create-secret --name ${quoted(slug)} --secret-string "$KEY"`}
        />
        <CodeBlock what="command for GitHub" text={`gh secret set ${variable}   # asks for the key`} />
      </SpaceBetween>
    </ExpandableSection>
  );
}
