import Box from '@cloudscape-design/components/box';
import Cards from '@cloudscape-design/components/cards';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { planInWords } from '../../shared/show/limits.ts';
import { SubscriptionState } from '../../shared/show/subscription-state.tsx';
import { type ListedProduct, type OfferedProduct, operationsInWords } from './product.ts';

interface ProductCardsProps {
  readonly products: readonly (ListedProduct | OfferedProduct)[];
  readonly loading: boolean;
  readonly header: ReactNode;
  readonly filter: ReactNode;
  readonly empty: ReactNode;
}

/** Products with what one chooses by: environment, plan, APIs, terms, and whether one has subscribed. */
export function ProductCards({ products, loading, header, filter, empty }: ProductCardsProps) {
  return (
    <Cards
      variant="full-page"
      header={header}
      filter={filter}
      items={products}
      loading={loading}
      loadingText="Loading products"
      trackBy="productId"
      cardsPerRow={[{ cards: 1 }, { minWidth: 620, cards: 2 }, { minWidth: 1100, cards: 3 }]}
      cardDefinition={{
        header: (product) => (
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            <Link href={`/products/${product.productId}`} fontSize="heading-m">
              {product.name}
            </Link>
            <EnvironmentBadge environment={product.environment} />
          </SpaceBetween>
        ),
        sections: [
          { id: 'description', content: ({ description }) => description || '–' },
          { id: 'plan', header: 'Plan', width: 50, content: ({ plan }) => planInWords(plan) },
          { id: 'apis', header: 'APIs', width: 50, content: (product) => <Apis of={product} /> },
          { id: 'terms', header: 'To subscribe', width: 50, content: (product) => <Terms of={product} /> },
          { id: 'own', header: 'Your subscription', width: 50, content: (product) => <Own of={product} /> },
        ],
      }}
      visibleSections={products.some((product) => 'subscription' in product) ? ALL : FOR_GUESTS}
      ariaLabels={{
        cardsLabel: 'Products',
        selectionGroupLabel: 'Products',
        itemSelectionLabel: (_state, { name }) => name,
      }}
      empty={empty}
    />
  );
}

const FOR_GUESTS = ['description', 'plan', 'apis', 'terms'];
const ALL = [...FOR_GUESTS, 'own'];

function Apis({ of: { apis } }: { of: ListedProduct }) {
  if (apis.length === 0) return '–';
  return apis.map(({ apiId, name, operations }) => (
    <div key={apiId}>
      {name}{' '}
      <Box variant="small" color="text-body-secondary">
        {operationsInWords(operations)}
      </Box>
    </div>
  ));
}

function Terms({ of: { requiresApproval, termsVersion } }: { of: ListedProduct }) {
  const how = requiresApproval ? 'An admin approves it' : 'Open at once';
  return termsVersion === null ? how : `${how}, with terms ${termsVersion}`;
}

function Own({ of }: { of: ListedProduct | OfferedProduct }) {
  const subscription = 'subscription' in of ? of.subscription : null;
  if (subscription === null) return 'None';
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <SubscriptionState state={subscription.state} />
      <Link href={`/subscriptions/${subscription.id}`} ariaLabel={`Show your subscription to ${of.name}`}>
        Show
      </Link>
    </SpaceBetween>
  );
}
