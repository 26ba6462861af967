import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { isWaiting } from '../../../../client/keywright-client.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { useCan } from '../../shared/api/me.ts';
import { useOpen } from '../../shared/form/use-open.ts';
import { useShortLife } from '../../shared/reveal/secret-life.ts';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { ClientKeys } from './client-keys.tsx';
import { RegenerateDialog } from './regenerate-dialog.tsx';
import { SlotKey } from './slot-key.tsx';
import { paramsOf, type ShownKeys, SLOTS, type Slot, SUBSCRIPTION } from './subscription.ts';

/** A subscription's two keys, hidden until they are shown: which each showing is audited for. */
export function SubscriptionKeys({ of: subscription }: { of: Subscription }) {
  const can = useCan(subscription.tenantId);
  const { shown, reveal, hide } = useReveal(subscription);
  const [regenerating, setRegenerating] = useOpen<Slot>(`regenerate.${subscription.subscriptionId}`);
  return (
    <Container
      header={
        <KeysHeader
          of={subscription}
          isShown={shown !== undefined}
          isBusy={reveal.isPending}
          onShow={() => reveal.mutate(undefined)}
          onHide={hide}
        />
      }
    >
      <SpaceBetween size="l">
        <ColumnLayout columns={2} variant="text-grid">
          {SLOTS.map((slot) => (
            <SlotKey
              key={slot}
              of={subscription}
              slot={slot}
              text={shown?.[`${slot}Key`]}
              onRegenerate={
                can('regenerateSubscriptionKey')
                  ? () => {
                      hide();
                      setRegenerating(slot);
                    }
                  : undefined
              }
            />
          ))}
        </ColumnLayout>
        <ClientKeys of={subscription} shown={shown?.clientKeys} />
      </SpaceBetween>
      {regenerating !== undefined && (
        <RegenerateDialog of={subscription} slot={regenerating} onDone={() => setRegenerating(undefined)} />
      )}
    </Container>
  );
}

interface KeysHeaderProps {
  readonly of: Subscription;
  readonly isShown: boolean;
  readonly isBusy: boolean;
  readonly onShow: () => void;
  readonly onHide: () => void;
}

function KeysHeader({ of, isShown, isBusy, onShow, onHide }: KeysHeaderProps) {
  const can = useCan(of.tenantId);
  const show = can('revealSubscriptionKeys') && (
    <Button loading={isBusy} onClick={onShow}>
      Show keys
    </Button>
  );
  return (
    <Header
      variant="h2"
      description="Two, so that one can be replaced while the other works: a program needs one of them."
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {of.state === 'active' && can('regenerateSubscriptionKey') && (
            <Button href={`/subscriptions/${of.subscriptionId}/roll`}>Replace step by step</Button>
          )}
          {isShown ? <Button onClick={onHide}>Hide</Button> : show}
        </SpaceBetween>
      }
    >
      Keys
    </Header>
  );
}

function useReveal(subscription: Subscription) {
  const [shown, setShown] = useState<ShownKeys>();
  const navigate = useNavigate();
  const reveal = useChange(
    async () => (await api.POST(`${SUBSCRIPTION}/keys/reveal`, { ...paramsOf(subscription), body: {} })).data,
    {
      stale: ['/v1/approvals'],
      failed: 'The keys were not shown',
      done: (result) =>
        isWaiting(result) ? { type: 'info', header: 'Showing the keys waits for a second admin' } : undefined,
      after: (result) => {
        if (isWaiting(result)) void navigate(`/requests/${result.approval.approvalId}`);
        else setShown(result);
      },
    },
  );
  const hide = () => {
    setShown(undefined);
    // The answer that held the keys goes with them.
    reveal.reset();
  };
  useShortLife([hide], shown !== undefined);
  return { shown, reveal, hide };
}
