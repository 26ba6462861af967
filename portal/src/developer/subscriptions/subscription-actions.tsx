import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { isWaiting } from '../../../../client/keywright-client.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { useCan, useMe } from '../../shared/api/me.ts';
import { ReasonDialog } from '../../shared/approvals/reason-dialog.tsx';
import { useOpen } from '../../shared/form/use-open.ts';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { EndDialog } from './end-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { isOver, paramsOf, STALE_WITH_SUBSCRIPTION, SUBSCRIPTION } from './subscription.ts';

type Action = 'rename' | 'withdraw' | 'end';

/** What a person may do with a subscription beside its keys. */
export function SubscriptionActions({ of: subscription }: { of: Subscription }) {
  const can = useCan(subscription.tenantId);
  const me = useMe();
  const [open, setOpen] = useOpen<Action>(`subscription.${subscription.subscriptionId}`);
  const { state, createdBy } = subscription;
  const isMine = createdBy === me.sub;
  const items = [
    ...(can('updateSubscription') ? [{ id: 'rename', text: 'Rename' }] : []),
    ...(state === 'pending' && isMine && can('withdrawSubscription')
      ? [{ id: 'withdraw', text: 'Withdraw' }]
      : []),
    ...(state !== 'pending' && can('cancelSubscription') ? [{ id: 'end', text: 'End for good' }] : []),
  ];
  const close = () => setOpen(undefined);
  if (isOver(subscription) || items.length === 0) return null;
  return (
    <>
      <ButtonDropdown items={items} onItemClick={({ detail }) => setOpen(detail.id as Action)}>
        Actions
      </ButtonDropdown>
      {open === 'rename' && <RenameDialog of={subscription} onDismiss={close} />}
      {open === 'withdraw' && <WithdrawDialog of={subscription} onDismiss={close} />}
      {open === 'end' && <EndDialog of={subscription} onDismiss={close} />}
    </>
  );
}

function WithdrawDialog({ of: subscription, onDismiss }: { of: Subscription; onDismiss: () => void }) {
  const withdraw = useChange(
    async (reason: string) =>
      (
        await api.POST(`${SUBSCRIPTION}/withdraw`, {
          ...paramsOf(subscription),
          body: reason === '' ? {} : { reason },
        })
      ).data,
    {
      stale: STALE_WITH_SUBSCRIPTION,
      done: (result) =>
        isWaiting(result) ? undefined : { type: 'success', header: 'Your request is withdrawn' },
      after: onDismiss,
    },
  );
  return (
    <ReasonDialog
      title={`Withdraw ${subscription.name}`}
      action="Withdraw"
      needed={false}
      path={`/v1/subscriptions/${subscription.subscriptionId}/withdraw`}
      words={['subscriptions', 'withdraw', subscription.subscriptionId]}
      busy={withdraw.isPending}
      error={withdraw.error}
      onSubmit={withdraw.mutate}
      onDismiss={onDismiss}
    />
  );
}
