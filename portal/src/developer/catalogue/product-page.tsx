import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'react-router';
import { useCan } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { PageState } from '../../shared/states/page-state.tsx';
import { SUBSCRIPTION } from '../subscriptions/subscription.ts';
import { OwnSubscriptions } from './own-subscriptions.tsx';
import { PRODUCT } from './product.ts';
import { ProductView } from './product-view.tsx';
import { SubscribeDialog } from './subscribe-dialog.tsx';

const SUBSCRIBING = 'subscribe';
/** The subscription in whose place another one is asked for. */
const AGAIN = 'again';

/** What a product is, on which terms, and how to get it. */
export function ProductPage() {
  const { productId = '' } = useParams();
  const can = useCan();
  // In the address, so that a sign-in on the way comes back to it.
  const [search, setSearch] = useSearchParams();
  const { data, error, refetch } = useQuery(reading(PRODUCT, { path: { productId } }));
  const again = search.get(AGAIN) ?? '';
  const before = useQuery({
    ...reading(SUBSCRIPTION, { path: { subscriptionId: again } }),
    enabled: again !== '',
  });
  if (data === undefined) {
    return <PageState title="Product" error={error} retry={() => void refetch()} />;
  }
  const show = (open: boolean) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (open) after.set(SUBSCRIBING, '1');
        else for (const name of [SUBSCRIBING, AGAIN]) after.delete(name);
        return after;
      },
      { replace: true },
    );
  return (
    <ProductView
      product={data}
      documentation={data.documentation}
      actions={
        can('createSubscription') && (
          <Button variant="primary" onClick={() => show(true)}>
            Subscribe
          </Button>
        )
      }
      beside={<OwnSubscriptions productId={productId} />}
    >
      {search.has(SUBSCRIBING) && can('createSubscription') && !before.isLoading && (
        <SubscribeDialog to={data} before={before.data} onDismiss={() => show(false)} />
      )}
    </ProductView>
  );
}
