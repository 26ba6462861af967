import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { CodeBlock } from '../../shared/show/code-block.tsx';
import { PartSkeleton } from '../../shared/states/page-skeleton.tsx';
import type { Key } from './key.ts';
import { reachOf } from './key-reach.ts';
import { EXAMPLE, type Target, targetsOf } from './key-targets.ts';
import { useApisOf } from './use-apis.ts';
import { useGrants } from './use-grants.ts';

/** How a program sends the key, to what it opens; its text is never part of it. */
export function KeySnippets({ of: key }: { of: Key }) {
  const apis = useApisOf(key.environment);
  const { grants, error } = useGrants(key);
  const [chosen, setChosen] = useState<string>();
  if (apis === undefined || (grants === undefined && error === null)) return <PartSkeleton height="200px" />;
  const permissions = (grants ?? []).flatMap(({ permission, has }) => (has ? [permission] : []));
  const targets = targetsOf(apis, reachOf(apis, { ...key, permissions }), permissions);
  const target = targets.find(({ apiId }) => apiId === chosen) ?? targets[0];
  return (
    <Container>
      <SpaceBetween size="m">
        {target === undefined && (
          <Alert type="info">
            None of the APIs that this key opens has a base URL, so api.example.com stands for it. Whoever
            runs this portal can give an API one.
          </Alert>
        )}
        {target !== undefined && targets.length > 1 && (
          <FormField label="API">
            <Select
              options={targets.map(({ apiId, name }) => ({ value: apiId, label: name }))}
              selectedOption={{ value: target.apiId, label: target.name }}
              onChange={({ detail }) => setChosen(detail.selectedOption.value)}
            />
          </FormField>
        )}
        <Snippets of={target ?? EXAMPLE} tenantId={key.tenantId} />
      </SpaceBetween>
    </Container>
  );
}

function Snippets({ of: { method, url }, tenantId }: { of: Target; tenantId: string }) {
  const isGet = method === 'GET';
  const snippets = [
    [
      'curl',
      `curl ${isGet ? '' : `-X ${method} `}'${url}' \\\n  -H "x-api-key: $KEY" \\\n  -H 'x-tn: ${tenantId}'`,
    ],
    [
      'Node',
      `const response = await fetch('${url}', {\n${isGet ? '' : `  method: '${method}',\n`}  headers: { 'x-api-key': process.env.KEY, 'x-tn': '${tenantId}' },\n});`,
    ],
    [
      'Python',
      `import os, requests\n\nresponse = requests.request(\n    "${method}",\n    "${url}",\n    headers={"x-api-key": os.environ["KEY"], "x-tn": "${tenantId}"},\n)`,
    ],
  ] as const;
  return (
    <Tabs
      ariaLabel="Languages"
      tabs={snippets.map(([label, text]) => ({
        id: label,
        label,
        content: <CodeBlock text={text} what={`${label} example`} />,
      }))}
    />
  );
}
