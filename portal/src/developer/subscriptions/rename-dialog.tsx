import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { api } from '../../shared/api/api.ts';
import { isStale, useChange } from '../../shared/api/change.ts';
import { useEdit } from '../../shared/api/edit.ts';
import { ChangedMeanwhile, saving } from '../../shared/form/changed-meanwhile.tsx';
import { Dialog } from '../../shared/form/dialog.tsx';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { useTyped } from '../../shared/form/use-draft.ts';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { STALE_WITH_SUBSCRIPTION, SUBSCRIPTION } from './subscription.ts';

/** Gives a subscription another name. Where somebody changed it meanwhile, both names are shown before one is kept. */
export function RenameDialog({ of: subscription, onDismiss }: { of: Subscription; onDismiss: () => void }) {
  const path = { subscriptionId: subscription.subscriptionId };
  const [before] = useState({ name: subscription.name });
  const [typed, setTyped] = useTyped(`rename.${path.subscriptionId}`, before.name);
  const body = { name: typed.trim() };
  const edit = useEdit(SUBSCRIPTION, { path }, before);
  const rename = useChange(
    async () => {
      const params = { path, header: { 'If-Match': edit.etag ?? '*' } };
      return (await api.PATCH(SUBSCRIPTION, { params, body })).data;
    },
    {
      stale: STALE_WITH_SUBSCRIPTION,
      done: () => ({ type: 'success', header: `It is called ${body.name} now` }),
      after: onDismiss,
      onStale: edit.reread,
    },
  );
  return (
    <Dialog
      title={`Rename ${before.name}`}
      action={saving(edit, 'Rename')}
      busy={rename.isPending}
      disabled={body.name === '' || body.name === before.name || edit.etag === undefined}
      error={isStale(rename.error) ? null : rename.error}
      fields={['name']}
      onSubmit={() => rename.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="PATCH"
          path={`/v1/subscriptions/${path.subscriptionId}`}
          body={body}
          command={keywright(['subscriptions', 'update', path.subscriptionId], body)}
        />
      }
    >
      <ChangedMeanwhile of={edit} mine={body} labels={{ name: 'Name' }} />
      <FormField label="Name" fault={faultOf(rename.error, 'name')}>
        <Input value={typed} onChange={({ detail }) => setTyped(detail.value)} />
      </FormField>
    </Dialog>
  );
}
