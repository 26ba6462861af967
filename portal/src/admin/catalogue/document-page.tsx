import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import FileInput from '@cloudscape-design/components/file-input';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { FormActions } from '../../shared/form/form-actions.tsx';
import { FormError } from '../../shared/form/form-error.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { ApiFormPage } from './api-form-page.tsx';
import type { Api } from './catalogue.ts';
import { type DocumentProblem, problemsIn, readDocumentText } from './document-text.ts';

const API = '/v1/apis/{apiId}';
const DOCUMENT = '/v1/apis/{apiId}/openapi';

/** Gives an API its OpenAPI document: what its callers read, and what the explorer calls by. */
export function DocumentPage() {
  return (
    <ApiFormPage
      title={(name) => (name === undefined ? 'OpenAPI document' : `OpenAPI document of ${name}`)}
      description="OpenAPI 3.0 or 3.1, in JSON or YAML. Servers and how to authenticate are Keywright’s to say, and stay out of it."
      operation="putApiOpenApi"
      form={(of, back) => <UploadForm key={of.apiId} of={of} back={back} />}
    />
  );
}

function useUpload({ apiId, name }: Api, back: string) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [read, setRead] = useState(() => readDocumentText(''));
  const upload = useChange(
    async () => (await api.PUT(DOCUMENT, { params: { path: { apiId } }, body: read.body as never })).data,
    {
      stale: [API, DOCUMENT],
      done: ({ openapi }) => ({
        type: 'success',
        header: `${name} is described by ${openapi?.title ?? 'its document'}`,
        content: `${openapi?.operations ?? 0} operations. Edit routes can take those that have none.`,
      }),
      after: () => void navigate(back),
    },
  );
  const change = (next: string) => {
    upload.reset();
    setText(next);
    setRead(readDocumentText(next));
  };
  const problems = text.trim() === '' ? [] : [...read.problems, ...problemsIn(read, upload.error)];
  return { text, change, upload, problems, ready: read.body !== undefined };
}

function UploadForm({ of, back }: { of: Api; back: string }) {
  const { text, change, upload, problems, ready } = useUpload(of, back);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !upload.isPending) upload.mutate(undefined);
  };
  return (
    <form onSubmit={submit}>
      <Form
        actions={
          <FormActions cancel={back} busy={upload.isPending} ready={ready} save="Upload" saving="Uploading" />
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Document</Header>}>
            <SpaceBetween size="m">
              <FileInput
                value={[]}
                accept=".json,.yaml,.yml,application/json,application/yaml"
                onChange={({ detail }) => void detail.value[0]?.text().then(change)}
              >
                Choose a file
              </FileInput>
              <FormField label="Text" stretch>
                <Textarea
                  rows={18}
                  spellcheck={false}
                  value={text}
                  placeholder={'openapi: 3.1.1\ninfo:\n  title: Orders\n  version: "1"'}
                  onChange={({ detail }) => change(detail.value)}
                />
              </FormField>
              <Problems of={problems} />
            </SpaceBetween>
          </Container>
          <AsCode
            method="PUT"
            path={`/v1/apis/${of.apiId}/openapi`}
            command={keywright(['apis', 'openapi', 'put', of.apiId, 'openapi.yaml'])}
          />
          {problems.length === 0 && <FormError error={upload.error} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}

function Problems({ of }: { of: readonly DocumentProblem[] }) {
  if (of.length === 0) return null;
  const header = of.length === 1 ? 'One thing is wrong' : `${of.length} things are wrong`;
  return (
    <Alert type="error" header={header}>
      <ul>
        {of.map(({ line, message }) => (
          <li key={`${line} ${message}`}>
            {line !== undefined && <strong>Line {line}: </strong>}
            {message}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
