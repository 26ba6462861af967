import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { useCan } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { useOpen } from '../../shared/form/use-open.ts';
import type { Column } from '../../shared/list/list.ts';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { usePagedRows } from '../../shared/list/use-paged-rows.ts';
import { useTitle } from '../../shared/shell/page.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { CopyText } from '../../shared/show/copy-text.tsx';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { planInWords } from '../../shared/show/limits.ts';
import { EmptyState } from '../../shared/states/states.tsx';
import { PRODUCTS, type Product } from './catalogue.ts';
import { ProductDialog } from './product-dialog.tsx';

/** What can be subscribed to. */
export function ProductsPage() {
  const can = useCan();
  const [isNew, setNew] = useOpen<true>('product');
  const named = useNamedProduct();
  const paged = usePagedRows<Product, typeof PRODUCTS>('products', PRODUCTS, { query: {} });
  const create = can('createProduct') && (
    <Button variant="primary" onClick={() => setNew(true)}>
      Create product
    </Button>
  );
  useTitle('Products');
  return (
    <>
      <ResourceList
        name="products"
        title="Products"
        what="products"
        idOf={({ productId }) => productId}
        columns={columnsWith(can('updateProduct'), named.open)}
        paged={paged}
        header={
          <Header
            variant="awsui-h1-sticky"
            description="Bundles of APIs with a plan, which developers subscribe to."
            actions={create}
          >
            Products
          </Header>
        }
        empty={
          <EmptyState
            title="No products yet"
            action={create}
            {...(create && {
              command: keywright(['products', 'create'], { name: 'Payments', apis: 'api_0123456789AB' }),
            })}
          >
            A product bundles APIs with a plan, so that developers can subscribe to them.
          </EmptyState>
        }
      />
      {isNew && <ProductDialog onDismiss={() => setNew(undefined)} />}
      {named.product && can('updateProduct') && <ProductDialog of={named.product} onDismiss={named.close} />}
    </>
  );
}

/** The product that the address names, as `?product=`: for links from other pages, and for who comes back to it. */
function useNamedProduct() {
  const [search, setSearch] = useSearchParams();
  const productId = search.get('product') ?? '';
  const { data: product } = useQuery({
    ...reading('/v1/products/{productId}', { path: { productId } }),
    enabled: productId !== '',
  });
  return {
    product: productId === '' ? undefined : product,
    open: ({ productId: product }: Product) => setSearch({ product }, { replace: true }),
    close: () => setSearch({}, { replace: true }),
  };
}

function columnsWith(mayChange: boolean, edit: (product: Product) => void): Column<Product>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      isHead: true,
      width: 160,
      cell: (product) =>
        mayChange ? (
          <Button variant="inline-link" onClick={() => edit(product)}>
            {product.name}
          </Button>
        ) : (
          product.name
        ),
    },
    {
      id: 'environment',
      header: 'Environment',
      cell: ({ environment }) => <EnvironmentBadge environment={environment} />,
    },
    { id: 'plan', header: 'Plan', width: 160, cell: ({ plan }) => planInWords(plan) },
    {
      id: 'approval',
      header: 'Subscribing',
      cell: ({ requiresApproval }) =>
        requiresApproval ? (
          <StatusIndicator type="pending">Waits for an admin</StatusIndicator>
        ) : (
          <StatusIndicator type="success">At once</StatusIndicator>
        ),
    },
    { id: 'apis', header: 'APIs', cell: ({ apiIds }) => apiIds.length },
    {
      id: 'id',
      header: 'Product ID',
      width: 180,
      cell: ({ productId }) => <CopyText text={productId} what="product ID" shown />,
    },
    { id: 'description', header: 'Description', usual: false, cell: ({ description }) => description || '–' },
  ];
}
