import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import LiveRegion from '@cloudscape-design/components/live-region';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../../shared/api/api.ts';
import { isStale, useChange } from '../../shared/api/change.ts';
import { useConfig } from '../../shared/api/config.ts';
import { useEdit } from '../../shared/api/edit.ts';
import { ChangedMeanwhile, saving } from '../../shared/form/changed-meanwhile.tsx';
import { Changes } from '../../shared/form/changes.tsx';
import { FormActions } from '../../shared/form/form-actions.tsx';
import { FormError } from '../../shared/form/form-error.tsx';
import { useDraft } from '../../shared/form/use-draft.ts';
import { SettingsAsCode } from './api-as-code.tsx';
import {
  type ApiSettings,
  changesOfApi,
  consequencesOf,
  draftOfApi,
  settingsIn,
  settingsInWords,
} from './api-draft.ts';
import { API_FIELDS, CallerFields, ReaderFields } from './api-fields.tsx';
import { ApiFormPage } from './api-form-page.tsx';
import { APIS, type Api, PRODUCTS } from './catalogue.ts';

const API = '/v1/apis/{apiId}';
const LABELS: Readonly<Record<keyof ApiSettings, string>> = {
  name: 'Name',
  description: 'Description',
  baseUrl: 'Base URL',
  clientKeyRequired: 'Client key',
  oauth: 'OAuth token',
};

/** Changes what an API is called, what its callers are told, and what they must send. */
export function EditApiPage() {
  return (
    <ApiFormPage
      title={(name = 'API') => `Edit ${name}`}
      description="Its environment, and whether tenants’ or subscriptions’ keys open it, stay as they are."
      operation="updateApi"
      form={(of, back) => <EditForm key={of.apiId} of={of} back={back} />}
    />
  );
}

/** What is edited, what it was when that began, and how it is saved. Both outlast a sign-in. */
function useSettingsForm(of: Api, back: string) {
  const { apiId, scheme } = of;
  const navigate = useNavigate();
  const [begun] = useState(() => ({ before: settingsIn(of), draft: draftOfApi(of) }));
  const { values, change, forget } = useDraft(`api.${apiId}`, begun);
  const { before, draft } = values;
  const body = changesOfApi(before, draft, scheme);
  const edit = useEdit(API, { path: { apiId } }, before);
  const save = useChange(
    async () => {
      const params = { path: { apiId }, header: { 'If-Match': edit.etag ?? '*' } };
      return (await api.PATCH(API, { params, body })).data;
    },
    {
      onStale: edit.reread,
      stale: [API, `${API}/openapi`, APIS, PRODUCTS],
      done: ({ name }) => ({ type: 'success', header: `${name} is saved` }),
      after: () => {
        forget();
        void navigate(back);
      },
    },
  );
  const set = (part: Partial<typeof draft>) => change({ draft: { ...draft, ...part } });
  return { before, draft, set, body, edit, save };
}

function EditForm({ of, back }: { of: Api; back: string }) {
  const { before, draft, set, body, edit, save } = useSettingsForm(of, back);
  const problem = body.oauth === null ? scopesLeft(of) : undefined;
  const ready =
    Object.keys(body).length > 0 &&
    draft.name.trim() !== '' &&
    problem === undefined &&
    edit.etag !== undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !save.isPending) save.mutate(undefined);
  };
  const fields = { draft, change: set, error: save.error };
  return (
    <form onSubmit={submit}>
      <Form actions={<FormActions cancel={back} busy={save.isPending} ready={ready} save={saving(edit)} />}>
        <Grid gridDefinition={[{ colspan: { default: 12, xs: 8 } }, { colspan: { default: 12, xs: 4 } }]}>
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">What people are told</Header>}>
              <ReaderFields {...fields} />
            </Container>
            {of.scheme === 'subscription' && (
              <Container header={<Header variant="h2">What callers send beside their key</Header>}>
                <CallerFields {...fields} {...(problem !== undefined && { problem })} />
              </Container>
            )}
            <ChangedMeanwhile
              of={{ ...edit, changed: settingsInWords(edit.changed) }}
              mine={settingsInWords({ ...before, ...body })}
              labels={LABELS}
            />
            <FormError error={isStale(save.error) ? null : save.error} fields={API_FIELDS} />
          </SpaceBetween>
          <AboutToChange of={of} before={before} body={body} />
        </Grid>
      </Form>
    </form>
  );
}

/** Scopes of routes are asked of the token: while there are some, it can't be done without. */
function scopesLeft({ routes }: Api): string | undefined {
  const asking = routes.filter(({ scopes }) => scopes?.length).length;
  if (asking === 0) return undefined;
  const ask = asking === 1 ? 'A route asks' : `${asking} routes ask`;
  return `${ask} for scopes of the token. Take them out in Edit routes first.`;
}

interface AboutToChangeProps {
  readonly of: Api;
  readonly before: ApiSettings;
  readonly body: Partial<ApiSettings>;
}

function AboutToChange({ of: { apiId, environment }, before, body }: AboutToChangeProps) {
  const { apiOrigins } = useConfig();
  const { callers, readers } = consequencesOf({ ...before, environment }, body, apiOrigins);
  return (
    <Container header={<Header variant="h2">Changes</Header>}>
      <SpaceBetween size="m">
        <Changes of={settingsInWords(body)} labels={LABELS} none="Nothing so far." />
        <LiveRegion>
          <SpaceBetween size="s">
            {callers.length > 0 && (
              <Alert type="warning" header="Callers notice within five seconds">
                <Lines of={callers} />
              </Alert>
            )}
            {readers.length > 0 && (
              <Alert type="info" header="What people find">
                <Lines of={readers} />
              </Alert>
            )}
          </SpaceBetween>
        </LiveRegion>
        {Object.keys(body).length > 0 && <SettingsAsCode apiId={apiId} body={body} />}
      </SpaceBetween>
    </Container>
  );
}

function Lines({ of }: { of: readonly string[] }) {
  return (
    <SpaceBetween size="xs">
      {of.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </SpaceBetween>
  );
}
