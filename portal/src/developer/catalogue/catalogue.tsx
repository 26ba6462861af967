import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import type { Environment } from '../../shared/api/me.ts';
import { useTitle } from '../../shared/shell/page.tsx';
import { PageState } from '../../shared/states/page-state.tsx';
import { EmptyState, NoMatch } from '../../shared/states/states.tsx';
import { type ListedProduct, matching, type OfferedProduct } from './product.ts';
import { ProductCards } from './product-cards.tsx';

interface CatalogueProps {
  /** What has come so far; undefined while it is on its way. */
  readonly products: readonly (ListedProduct | OfferedProduct)[] | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
  readonly title: string;
  readonly description: string;
  readonly actions?: ReactNode;
  /** Said where there is no product at all. */
  readonly empty: string;
}

/** Products to choose from, found by words and environment, which the address keeps. */
export function Catalogue({ products, error, retry, title, description, actions, empty }: CatalogueProps) {
  const { text, environment, choose } = useChoice();
  useTitle(title);
  if (products === undefined) {
    return <PageState title={title} error={error} retry={retry} />;
  }
  const found = matching(products, text, environment);
  return (
    <ProductCards
      products={found}
      loading={false}
      header={
        <Header
          variant="awsui-h1-sticky"
          description={description}
          counter={`(${found.length})`}
          actions={actions}
        >
          {title}
        </Header>
      }
      filter={<Filter text={text} environment={environment} onChoose={choose} />}
      empty={
        products.length > 0 ? (
          <NoMatch onClear={() => choose({ q: '', environment: '' })} />
        ) : (
          <EmptyState title="No products yet" action={<Button onClick={retry}>Look again</Button>}>
            {empty}
          </EmptyState>
        )
      }
    />
  );
}

/** What the person looks for, as the address says. */
function useChoice() {
  const [search, setSearch] = useSearchParams();
  const chosen = search.get('environment');
  const environment: Environment | undefined = chosen === 'live' || chosen === 'sandbox' ? chosen : undefined;
  const choose = (part: Record<string, string>) =>
    setSearch(
      (before) => {
        const next = { ...Object.fromEntries(before), ...part };
        return new URLSearchParams(Object.entries(next).filter(([, value]) => value !== ''));
      },
      { replace: true },
    );
  return { text: search.get('q') ?? '', environment, choose };
}

interface FilterProps {
  readonly text: string;
  readonly environment: Environment | undefined;
  readonly onChoose: (part: Record<string, string>) => void;
}

function Filter({ text, environment, onChoose }: FilterProps) {
  return (
    <SpaceBetween direction="horizontal" size="s">
      <div data-filter>
        <TextFilter
          filteringText={text}
          filteringPlaceholder="Find a product or API"
          filteringAriaLabel="Find a product or API"
          onChange={({ detail }) => onChoose({ q: detail.filteringText })}
        />
      </div>
      <SegmentedControl
        label="Environment"
        selectedId={environment ?? 'all'}
        options={[
          { id: 'all', text: 'All' },
          { id: 'sandbox', text: 'Sandbox' },
          { id: 'live', text: 'Live' },
        ]}
        onChange={({ detail }) =>
          onChoose({ environment: detail.selectedId === 'all' ? '' : detail.selectedId })
        }
      />
    </SpaceBetween>
  );
}
