import { useQuery } from '@tanstack/react-query';
import { api } from '../api/api.ts';
import type { GroupBy } from './usage-groups.ts';

const PRODUCTS = '/v1/products';
const APIS = '/v1/apis';
const FRESH_MILLISECONDS = 60_000;
const params = { query: { limit: 100 } };

/** What products or APIs are called, by their ids; undefined until it is known, and for what has no names. */
export function useNames(by: GroupBy): ReadonlyMap<string, string> | undefined {
  const { data } = useQuery({
    queryKey: [by === 'api' ? APIS : PRODUCTS, 'names'],
    queryFn: () => namesOf(by),
    enabled: by === 'api' || by === 'product',
    staleTime: FRESH_MILLISECONDS,
  });
  return data;
}

async function namesOf(by: GroupBy): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  if (by === 'api') for await (const { apiId, name } of api.items(APIS, { params })) names.set(apiId, name);
  else for await (const { productId, name } of api.items(PRODUCTS, { params })) names.set(productId, name);
  return names;
}
