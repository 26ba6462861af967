import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { Dialog } from '../../shared/form/dialog.tsx';
import { faultOf } from '../../shared/form/form-error.tsx';
import { Optional } from '../../shared/form/optional.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import { ApiChoice } from './api-choice.tsx';
import { PRODUCTS, type Product } from './catalogue.ts';
import { PlanFields } from './plan-fields.tsx';

type Draft = Omit<Product, 'productId'>;
const EMPTY: Draft = {
  name: '',
  description: '',
  apiIds: [],
  requiresApproval: true,
  plan: { rateLimits: [], quota: null },
};
const PRODUCT = '/v1/products/{productId}';
const FIELDS = ['name', 'description', 'apiIds', 'plan'];

/** Makes a product, or changes one. */
export function ProductDialog({ of: product, onDismiss }: { of?: Product; onDismiss: () => void }) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(product));
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const save = useSaving(product, draft, onDismiss);
  return (
    <Dialog
      title={product ? `Edit ${product.name}` : 'Create product'}
      action={product ? 'Save' : 'Create product'}
      busy={save.isPending}
      disabled={draft.name.trim() === '' || draft.apiIds.length === 0}
      error={save.error}
      fields={FIELDS}
      onSubmit={() => save.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={<SameAsCode of={product} draft={draft} />}
    >
      <FormField label="Name" errorText={faultOf(save.error, 'name')}>
        <Input value={draft.name} onChange={({ detail }) => change({ name: detail.value })} autoFocus />
      </FormField>
      <FormField label={<Optional>Description</Optional>} errorText={faultOf(save.error, 'description')}>
        <Textarea
          value={draft.description}
          rows={2}
          onChange={({ detail }) => change({ description: detail.value })}
        />
      </FormField>
      <ApiChoice
        chosen={draft.apiIds}
        onChoose={(apiIds) => change({ apiIds })}
        fault={faultOf(save.error, 'apiIds')}
      />
      <PlanFields
        plan={draft.plan}
        onChange={(plan) => change({ plan })}
        fault={faultOf(save.error, 'plan')}
      />
      <Toggle
        checked={draft.requiresApproval}
        onChange={({ detail }) => change({ requiresApproval: detail.checked })}
      >
        A subscription waits for an admin
      </Toggle>
    </Dialog>
  );
}

function SameAsCode({ of: product, draft }: { of: Product | undefined; draft: Draft }) {
  return product ? (
    <AsCode method="PATCH" path={`${PRODUCTS}/${product.productId}`} body={draft} />
  ) : (
    <AsCode method="POST" path={PRODUCTS} body={draft} />
  );
}

function useSaving(product: Product | undefined, draft: Draft, after: () => void) {
  return useChange(
    async () =>
      product === undefined
        ? (await api.POST(PRODUCTS, { body: draft })).data
        : (await api.PATCH(PRODUCT, { params: { path: { productId: product.productId } }, body: draft }))
            .data,
    {
      stale: [PRODUCTS, PRODUCT],
      done: () => ({ type: 'success', header: `${draft.name} is saved` }),
      after,
    },
  );
}

function draftOf(product: Product | undefined): Draft {
  if (product === undefined) return EMPTY;
  const { name, description, apiIds, requiresApproval, plan } = product;
  return { name, description, apiIds, requiresApproval, plan };
}
