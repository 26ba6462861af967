import { useInfiniteQuery } from '@tanstack/react-query';
import { useMe } from './me.ts';
import { pages } from './queries.ts';

export interface NamedTenant {
  readonly tenantId: string;
  readonly name: string;
  /** Whether it may have nothing live. */
  readonly sandboxOnly: boolean;
}

/** Those that the person acts for: named by `/v1/me`, or where that says all of them, page by page. */
export function useTenants() {
  const me = useMe();
  const everyTenant = me.tenants === '*';
  const { data, hasNextPage, fetchNextPage, isFetching } = useInfiniteQuery({
    ...pages('/v1/tenants', { query: { limit: 100 } }),
    enabled: everyTenant,
  });
  const tenants: readonly NamedTenant[] =
    me.tenants === '*' ? (data?.pages ?? []).flatMap(({ items }) => items) : me.tenants;
  return { tenants, isMore: hasNextPage, loadMore: () => void fetchNextPage(), loading: isFetching };
}
