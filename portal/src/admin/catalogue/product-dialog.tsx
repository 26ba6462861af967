import Input from '@cloudscape-design/components/input';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';
import { api } from '../../shared/api/api.ts';
import { isStale, useChange } from '../../shared/api/change.ts';
import { type Edit, useEdit } from '../../shared/api/edit.ts';
import { ChangedMeanwhile, saving } from '../../shared/form/changed-meanwhile.tsx';
import { Dialog } from '../../shared/form/dialog.tsx';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { Optional } from '../../shared/form/optional.tsx';
import { useDraft } from '../../shared/form/use-draft.ts';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywrightWith } from '../../shared/show/command-line.ts';
import { ApiChoice } from './api-choice.tsx';
import { PRODUCTS, type Product } from './catalogue.ts';
import { PlanFields } from './plan-fields.tsx';

type Draft = Pick<Product, 'name' | 'description' | 'apiIds' | 'requiresApproval' | 'plan'>;
type Edited = Draft & Pick<Product, 'productId'>;
const EMPTY: Draft = {
  name: '',
  description: '',
  apiIds: [],
  requiresApproval: true,
  plan: { rateLimits: [], quota: null },
};
const PRODUCT = '/v1/products/{productId}';
const LABELS = {
  name: 'Name',
  description: 'Description',
  apiIds: 'APIs',
  requiresApproval: 'Waits for an admin',
  plan: 'Plan',
};
const FIELDS = ['name', 'description', 'apiIds', 'plan'];

/** Makes a product, or changes one. */
export function ProductDialog({ of: product, onDismiss }: { of?: Edited; onDismiss: () => void }) {
  const { values: draft, change } = useDraft<Draft>(`product.${product?.productId ?? ''}`, draftOf(product));
  const edit = useEdit(
    PRODUCT,
    { path: { productId: product?.productId ?? '' } },
    product && draftOf(product),
  );
  const save = useSaving(product, draft, { edit, after: onDismiss });
  return (
    <Dialog
      title={product ? `Edit ${product.name}` : 'Create product'}
      action={product ? saving(edit) : 'Create product'}
      busy={save.isPending}
      disabled={
        draft.name.trim() === '' ||
        draft.apiIds.length === 0 ||
        (product !== undefined && edit.etag === undefined)
      }
      error={isStale(save.error) ? null : save.error}
      fields={FIELDS}
      onSubmit={() => save.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={<SameAsCode of={product} draft={draft} />}
    >
      <ChangedMeanwhile of={edit} mine={draft} labels={LABELS} />
      <FormField label="Name" fault={faultOf(save.error, 'name')}>
        <Input value={draft.name} onChange={({ detail }) => change({ name: detail.value })} />
      </FormField>
      <FormField label={<Optional>Description</Optional>} fault={faultOf(save.error, 'description')}>
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

function SameAsCode({ of: product, draft }: { of: Edited | undefined; draft: Draft }) {
  return product ? (
    <AsCode
      method="PATCH"
      path={`${PRODUCTS}/${product.productId}`}
      body={draft}
      command={keywrightWith(['products', 'update', product.productId], draft)}
    />
  ) : (
    <AsCode
      method="POST"
      path={PRODUCTS}
      body={draft}
      command={keywrightWith(['products', 'create'], draft)}
    />
  );
}

interface Saving {
  readonly edit: Edit<Draft>;
  readonly after: () => void;
}

function useSaving(product: Edited | undefined, draft: Draft, { edit, after }: Saving) {
  return useChange(
    async () => {
      if (product === undefined) return (await api.POST(PRODUCTS, { body: draft })).data;
      const { productId } = product;
      const params = { path: { productId }, header: { 'If-Match': edit.etag ?? '*' } };
      return (await api.PATCH(PRODUCT, { params, body: draft })).data;
    },
    {
      onStale: edit.reread,
      stale: [PRODUCTS, PRODUCT],
      done: () => ({ type: 'success', header: `${draft.name} is saved` }),
      after,
    },
  );
}

function draftOf(product: Draft | undefined): Draft {
  if (product === undefined) return EMPTY;
  const { name, description, apiIds, requiresApproval, plan } = product;
  return { name, description, apiIds, requiresApproval, plan };
}
