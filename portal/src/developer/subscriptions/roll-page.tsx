import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'react-router';
import { reading } from '../../shared/api/queries.ts';
import { useOpen } from '../../shared/form/use-open.ts';
import { Page } from '../../shared/shell/page.tsx';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { SuspendedTenant } from '../../shared/show/suspended.tsx';
import { PageState } from '../../shared/states/page-state.tsx';
import { RegenerateDialog } from './regenerate-dialog.tsx';
import { keyReplacedLast } from './replaced-last.ts';
import { RollSteps } from './roll-steps.tsx';
import { otherSlot, SLOT_NAMES, SLOTS, type Slot, SUBSCRIPTION } from './subscription.ts';

const REFRESH_MILLISECONDS = 5000;

/** Leads through replacing both keys of a subscription without a refused call, by what is seen of their use. */
export function RollPage() {
  const { subscriptionId = '' } = useParams();
  const { data, error, refetch } = useQuery({
    ...reading(SUBSCRIPTION, { path: { subscriptionId } }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
  if (data === undefined) {
    return <PageState title="Replace the keys" error={error} retry={() => void refetch()} />;
  }
  const above = [
    { text: 'Subscriptions', href: '/subscriptions' },
    { text: data.name, href: `/subscriptions/${subscriptionId}` },
  ];
  return (
    <Page
      title="Replace the keys"
      description={`Of ${data.name}, one after the other, so that no call is refused.`}
      above={above}
    >
      <SpaceBetween size="l">
        <SuspendedTenant tenantId={data.tenantId} />
        <Roll of={data} />
      </SpaceBetween>
    </Page>
  );
}

/** The key that is in use at first comes last: the address keeps which, since its use moves on meanwhile. */
function Roll({ of: subscription }: { of: Subscription }) {
  const [search, setSearch] = useSearchParams();
  const [regenerating, setRegenerating] = useOpen<Slot>(`regenerate.${subscription.subscriptionId}`);
  const wanted = search.get('old');
  const old = wanted === 'primary' || wanted === 'secondary' ? wanted : keyReplacedLast(subscription);
  const isDone = search.get('done') === old;
  const choose = (next: Record<string, string>) => setSearch(next, { replace: true });
  const end = (wasMade: boolean) => {
    if (wasMade && regenerating === old) choose({ old, done: old });
    else if (wasMade) choose({ old });
    setRegenerating(undefined);
  };
  return (
    <SpaceBetween size="l">
      <SegmentedControl
        label="From which key your programs move to which"
        selectedId={old}
        options={SLOTS.map((id) => ({
          id,
          text: `From the ${SLOT_NAMES[id].toLowerCase()} to the ${otherSlot(id)}`,
        }))}
        onChange={({ detail }) => choose({ old: detail.selectedId })}
      />
      <RollSteps of={subscription} old={old} isDone={isDone} onRegenerate={setRegenerating} />
      {isDone && (
        <Alert
          type="success"
          header="Both keys are new"
          action={
            <Button href={`/subscriptions/${subscription.subscriptionId}`}>Back to the subscription</Button>
          }
        >
          Your programs send the {SLOT_NAMES[otherSlot(old)].toLowerCase()}; the other one is there for the
          next time.
        </Alert>
      )}
      {regenerating !== undefined && <RegenerateDialog of={subscription} slot={regenerating} onDone={end} />}
    </SpaceBetween>
  );
}
