import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { isWaiting } from '../../../../client/keywright-client.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { ConfirmName } from '../../shared/form/confirm-name.tsx';
import { Dialog } from '../../shared/form/dialog.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { SlotUse } from './slot-use.tsx';
import { paramsOf, SLOT_NAMES, SLOTS, STALE_WITH_SUBSCRIPTION, SUBSCRIPTION } from './subscription.ts';

/** Ends a subscription for good, once its name was typed; shows first whether its keys are in use. */
export function EndDialog({ of: subscription, onDismiss }: { of: Subscription; onDismiss: () => void }) {
  const { subscriptionId, name } = subscription;
  const [typed, setTyped] = useState('');
  const navigate = useNavigate();
  const end = useChange(
    async () => (await api.POST(`${SUBSCRIPTION}/cancel`, { ...paramsOf(subscription), body: {} })).data,
    {
      stale: STALE_WITH_SUBSCRIPTION,
      done: (result) =>
        isWaiting(result)
          ? { type: 'info', header: 'Ending it waits for a second admin' }
          : { type: 'success', header: `${name} has ended` },
      after: (result) => {
        onDismiss();
        if (isWaiting(result)) void navigate(`/requests/${result.approval.approvalId}`);
      },
    },
  );
  return (
    <Dialog
      title={`End ${name}`}
      action="End for good"
      busy={end.isPending}
      disabled={typed !== name}
      error={end.error}
      onSubmit={() => end.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="POST"
          path={`/v1/subscriptions/${subscriptionId}/cancel`}
          body={{}}
          command={keywright(['subscriptions', 'cancel', subscriptionId])}
        />
      }
    >
      <Alert type="warning">Both keys are refused within seconds, and this can’t be undone.</Alert>
      {SLOTS.map((slot) => (
        <div key={slot}>
          <Box variant="awsui-key-label">{SLOT_NAMES[slot]}</Box>
          <SlotUse of={subscription.slots[slot]} />
        </div>
      ))}
      <ConfirmName name={name} typed={typed} onType={setTyped} />
    </Dialog>
  );
}
