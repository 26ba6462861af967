import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import { useTenants } from '../../shared/api/tenants.ts';
import type { Column } from '../../shared/list/list.ts';
import { ListFilter } from '../../shared/list/list-filter.tsx';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { type FilterField, useUrlFilter } from '../../shared/list/url-filter.ts';
import { usePagedRows } from '../../shared/list/use-paged-rows.ts';
import { PersonName } from '../../shared/people/person-name.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import {
  STATE_NAMES,
  STATES,
  SUBSCRIPTIONS,
  type Subscription,
  SubscriptionState,
} from '../../shared/show/subscription-state.tsx';
import { SuspendedTenants } from '../../shared/show/suspended.tsx';
import { Time } from '../../shared/show/time.tsx';
import { EmptyState } from '../../shared/states/states.tsx';
import { useProducts } from '../catalogue/product.ts';

/** The subscriptions of all tenants that the person acts for. */
export function SubscriptionsPage() {
  const fields = useFields();
  const { chosen, choose, clear } = useUrlFilter(fields);
  const paged = usePagedRows<Subscription, typeof SUBSCRIPTIONS>('own-subscriptions', SUBSCRIPTIONS, {
    query: chosen,
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
          <Header
            variant="h1"
            description="What your tenants may call, and what waits to be approved."
            actions={<Button href="/">Browse the catalogue</Button>}
          >
            Subscriptions
          </Header>
        }
        filter={
          <ListFilter fields={fields} placeholder="Filter subscriptions" chosen={chosen} onChoose={choose} />
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
        onClear={Object.keys(chosen).length > 0 ? clear : undefined}
      />
    </>
  );
}

/** By state, by product, and for people of several tenants by tenant. */
function useFields(): FilterField[] {
  const { tenants } = useTenants();
  const { data: products = [] } = useProducts();
  const ofProducts = products.map(({ productId, name, environment }) => ({
    value: productId,
    label: `${name}, ${environment}`,
  }));
  const ofTenants = tenants.map(({ tenantId, name }) => ({ value: tenantId, label: name }));
  return [
    {
      key: 'state',
      label: 'State',
      options: STATES.map((value) => ({ value, label: STATE_NAMES[value] })),
    },
    { key: 'productId', label: 'Product', options: ofProducts },
    ...(tenants.length > 1 ? [{ key: 'tenantId', label: 'Tenant', options: ofTenants }] : []),
  ];
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
  {
    id: 'state',
    header: 'State',
    cell: ({ state, withdrawn }) => <SubscriptionState state={state} withdrawn={withdrawn} />,
  },
  { id: 'tenant', header: 'Tenant', cell: ({ tenantName }) => tenantName },
  {
    id: 'since',
    header: 'Since',
    cell: ({ decidedAt, createdAt }) => <Time at={decidedAt ?? createdAt} />,
  },
  {
    id: 'createdByName',
    header: 'Requested by',
    usual: false,
    cell: ({ createdBy, createdByName, tenantId }) => (
      <PersonName id={createdBy} name={createdByName} tenantId={tenantId} />
    ),
  },
  {
    id: 'createdAt',
    header: 'Requested',
    usual: false,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
];
