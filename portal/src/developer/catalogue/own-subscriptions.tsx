import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';
import { SUBSCRIPTIONS, SubscriptionState } from '../../shared/show/subscription-state.tsx';

const MOST_SHOWN = 5;

/** The subscriptions to a product that the person sees; nothing where there are none. */
export function OwnSubscriptions({ productId }: { productId: string }) {
  const { data } = useQuery(reading(SUBSCRIPTIONS, { query: { productId, limit: MOST_SHOWN } }));
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Container header={<Header variant="h2">Your subscriptions</Header>}>
      <SpaceBetween size="s">
        {data.items.map(({ subscriptionId, name, tenantName, state }) => (
          <div key={subscriptionId}>
            <Link href={`/subscriptions/${subscriptionId}`}>{name}</Link>
            <div>
              <SubscriptionState state={state} /> · {tenantName}
            </div>
          </div>
        ))}
        {data.nextCursor !== null && <Link href="/subscriptions">All of them</Link>}
      </SpaceBetween>
    </Container>
  );
}
