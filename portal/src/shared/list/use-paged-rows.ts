import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Params, ReadPath } from '../api/answers.ts';
import { pages } from '../api/queries.ts';
import { useKeptChoice } from './kept-choice.ts';

const USUAL_PAGE_SIZE = 25;

/** What a list shows of rows that come page by page, or all at once. */
export interface PagedRows<Row> {
  readonly rows: readonly Row[];
  readonly loading: boolean;
  readonly fetchingMore: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
  /** From 1. */
  readonly page: number;
  readonly pagesCount: number;
  /** Whether there are more pages than those that are known. */
  readonly openEnd: boolean;
  readonly setPage: (page: number) => void;
  readonly pageSize: number;
  readonly setPageSize: (size: number) => void;
}

/**
 * A list of the API, page by page as the person turns them: the API counts no list, so the end is open until it is reached.
 * @param name of the list, under which the size of its pages is kept
 */
export function usePagedRows<Row, Path extends ReadPath>(
  name: string,
  path: Path,
  params: Params<Path> & { query?: object },
  { everyMilliseconds, enabled = true }: { everyMilliseconds?: number | undefined; enabled?: boolean } = {},
): PagedRows<Row> {
  const [pageSize, setPageSize] = useKeptChoice<number>(`${name}.pageSize`, USUAL_PAGE_SIZE);
  const [page, setPage] = useState(1);
  const query = { ...params.query, limit: pageSize };
  const { data, error, isPending, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } =
    useInfiniteQuery({
      ...pages(path, { ...params, query } as Params<Path>),
      ...(everyMilliseconds !== undefined && { refetchInterval: everyMilliseconds }),
      enabled,
    });
  const known = (data?.pages ?? []) as unknown as { items: Row[] }[];
  const asked = JSON.stringify(params);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins at its first page
  useEffect(() => setPage(1), [asked, pageSize]);
  return {
    rows: known[page - 1]?.items ?? [],
    loading: isPending || (page > known.length && isFetchingNextPage),
    fetchingMore: isFetchingNextPage,
    error: data === undefined ? error : null,
    retry: () => void refetch(),
    page,
    pagesCount: known.length,
    openEnd: hasNextPage,
    setPage: (next) => {
      setPage(next);
      if (next > known.length) void fetchNextPage();
    },
    pageSize,
    setPageSize,
  };
}

/** Rows that have come all at once, cut into pages. */
export function useWholeRows<Row>(
  name: string,
  { rows, loading, error, retry }: Pick<PagedRows<Row>, 'rows' | 'loading' | 'error' | 'retry'>,
): PagedRows<Row> {
  const [pageSize, setPageSize] = useKeptChoice<number>(`${name}.pageSize`, USUAL_PAGE_SIZE);
  const [page, setPage] = useState(1);
  return {
    rows: rows.slice((page - 1) * pageSize, page * pageSize),
    loading,
    fetchingMore: false,
    error,
    retry,
    page,
    pagesCount: Math.max(1, Math.ceil(rows.length / pageSize)),
    openEnd: false,
    setPage,
    pageSize,
    setPageSize,
  };
}
