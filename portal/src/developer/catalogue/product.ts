import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../../shared/api/answers.ts';
import { api } from '../../shared/api/api.ts';
import type { Environment } from '../../shared/api/me.ts';

export const PRODUCTS = '/v1/products';
export const PRODUCT = '/v1/products/{productId}';

/** A product as a person of some tenant sees it, with the newest of that person's subscriptions. */
export type OfferedProduct = Answer<typeof PRODUCTS>['items'][number];
/** A product as guests see it, with the client keys that are published. */
export type PublicProduct = Answer<'/v1/catalogue'>['items'][number];
/** What all of these show. */
export type ListedProduct = Omit<OfferedProduct, 'subscription'>;
export type Product = Answer<typeof PRODUCT>;

const MOST_PRODUCTS = 500;

/** All products that the person sees, in the order that their operator gave them. */
export const productsReading = {
  queryKey: [PRODUCTS, 'all'],
  queryFn: async () => {
    const products: OfferedProduct[] = [];
    for await (const product of api.items(PRODUCTS, { params: { query: { limit: 100 } } })) {
      products.push(product);
      if (products.length >= MOST_PRODUCTS) break;
    }
    return inOrder(products);
  },
};

export function useProducts() {
  return useQuery(productsReading);
}

function inOrder<Listed extends ListedProduct>(products: readonly Listed[]): Listed[] {
  return [...products].sort((a, b) => a.order - b.order || a.name.localeCompare(b.name));
}

/** Those that a person looks for: by words of the name, of what it says of itself, or of its APIs. */
export function matching<Listed extends ListedProduct>(
  products: readonly Listed[],
  text: string,
  environment: Environment | undefined,
): Listed[] {
  const words = text.toLowerCase().split(/\s+/);
  return products.filter((product) => {
    const said = [
      product.name,
      product.description,
      product.productId,
      ...product.apis.map(({ name }) => name),
    ];
    const whole = said.join(' ').toLowerCase();
    return (
      (environment === undefined || product.environment === environment) &&
      words.every((word) => whole.includes(word))
    );
  });
}

export function operationsInWords(operations: number | null): string {
  if (operations === null) return 'no description';
  return operations === 1 ? '1 operation' : `${operations} operations`;
}
