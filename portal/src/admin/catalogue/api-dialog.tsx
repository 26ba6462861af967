import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Tiles from '@cloudscape-design/components/tiles';
import { useState } from 'react';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { Dialog } from '../../shared/form/dialog.tsx';
import { faultOf } from '../../shared/form/form-error.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
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
  const [name, setName] = useState('');
  const [environment, setEnvironment] = useState<Api['environment']>('sandbox');
  const [scheme, setScheme] = useState<Api['scheme']>('tenant');
  const [clientKeyRequired, setClientKeyRequired] = useState(false);
  const body = { name: name.trim(), environment, scheme, clientKeyRequired };
  const create = useChange(async () => (await api.POST(APIS, { body })).data, {
    stale: [APIS],
    done: ({ apiId }) => ({ type: 'success', header: `${body.name} is registered as ${apiId}` }),
    after: onDismiss,
  });
  return (
    <Dialog
      title="Register API"
      action="Register"
      busy={create.isPending}
      disabled={body.name === ''}
      error={create.error}
      fields={['name']}
      onSubmit={() => create.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={<AsCode method="POST" path={APIS} body={body} />}
    >
      <FormField label="Name" errorText={faultOf(create.error, 'name')}>
        <Input value={name} onChange={({ detail }) => setName(detail.value)} placeholder="Orders" />
      </FormField>
      <FormField label="Environment">
        <SegmentedControl
          label="Environment"
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
      <Checkbox checked={clientKeyRequired} onChange={({ detail }) => setClientKeyRequired(detail.checked)}>
        Callers send the API’s client key as well
      </Checkbox>
    </Dialog>
  );
}
