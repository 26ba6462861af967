import { Catalogue } from './catalogue.tsx';
import { useProducts } from './product.ts';

/** What the person's tenants may subscribe to. */
export function CataloguePage() {
  const { data, error, refetch } = useProducts();
  return (
    <Catalogue
      products={data}
      error={error}
      retry={() => void refetch()}
      title="Catalogue"
      description="What you can subscribe to: each product opens the APIs in it."
      empty="Products appear here once the operator offers some to you."
    />
  );
}
