import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Tabs from '@cloudscape-design/components/tabs';
import { CodeBlock } from '../../shared/show/code-block.tsx';
import type { ApiCall } from './api-call.ts';
import { codeSamples } from './code-samples.ts';

/** The same call for a program. */
export function CallCode({ of: call }: { of: ApiCall }) {
  const secrets = call.headers.flatMap(({ secret }) => (secret === undefined ? [] : [secret]));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`Reads ${secrets.join(', ')} from the environment, so that no secret stands in code.`}
        >
          Code
        </Header>
      }
    >
      <Tabs
        ariaLabel="Languages"
        tabs={codeSamples(call).map(({ language, text }) => ({
          id: language,
          label: language,
          content: <CodeBlock text={text} what={`${language} code`} />,
        }))}
      />
    </Container>
  );
}
