import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { isWaiting } from '../../../../client/keywright-client.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { reading } from '../../shared/api/queries.ts';
import { SUBSCRIPTIONS, type Subscription } from '../../shared/show/subscription-state.tsx';
import { useProducts } from '../catalogue/product.ts';
import { isOver, paramsOf, type Slot, SUBSCRIPTION } from '../subscriptions/subscription.ts';
import type { Credentials } from './api-call.ts';
import { type Api, useExplorerAddress } from './explorer-state.ts';

interface SubscriptionKeyChoiceProps {
  readonly of: Api;
  readonly onChange: (part: Partial<Credentials>) => void;
}

/** One of the person's own subscriptions that open the API, whose key is filled in: each showing is audited. */
export function SubscriptionKeyChoice({ of, onChange }: SubscriptionKeyChoiceProps) {
  const { subscriptionId, go } = useExplorerAddress();
  const { data } = useQuery(reading(SUBSCRIPTIONS, { query: { limit: 100 } }));
  const { data: products } = useProducts();
  const opening = new Set(
    products?.filter(({ apiIds }) => apiIds.includes(of.apiId)).map(({ productId }) => productId),
  );
  const own = data?.items.filter((each) => opening.has(each.productId) && !isOver(each)) ?? [];
  const usable = own.find(({ state }) => state === 'active') ?? own[0];
  const chosen = own.find((each) => each.subscriptionId === subscriptionId) ?? usable;
  if (data === undefined || products === undefined) return null;
  if (chosen === undefined) return <NoSubscription productId={[...opening][0]} />;
  const options = own.map((each) => ({
    value: each.subscriptionId,
    label: each.name,
    description: `${each.tenantName}, ${each.state}`,
  }));
  return (
    <FormField
      label="Your subscription"
      constraintText={
        chosen.state === 'active' ? undefined : `It is ${chosen.state}: the API will refuse its keys.`
      }
    >
      <SpaceBetween direction="horizontal" size="xs">
        <Select
          selectedOption={options.find(({ value }) => value === chosen.subscriptionId) ?? null}
          options={options}
          onChange={({ detail }) => go({ subscription: detail.selectedOption.value ?? '' })}
        />
        {(['primary', 'secondary'] as const).map((slot) => (
          <UseKey key={slot} of={chosen} slot={slot} apiId={of.apiId} onChange={onChange} />
        ))}
      </SpaceBetween>
    </FormField>
  );
}

function NoSubscription({ productId }: { productId: string | undefined }) {
  return (
    <Alert
      type="info"
      header="No subscription opens this API yet"
      action={productId && <Button href={`/products/${productId}?subscribe=1`}>Subscribe</Button>}
    >
      Subscribe to a product with it, or paste somebody’s key below.
    </Alert>
  );
}

interface UseKeyProps {
  readonly of: Subscription;
  readonly slot: Slot;
  readonly apiId: string;
  readonly onChange: (part: Partial<Credentials>) => void;
}

function UseKey({ of: subscription, slot, apiId, onChange }: UseKeyProps) {
  const reveal = useChange(
    async () =>
      (
        await api.POST(`${SUBSCRIPTION}/keys/reveal`, {
          ...paramsOf(subscription),
          body: { slots: [slot] },
        })
      ).data,
    {
      stale: ['/v1/approvals'],
      failed: 'The key was not shown',
      done: (result) =>
        isWaiting(result)
          ? { type: 'info', header: 'Showing the key waits for a second admin' }
          : { type: 'success', header: `Calls are made with the ${slot} key of ${subscription.name}` },
      after: (result) => {
        if (isWaiting(result)) return;
        const clientKey = result.clientKeys.find((each) => each.apiId === apiId)?.clientKey;
        onChange({ key: result[`${slot}Key`] ?? '', ...(typeof clientKey === 'string' && { clientKey }) });
      },
    },
  );
  const use = () => reveal.mutate(undefined, { onSettled: () => reveal.reset() });
  return (
    <Button loading={reveal.isPending} onClick={use}>
      Use the {slot} key
    </Button>
  );
}
