import { lazy, Suspense, useEffect } from 'react';
import type { PagedRows } from './use-paged-rows.ts';

// Most lists have one page.
const Pagination = lazy(() => import('@cloudscape-design/components/pagination'));

export function ListPages<Row>({ paged }: { paged: PagedRows<Row> }) {
  const { page, pagesCount, openEnd, setPage } = paged;
  useEffect(() => {
    if (page > pagesCount && !openEnd && pagesCount > 0) setPage(1);
  }, [page, pagesCount, openEnd, setPage]);
  if (pagesCount <= 1 && !openEnd) return null;
  return (
    <Suspense fallback={null}>
      <Pagination
        currentPageIndex={page}
        pagesCount={pagesCount}
        openEnd={openEnd}
        onChange={({ detail }) => setPage(detail.currentPageIndex)}
        disabled={paged.fetchingMore}
      />
    </Suspense>
  );
}
