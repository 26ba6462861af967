import Container from '@cloudscape-design/components/container';
import Tabs from '@cloudscape-design/components/tabs';
import { CodeBlock } from '../../shared/show/code-block.tsx';
import type { Key } from './key.ts';

/** How a program sends the key; its text is never part of it. */
export function KeySnippets({ of: { tenantId } }: { of: Key }) {
  const url = 'https://api.example.com/v1/orders';
  const snippets = [
    ['curl', `curl ${url} \\\n  -H "x-api-key: $KEY" \\\n  -H 'x-tn: ${tenantId}'`],
    [
      'Node',
      `const response = await fetch('${url}', {\n  headers: { 'x-api-key': process.env.KEY, 'x-tn': '${tenantId}' },\n});`,
    ],
    [
      'Python',
      `import os, requests\n\nresponse = requests.get(\n    "${url}",\n    headers={"x-api-key": os.environ["KEY"], "x-tn": "${tenantId}"},\n)`,
    ],
  ] as const;
  return (
    <Container>
      <Tabs
        ariaLabel="Languages"
        tabs={snippets.map(([label, text]) => ({
          id: label,
          label,
          content: <CodeBlock text={text} what={`${label} example`} />,
        }))}
      />
    </Container>
  );
}
