import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { KeywrightError } from '../../../../client/keywright-client.ts';
import type { Answer } from '../../shared/api/answers.ts';
import { api } from '../../shared/api/api.ts';
import { type ApiOperation, operationsIn } from '../../shared/api/api-document.ts';
import { reading } from '../../shared/api/queries.ts';
import { useProducts } from '../catalogue/product.ts';
import type { Wants } from './api-call.ts';

export type Api = Answer<'/v1/apis'>['items'][number];

const MOST_APIS = 300;

/** The APIs that the person's keys may open: those of the tenant scheme, and those of products that are offered. */
export function useApis() {
  const { data: products, error: productsError, refetch: again } = useProducts();
  const { data, error, refetch } = useQuery({
    queryKey: ['/v1/apis', 'all'],
    queryFn: async () => {
      const apis: Api[] = [];
      for await (const each of api.items('/v1/apis', { params: { query: { limit: 100 } } })) {
        apis.push(each);
        if (apis.length >= MOST_APIS) break;
      }
      return apis.sort((a, b) => a.name.localeCompare(b.name) || a.environment.localeCompare(b.environment));
    },
  });
  const offered = new Set(products?.flatMap(({ apiIds }) => apiIds));
  return {
    apis: products && data?.filter(({ scheme, apiId }) => scheme === 'tenant' || offered.has(apiId)),
    error: error ?? productsError,
    retry: () => {
      void refetch();
      void again();
    },
  };
}

/** What an API can do: by its document, or where it has none by its route table. */
export function useOperations(of: Api) {
  const { data, error, isPending, refetch } = useQuery(
    reading('/v1/apis/{apiId}/openapi', { path: { apiId: of.apiId } }),
  );
  const isMissing = error instanceof KeywrightError && error.status === 404;
  return {
    operations: isMissing ? of.routes.map(operationOfRoute) : data && operationsIn(data),
    loading: isPending,
    error: isMissing ? null : error,
    retry: () => void refetch(),
  };
}

function operationOfRoute({
  method,
  path,
  permission,
  public: isPublic,
}: Api['routes'][number]): ApiOperation {
  const spoken = method === 'ANY' ? 'GET' : method;
  const places = [...path.matchAll(/\{([^/}+]+)\+?\}/g)].map(([, name = '']) => name);
  return {
    id: `${spoken} ${path}`,
    method: spoken,
    path: path.replaceAll('+}', '}'),
    summary: path,
    description: '',
    tag: 'routes',
    permission: isPublic ? null : permission,
    deprecated: false,
    parameters: places.map((name) => ({
      ...{ name, place: 'path' as const, required: true },
      ...{ description: '', example: '', options: [] },
    })),
    body: /^(?:POST|PUT|PATCH)$/.test(spoken)
      ? { contentType: 'application/json', required: false, example: '' }
      : undefined,
  };
}

export function wantsOf({ scheme, clientKeyRequired, oauth }: Api): Wants {
  return { scheme, clientKey: clientKeyRequired, token: oauth !== null };
}

/** What of the explorer the address holds: the API, the operation and the subscription; never what is secret. */
export function useExplorerAddress() {
  const [search, setSearch] = useSearchParams();
  return {
    apiId: search.get('api') ?? undefined,
    operationId: search.get('operation') ?? undefined,
    subscriptionId: search.get('subscription') ?? undefined,
    go: (part: Record<string, string>) =>
      setSearch(
        (before) => {
          const next = { ...Object.fromEntries(before), ...part };
          return new URLSearchParams(Object.entries(next).filter(([, value]) => value !== ''));
        },
        { replace: true },
      ),
  };
}
