import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../../shared/api/api.ts';
import { isStale, useChange } from '../../shared/api/change.ts';
import { useEdit } from '../../shared/api/edit.ts';
import { reading } from '../../shared/api/queries.ts';
import { ChangedMeanwhile, saving } from '../../shared/form/changed-meanwhile.tsx';
import { FormActions } from '../../shared/form/form-actions.tsx';
import { FormError } from '../../shared/form/form-error.tsx';
import { useDraft } from '../../shared/form/use-draft.ts';
import { Facts } from '../../shared/show/facts.tsx';
import { RoutesAsCode } from './api-as-code.tsx';
import { ApiFormPage } from './api-form-page.tsx';
import { APIS, type Api } from './catalogue.ts';
import {
  differencesOf,
  draftOf,
  isSameTable,
  type NewRoutes,
  type RouteDraft,
  routeInWords,
  routesMissing,
  routesOf,
} from './route-draft.ts';
import { RouteEditor } from './route-editor.tsx';
import { TryRoutes, useTrial } from './try-routes.tsx';

const API = '/v1/apis/{apiId}';
const DOCUMENT = '/v1/apis/{apiId}/openapi';

/** Changes what an API's routes need; the table can be tried before it is saved. */
export function EditRoutesPage() {
  return (
    <ApiFormPage
      title={(name) => (name === undefined ? 'Edit routes' : `Edit routes of ${name}`)}
      description="The most specific route that matches decides, whatever their order. What none matches needs the permission that the default rule makes of its path."
      operation="updateApi"
      form={(of, back) => <EditForm key={of.apiId} of={of} back={back} />}
    />
  );
}

/** What is edited, what it was when that began, and what is done with it. Both outlast a sign-in. */
function useRoutesForm({ apiId, name, routes: now }: Api, back: string) {
  const navigate = useNavigate();
  const [begun] = useState(() => ({ before: now, draft: draftOf(now) as readonly RouteDraft[] }));
  const { values, change, forget } = useDraft(`routes.${apiId}`, begun);
  const { before, draft } = values;
  const routes = routesOf(draft);
  const edit = useEdit(API, { path: { apiId } }, { routes: before });
  const trial = useTrial(apiId);
  const save = useChange(
    async () => {
      const params = { path: { apiId }, header: { 'If-Match': edit.etag ?? '*' } };
      return (await api.PATCH(API, { params, body: { routes } })).data;
    },
    {
      onStale: edit.reread,
      stale: [API, APIS],
      done: () => ({
        type: 'success',
        header: `The routes of ${name} are saved`,
        content: 'Every call is held to them within five seconds.',
      }),
      after: () => {
        forget();
        void navigate(back);
      },
    },
  );
  const was = routesOf(draftOf(before));
  return { was, draft, routes, change, edit, trial, save, isSame: isSameTable(was, routes) };
}

function EditForm({ of, back }: { of: Api; back: string }) {
  const { was, draft, routes, change, edit, trial, save, isSame } = useRoutesForm(of, back);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (save.isPending || isSame) return;
    trial.reset();
    save.mutate(undefined);
  };
  const tryIt = () => {
    save.reset();
    trial.mutate(routes);
  };
  const ready = !isSame && edit.etag !== undefined;
  return (
    <form onSubmit={submit}>
      <Form actions={<FormActions cancel={back} busy={save.isPending} ready={ready} save={saving(edit)} />}>
        <SpaceBetween size="l">
          <Container
            header={
              <Header
                variant="h2"
                actions={
                  <FromDocument
                    of={of}
                    draft={draft}
                    onAdd={(more) => change({ draft: [...draft, ...more] })}
                  />
                }
              >
                Routes
              </Header>
            }
          >
            <RouteEditor
              draft={draft}
              onChange={(next) => change({ draft: next })}
              hasScopes={of.oauth !== null}
              error={save.error ?? trial.error}
            />
          </Container>
          <Container header={<Header variant="h2">Changes</Header>}>
            <SpaceBetween size="m">
              <Differences before={was} after={routes} />
              {!isSame && <TryRoutes trial={trial} routes={routes} onTry={tryIt} />}
              {!isSame && <RoutesAsCode apiId={of.apiId} routes={routes} />}
            </SpaceBetween>
          </Container>
          <ChangedMeanwhile
            of={{
              ...edit,
              changed: edit.changed.routes ? { routes: edit.changed.routes.map(routeInWords) } : {},
            }}
            mine={{ routes: routes.map(routeInWords) }}
            labels={{ routes: 'Routes' }}
          />
          <FormError error={isStale(save.error) ? null : save.error} fields={['routes']} />
        </SpaceBetween>
      </Form>
    </form>
  );
}

interface FromDocumentProps {
  readonly of: Api;
  readonly draft: readonly RouteDraft[];
  readonly onAdd: (routes: readonly RouteDraft[]) => void;
}

/** Takes up the operations of the API's OpenAPI document that have no route yet. */
function FromDocument({ of: { apiId, openapi }, draft, onAdd }: FromDocumentProps) {
  const { data } = useQuery({ ...reading(DOCUMENT, { path: { apiId } }), enabled: openapi !== null });
  if (openapi === null) return null;
  const missing = routesMissing(draft, data);
  const text =
    missing.length === 0 ? 'Nothing to add from the document' : `Add ${missing.length} from the document`;
  return (
    <Button formAction="none" disabled={missing.length === 0} onClick={() => onAdd(missing)}>
      {data === undefined ? 'Add from the document' : text}
    </Button>
  );
}

const HEADS = { added: 'Added', changed: 'Changed', removed: 'Removed' } as const;

function Differences({ before, after }: { before: NewRoutes; after: NewRoutes }) {
  const differences = differencesOf(before, after);
  const facts = (Object.keys(HEADS) as (keyof typeof HEADS)[])
    .filter((kind) => differences[kind].length > 0)
    .map((kind) => [HEADS[kind], <Lines key={kind} of={differences[kind]} />] as const);
  return facts.length === 0 ? (
    <Box color="text-body-secondary">
      {isSameTable(before, after) ? 'Nothing so far.' : 'The same routes in another order.'}
    </Box>
  ) : (
    <Facts columns={1} facts={facts} />
  );
}

function Lines({ of }: { of: readonly string[] }) {
  return of.map((line) => (
    <div key={line} className="mono">
      {line}
    </div>
  ));
}
