import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { isWaiting } from '../../../../client/keywright-client.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { ConfirmName } from '../../shared/form/confirm-name.tsx';
import { Dialog } from '../../shared/form/dialog.tsx';
import { RevealDialog } from '../../shared/reveal/reveal-dialog.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { Time, useNow } from '../../shared/show/time.tsx';
import { isInUse, SlotUse } from './slot-use.tsx';
import { otherSlot, SLOT_NAMES, type Slot, STALE_WITH_SUBSCRIPTION, SUBSCRIPTION } from './subscription.ts';

interface RegenerateDialogProps {
  readonly of: Subscription;
  readonly slot: Slot;
  /** @param wasMade whether there is a new key now */
  readonly onDone: (wasMade: boolean) => void;
}

/** Replaces one of a subscription's keys, and shows the new one. Says first what becomes of the other. */
export function RegenerateDialog({ of: subscription, slot, onDone }: RegenerateDialogProps) {
  const { name } = subscription;
  const [typed, setTyped] = useState('');
  const [key, setKey] = useState<string>();
  const now = useNow();
  const used = isInUse(subscription.slots[slot], now);
  const regenerate = useRegeneration(subscription, slot, setKey);
  if (key !== undefined) {
    const close = () => {
      setKey(undefined);
      regenerate.reset();
      onDone(true);
    };
    return (
      <RevealDialog
        title={`New ${SLOT_NAMES[slot].toLowerCase()} of ${name}`}
        secret={key}
        name={name}
        note="You can have it shown again on the page of the subscription."
        isOnce={false}
        onDone={close}
      />
    );
  }
  return (
    <Dialog
      title={`Regenerate the ${SLOT_NAMES[slot].toLowerCase()}`}
      action="Regenerate"
      busy={regenerate.isPending}
      disabled={used && typed !== name}
      error={regenerate.error}
      onSubmit={() => regenerate.mutate(undefined)}
      onDismiss={() => onDone(false)}
      asCode={<Code of={subscription} slot={slot} />}
    >
      <States of={subscription} slot={slot} />
      {used && (
        <Alert type="warning" header="Somebody sends it">
          Whoever does is refused within seconds, until it has the new key or the other one.
        </Alert>
      )}
      {used && <ConfirmName name={name} typed={typed} onType={setTyped} />}
    </Dialog>
  );
}

function Code({ of: { subscriptionId }, slot }: { of: Subscription; slot: Slot }) {
  return (
    <AsCode
      method="POST"
      path={`/v1/subscriptions/${subscriptionId}/keys/${slot}/regenerate`}
      body={{}}
      command={keywright(['subscriptions', 'regenerate', subscriptionId, slot])}
    />
  );
}

/** The other key first: it is the one that has to carry everything. */
function States({ of: { slots }, slot }: { of: Subscription; slot: Slot }) {
  const other = otherSlot(slot);
  return (
    <SpaceBetween size="s">
      <div>
        <Box variant="awsui-key-label">{SLOT_NAMES[other]}: works on</Box>
        Last sent: <Time at={slots[other].lastUsedAt} fallback="never" />
      </div>
      <div>
        <Box variant="awsui-key-label">{SLOT_NAMES[slot]}: replaced</Box>
        <SlotUse of={slots[slot]} />
      </div>
    </SpaceBetween>
  );
}

function useRegeneration(subscription: Subscription, slot: Slot, onKey: (key: string) => void) {
  const navigate = useNavigate();
  const path = { subscriptionId: subscription.subscriptionId, slot };
  return useChange(
    async () =>
      (await api.POST(`${SUBSCRIPTION}/keys/{slot}/regenerate`, { params: { path }, body: {} })).data,
    {
      stale: STALE_WITH_SUBSCRIPTION,
      done: (result) =>
        isWaiting(result) ? { type: 'info', header: 'The new key waits for a second admin' } : undefined,
      after: (result) => {
        if (isWaiting(result)) void navigate(`/requests/${result.approval.approvalId}`);
        else onKey(result.key);
      },
    },
  );
}
