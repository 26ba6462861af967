import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';
import {
  SUBSCRIPTIONS,
  type Subscription,
  SubscriptionState,
} from '../../shared/show/subscription-state.tsx';

const MOST_SHOWN = 5;
/** Of these the ones that matter most are shown. */
const MOST_READ = 100;
const STANDING: readonly Subscription['state'][] = [
  'active',
  'suspended',
  'pending',
  'rejected',
  'cancelled',
];

/** The subscriptions to a product that the person sees, those that work first; nothing where there are none. */
export function OwnSubscriptions({ productId }: { productId: string }) {
  const { data } = useQuery(reading(SUBSCRIPTIONS, { query: { productId, limit: MOST_READ } }));
  if (data === undefined || data.items.length === 0) return null;
  // Sorting keeps the newest first among those that stand alike.
  const shown = [...data.items]
    .sort((a, b) => STANDING.indexOf(a.state) - STANDING.indexOf(b.state))
    .slice(0, MOST_SHOWN);
  return (
    <Container header={<Header variant="h2">Your subscriptions</Header>}>
      <SpaceBetween size="s">
        {shown.map(({ subscriptionId, name, tenantName, state, withdrawn }) => (
          <div key={subscriptionId}>
            <Link href={`/subscriptions/${subscriptionId}`}>{name}</Link>
            <div>
              <SubscriptionState state={state} withdrawn={withdrawn} /> · {tenantName}
            </div>
          </div>
        ))}
        {(data.items.length > shown.length || data.nextCursor !== null) && (
          <Link href={`/subscriptions?productId=${productId}`}>All of them</Link>
        )}
      </SpaceBetween>
    </Container>
  );
}
