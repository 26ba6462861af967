import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { api } from '../../shared/api/api.ts';
import { isStale } from '../../shared/api/change.ts';
import { useEdit } from '../../shared/api/edit.ts';
import { reading } from '../../shared/api/queries.ts';
import { ChangedMeanwhile, saving } from '../../shared/form/changed-meanwhile.tsx';
import { FormActions } from '../../shared/form/form-actions.tsx';
import { FormError, faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { useDraft } from '../../shared/form/use-draft.ts';
import { Page } from '../../shared/shell/page.tsx';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { PageSkeleton } from '../../shared/states/page-skeleton.tsx';
import { ErrorState } from '../../shared/states/states.tsx';
import { baseOf, useTenantId } from '../scope.tsx';
import { changesOf, draftOf, fieldsOf, type KeyFields } from './changed-key.ts';
import { KEY, type Key } from './key.ts';
import { KeyAccess } from './key-access.tsx';
import { KeyChanges } from './key-changes.tsx';
import { KeyRestrictions } from './key-restrictions.tsx';
import type { NewKey, StepProps } from './new-key.ts';
import { useKeyChange } from './use-key-change.ts';

const LABELS: Readonly<Record<keyof KeyFields, string>> = {
  name: 'Name',
  role: 'Role',
  permissions: 'Permissions',
  allowedCidrs: 'Networks',
  allowedOrigins: 'Web origins',
  expiresAt: 'Expires',
  rateLimits: 'Limits',
  metadata: 'Metadata',
};

/** Changes what a key is called, what it may do, from where and how often; its secret stays. */
export function EditKeyPage() {
  const tenantId = useTenantId();
  const { keyId = '' } = useParams();
  const { data: key, error, refetch } = useQuery(reading(KEY, { path: { tenantId, keyId } }));
  const base = `${baseOf(tenantId)}/keys`;
  if (key === undefined) {
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <PageSkeleton />;
  }
  return (
    <Page
      title={`Edit ${key.name}`}
      beside={<EnvironmentBadge environment={key.environment} />}
      above={[
        { text: 'Keys', href: base },
        { text: key.name, href: `${base}/${keyId}` },
      ]}
    >
      <EditForm key={keyId} of={key} back={`${base}/${keyId}`} />
    </Page>
  );
}

/** What is being edited, and what it was when that began: both outlast a sign-in. */
function useKeyDraft(key: Key) {
  const [search] = useSearchParams();
  const [begun] = useState({
    before: fieldsOf(key),
    first: draftOf(key),
    draft: draftOf(key, search.get('network') ?? undefined),
  });
  return useDraft(`key.${key.tenantId}.${key.keyId}`, begun);
}

function EditForm({ of: key, back }: { of: Key; back: string }) {
  const { tenantId, keyId } = key;
  const navigate = useNavigate();
  const { values, change, forget } = useKeyDraft(key);
  const { before, first, draft } = values;
  const body = changesOf(before, first, draft, Date.now());
  const edit = useEdit(KEY, { path: { tenantId, keyId } }, before);
  const save = useKeyChange(
    key,
    async () => {
      const params = { path: { tenantId, keyId }, header: { 'If-Match': edit.etag ?? '*' } };
      return (await api.PATCH(KEY, { params, body })).data;
    },
    {
      onStale: edit.reread,
      done: () => ({
        type: 'success',
        header: `${draft.name.trim()} is saved`,
        content: 'Every API knows within five seconds.',
      }),
      after: () => {
        forget();
        void navigate(back);
      },
    },
  );
  const step: StepProps = {
    tenantId,
    draft,
    change: (part: Partial<NewKey>) => change({ draft: { ...draft, ...part } }),
    error: save.error,
  };
  const isSame = Object.keys(body).length === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending && !isSame) save.mutate(undefined);
  };
  return (
    <form onSubmit={submit}>
      <Form
        actions={
          <FormActions
            cancel={back}
            busy={save.isPending}
            ready={!isSame && draft.name.trim() !== '' && edit.etag !== undefined}
            save={saving(edit)}
          />
        }
      >
        <Grid gridDefinition={[{ colspan: { default: 12, xs: 8 } }, { colspan: { default: 12, xs: 4 } }]}>
          <SpaceBetween size="l">
            <KeyName {...step} />
            <KeyAccess {...step} title="Access" />
            <KeyRestrictions {...step} title="Restrictions" />
            <ChangedMeanwhile of={edit} mine={{ ...before, ...body }} labels={LABELS} />
            <FormError error={isStale(save.error) ? null : save.error} fields={Object.keys(LABELS)} />
          </SpaceBetween>
          <KeyChanges of={key} body={body} labels={LABELS} />
        </Grid>
      </Form>
    </form>
  );
}

function KeyName({ draft, change, error }: StepProps) {
  return (
    <Container header={<Header variant="h2">Name</Header>}>
      <FormField label="Name" fault={faultOf(error, 'name')}>
        <Input value={draft.name} onChange={({ detail }) => change({ name: detail.value })} />
      </FormField>
    </Container>
  );
}
