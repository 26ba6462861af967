import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { KeywrightError } from '../../../../client/keywright-client.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { Dialog } from '../../shared/form/dialog.tsx';
import { faultOf } from '../../shared/form/form-error.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { paramsOf, STALE_WITH_SUBSCRIPTION, SUBSCRIPTION } from './subscription.ts';

/** Gives a subscription another name. Where somebody changed it meanwhile, both names are shown before one is kept. */
export function RenameDialog({ of: subscription, onDismiss }: { of: Subscription; onDismiss: () => void }) {
  const [name, setName] = useState(subscription.name);
  const { data: current, refetch } = useTagged(subscription);
  const rename = useRenaming(subscription, { etag: current?.etag, onDone: onDismiss });
  const { error } = rename;
  const stale = error instanceof KeywrightError && error.code === 'precondition_failed';
  useEffect(() => {
    // Whoever goes on has seen both names, and changes what there is now.
    if (error instanceof KeywrightError && error.code === 'precondition_failed') void refetch();
  }, [error, refetch]);
  return (
    <Dialog
      title={`Rename ${subscription.name}`}
      action={stale ? 'Use mine' : 'Rename'}
      busy={rename.isPending}
      disabled={name.trim() === '' || name.trim() === subscription.name || current === undefined}
      error={stale ? null : error}
      fields={['name']}
      onSubmit={() => rename.mutate(name.trim())}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="PATCH"
          path={`/v1/subscriptions/${subscription.subscriptionId}`}
          body={{ name: name.trim() }}
        />
      }
    >
      {stale && (
        <Alert type="warning" header="Somebody has changed it meanwhile">
          <Box color="inherit">
            It is called <strong>{current?.name ?? subscription.name}</strong> now; you wrote{' '}
            <strong>{name.trim()}</strong>.
          </Box>
        </Alert>
      )}
      <FormField label="Name" errorText={faultOf(error, 'name')}>
        <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
      </FormField>
    </Dialog>
  );
}

/** A subscription as it is, with the tag that says whether it is so still. */
function useTagged(subscription: Subscription) {
  return useQuery({
    queryKey: [SUBSCRIPTION, subscription.subscriptionId, 'tagged'],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    queryFn: async () => {
      const { data, response } = await api.GET(SUBSCRIPTION, paramsOf(subscription));
      return { name: data.name, etag: response.headers.get('etag') ?? '*' };
    },
  });
}

interface Renaming {
  readonly etag: string | undefined;
  readonly onDone: () => void;
}

function useRenaming(subscription: Subscription, { etag = '*', onDone }: Renaming) {
  const path = { subscriptionId: subscription.subscriptionId };
  return useChange(
    async (name: string) => {
      const init = { params: { path, header: { 'If-Match': etag } }, body: { name } };
      return (await api.PATCH(SUBSCRIPTION, init)).data;
    },
    {
      stale: STALE_WITH_SUBSCRIPTION,
      done: (_result, name) => ({ type: 'success', header: `It is called ${name} now` }),
      after: onDone,
    },
  );
}
