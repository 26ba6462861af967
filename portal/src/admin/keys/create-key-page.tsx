import Form from '@cloudscape-design/components/form';
import Grid from '@cloudscape-design/components/grid';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { isWaiting } from '../../../../client/keywright-client.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { FormActions } from '../../shared/form/form-actions.tsx';
import { FormError } from '../../shared/form/form-error.tsx';
import { useDraft } from '../../shared/form/use-draft.ts';
import { RevealDialog } from '../../shared/reveal/reveal-dialog.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { baseOf, useTenantId } from '../scope.tsx';
import { KEYS, type Key, STALE_WITH_KEY } from './key.ts';
import { KeyAccess } from './key-access.tsx';
import { KeyBasics } from './key-basics.tsx';
import { KeyKind } from './key-kind.tsx';
import { KeyRestrictions } from './key-restrictions.tsx';
import { KeySummary } from './key-summary.tsx';
import { bodyOf, EMPTY_KEY, isReady, type NewKey } from './new-key.ts';

const FIELDS = [
  'name',
  'role',
  'permissions',
  'allowedCidrs',
  'allowedOrigins',
  'expiresAt',
  'rateLimits',
  'metadata',
];

export function CreateKeyPage() {
  const tenantId = useTenantId();
  const base = `${baseOf(tenantId)}/keys`;
  const navigate = useNavigate();
  const { values: draft, change, forget } = useDraft<NewKey>(`key.${tenantId}`, EMPTY_KEY);
  const [made, setMade] = useState<{ key: Key; secret: string }>();
  const create = useCreation(tenantId, (result) => {
    forget();
    if (isWaiting(result)) void navigate(`${baseOf(tenantId)}/queue/${result.approval.approvalId}`);
    else if ('secret' in result) setMade(result);
    else void navigate(`${base}/${result.key.keyId}`);
  });
  const close = (keyId: string) => {
    setMade(undefined);
    // The answer that held the key goes with it.
    create.reset();
    void navigate(`${base}/${keyId}`);
  };
  const step = { tenantId, draft, change, error: create.error };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!create.isPending) create.mutate(bodyOf(draft, Date.now()));
  };
  return (
    <Page title="Create key" above={[{ text: 'Keys', href: base }]}>
      <form onSubmit={submit}>
        <Form
          actions={
            <FormActions
              cancel={base}
              busy={create.isPending}
              ready={isReady(draft)}
              save="Create key"
              saving="Creating the key"
            />
          }
        >
          <Grid gridDefinition={[{ colspan: { default: 12, xs: 8 } }, { colspan: { default: 12, xs: 4 } }]}>
            <SpaceBetween size="l">
              <KeyBasics {...step} />
              <KeyKind {...step} />
              <KeyAccess {...step} />
              <KeyRestrictions {...step} />
              <FormError error={create.error} fields={FIELDS} />
            </SpaceBetween>
            <div className="beside">
              <KeySummary tenantId={tenantId} draft={draft} />
            </div>
          </Grid>
        </Form>
      </form>
      {made && (
        <RevealDialog
          title={`Key of ${made.key.name}`}
          secret={made.secret}
          name={made.key.name}
          note={`Send it as x-api-key, together with x-tn: ${tenantId}.`}
          onDone={() => close(made.key.keyId)}
        />
      )}
    </Page>
  );
}

type Created = Awaited<ReturnType<typeof createKey>>;

async function createKey(tenantId: string, body: ReturnType<typeof bodyOf>) {
  return (await api.POST(KEYS, { params: { path: { tenantId } }, body })).data;
}

function useCreation(tenantId: string, after: (result: Created) => void) {
  return useChange((body: ReturnType<typeof bodyOf>) => createKey(tenantId, body), {
    stale: STALE_WITH_KEY,
    after,
    done: (result) =>
      isWaiting(result)
        ? {
            type: 'info',
            header: 'The key waits for a second admin',
            content: 'You get it here once it is approved.',
          }
        : undefined,
  });
}
