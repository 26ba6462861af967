import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Params, ReadPath } from '../../shared/api/answers.ts';
import { pages } from '../../shared/api/queries.ts';
import { type PagedRows, usePagedRows, useWholeRows } from '../../shared/list/use-paged-rows.ts';
import { WAITS } from './waiting-or-all.tsx';

const PAGE = 100;
/** Beyond so many the newest of what waits are shown, oldest first, and the rest once these are decided. */
const MOST_PAGES = 10;

/**
 * Rows of the queue: what waits with the oldest first, for which all of it is read, since the API begins with the
 * newest; anything else as the API lists it.
 */
export function useQueueRows<Row, Path extends ReadPath>(
  name: string,
  path: Path,
  query: Readonly<Record<string, string>>,
): PagedRows<Row> {
  const waits = query.state === WAITS;
  const listed = usePagedRows<Row, Path>(
    name,
    path,
    { query } as unknown as Params<Path> & { query: object },
    { enabled: !waits },
  );
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery({
      ...pages(path, { query: { ...query, limit: PAGE } } as unknown as Params<Path>),
      enabled: waits,
    });
  const known = (data?.pages ?? []) as unknown as { items: Row[] }[];
  const isMore = waits && hasNextPage && known.length < MOST_PAGES;
  useEffect(() => {
    if (isMore && !isFetchingNextPage) void fetchNextPage();
  }, [isMore, isFetchingNextPage, fetchNextPage]);
  const whole = useWholeRows<Row>(name, {
    rows: known.flatMap(({ items }) => items).reverse(),
    loading: isPending || isMore,
    error: data === undefined ? error : null,
    retry: () => void refetch(),
  });
  return waits ? whole : listed;
}
