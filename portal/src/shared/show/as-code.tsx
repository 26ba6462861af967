import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Tabs from '@cloudscape-design/components/tabs';
import { CodeBlock } from './code-block.tsx';
import { quoted } from './command-line.ts';

/** A request of the management API, and what the same takes elsewhere. */
export interface AsCodeProps {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Several for the same with each of them. */
  readonly path: string | readonly string[];
  readonly body?: unknown;
  /** The command that does the same; undefined where its options can’t say the body. */
  readonly command: string | undefined;
  /** What says the same in a stack of the AWS CDK. */
  readonly cdk?: string;
}

/** What a dialog does, for whoever wants to script it. */
export function AsCode({ method, path, body, command, cdk }: AsCodeProps) {
  const tabs = [
    { id: 'curl', label: 'curl', text: curlOf({ method, path, body }) },
    ...(command === undefined ? [] : [{ id: 'cli', label: 'CLI', text: command }]),
    ...(cdk === undefined ? [] : [{ id: 'cdk', label: 'CDK', text: cdk }]),
  ];
  return (
    <ExpandableSection headerText="Show as code" variant="footer">
      <Tabs
        ariaLabel="Ways to do the same"
        tabs={tabs.map(({ id, label, text }) => ({
          id,
          label,
          content: <CodeBlock text={text} what={`${label} example`} />,
        }))}
      />
    </ExpandableSection>
  );
}

function curlOf({ method, path, body }: Pick<AsCodeProps, 'method' | 'path' | 'body'>): string {
  return [path]
    .flat()
    .map((each) => oneCurlOf(method, each, body))
    .join('\n');
}

function oneCurlOf(method: string, path: string, body: unknown): string {
  const lines = [
    `curl -X ${method} '${location.origin}${path}'`,
    `-H "Authorization: Bearer $TOKEN"`,
    ...(body === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(body))}`]),
  ];
  return lines.join(' \\\n  ');
}
