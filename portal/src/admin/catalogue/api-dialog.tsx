import FormField from '@cloudscape-design/components/form-field';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Tiles from '@cloudscape-design/components/tiles';
import { useId } from 'react';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { Dialog } from '../../shared/form/dialog.tsx';
import { useDraft, useTyped } from '../../shared/form/use-draft.ts';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywrightWith } from '../../shared/show/command-line.ts';
import { EMPTY_API, newApiOf } from './api-draft.ts';
import { API_FIELDS, CallerFields, ReaderFields } from './api-fields.tsx';
import { APIS, type Api } from './catalogue.ts';

const SCHEMES = [
  { value: 'tenant', label: 'A tenant’s key', description: 'For customers who call with keys of their own.' },
  {
    value: 'subscription',
    label: 'A subscription’s key',
    description: 'For developers who subscribe to a product.',
  },
];

/** Registers an API that an authorizer is to protect. */
export function ApiDialog({ onDismiss }: { onDismiss: () => void }) {
  const { values: draft, change } = useDraft('api.draft', EMPTY_API);
  const [environment, setEnvironment] = useTyped<Api['environment']>('api.environment', 'sandbox');
  const [scheme, setScheme] = useTyped<Api['scheme']>('api.scheme', 'tenant');
  const label = useId();
  const body = newApiOf(draft, { environment, scheme });
  const create = useChange(async () => (await api.POST(APIS, { body })).data, {
    stale: [APIS],
    done: ({ apiId }) => ({ type: 'success', header: `${body.name} is registered as ${apiId}` }),
    after: onDismiss,
  });
  const fields = { draft, change, error: create.error };
  return (
    <Dialog
      title="Register API"
      action="Register"
      busy={create.isPending}
      disabled={body.name === ''}
      error={create.error}
      fields={API_FIELDS}
      onSubmit={() => create.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode method="POST" path={APIS} body={body} command={keywrightWith(['apis', 'create'], body)} />
      }
    >
      <ReaderFields {...fields} />
      <FormField label={<span id={label}>Environment</span>}>
        <SegmentedControl
          ariaLabelledby={label}
          selectedId={environment}
          options={[
            { id: 'sandbox', text: 'Sandbox' },
            { id: 'live', text: 'Live' },
          ]}
          onChange={({ detail }) => setEnvironment(detail.selectedId as Api['environment'])}
        />
      </FormField>
      <FormField label="Called with">
        <Tiles
          value={scheme}
          items={SCHEMES}
          onChange={({ detail }) => setScheme(detail.value as Api['scheme'])}
        />
      </FormField>
      {scheme === 'subscription' && <CallerFields {...fields} />}
    </Dialog>
  );
}
