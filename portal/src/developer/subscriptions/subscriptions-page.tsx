import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import type { Column } from '../../shared/list/list.ts';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { usePagedRows } from '../../shared/list/use-paged-rows.ts';
import { keywright } from '../../shared/show/command-line.ts';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import {
  SUBSCRIPTIONS,
  type Subscription,
  SubscriptionState,
} from '../../shared/show/subscription-state.tsx';
import { SuspendedTenants } from '../../shared/show/suspended.tsx';
import { Time } from '../../shared/show/time.tsx';
import { EmptyState } from '../../shared/states/states.tsx';

/** The subscriptions of all tenants that the person acts for. */
export function SubscriptionsPage() {
  const paged = usePagedRows<Subscription, typeof SUBSCRIPTIONS>('own-subscriptions', SUBSCRIPTIONS, {
    query: {},
  });
  return (
    <>
      <SuspendedTenants />
      <ResourceList
        name="own-subscriptions"
        title="Subscriptions"
        what="subscriptions"
        idOf={({ subscriptionId }) => subscriptionId}
        columns={COLUMNS}
        paged={paged}
        header={
          <Header variant="h1" description="What your tenants may call, and what waits to be approved.">
            Subscriptions
          </Header>
        }
        empty={
          <EmptyState
            title="No subscriptions yet"
            action={<Button href="/">Browse the catalogue</Button>}
            command={keywright(['subscriptions', 'create', 'prod_0123456789AB'], { name: 'Web shop' })}
          >
            Each opens the APIs of one product.
          </EmptyState>
        }
        onClear={undefined}
      />
    </>
  );
}

const COLUMNS: Column<Subscription>[] = [
  {
    id: 'name',
    header: 'Name',
    isHead: true,
    cell: ({ name, subscriptionId }) => <Link href={`/subscriptions/${subscriptionId}`}>{name}</Link>,
  },
  { id: 'product', header: 'Product', cell: ({ productName }) => productName },
  {
    id: 'environment',
    header: 'Environment',
    cell: ({ environment }) => <EnvironmentBadge environment={environment} />,
  },
  { id: 'state', header: 'State', cell: ({ state }) => <SubscriptionState state={state} /> },
  { id: 'tenant', header: 'Tenant', cell: ({ tenantName }) => tenantName },
  { id: 'createdAt', header: 'Requested', cell: ({ createdAt }) => <Time at={createdAt} /> },
];
