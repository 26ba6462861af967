import Pagination from '@cloudscape-design/components/pagination';
import { useEffect } from 'react';
import type { PagedRows } from './use-paged-rows.ts';

export function ListPages<Row>({ paged }: { paged: PagedRows<Row> }) {
  const { page, pagesCount, openEnd, setPage } = paged;
  useEffect(() => {
    if (page > pagesCount && !openEnd && pagesCount > 0) setPage(1);
  }, [page, pagesCount, openEnd, setPage]);
  if (pagesCount <= 1 && !openEnd) return null;
  return (
    <Pagination
      currentPageIndex={page}
      pagesCount={pagesCount}
      openEnd={openEnd}
      onChange={({ detail }) => setPage(detail.currentPageIndex)}
      disabled={paged.fetchingMore}
    />
  );
}
