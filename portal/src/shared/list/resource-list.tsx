import { lazy, Suspense } from 'react';
import { Page } from '../shell/page.tsx';
import { PageSkeleton } from '../states/page-skeleton.tsx';
import { ErrorState, NoMatch } from '../states/states.tsx';
import { useKeptChoice } from './kept-choice.ts';
import type { ResourceListProps } from './list.ts';
import { ListPages } from './list-pages.tsx';
import { ListPreferences } from './list-preferences.tsx';
import { ListTable } from './list-table.tsx';
import { usePhone } from './use-phone.ts';

// Needed on a phone alone.
const ListCards = lazy(async () => ({ default: (await import('./list-cards.tsx')).ListCards }));

/** A list as a table, and on a phone as cards: with skeletons while it loads, and words for when it is empty. */
export function ResourceList<Row>(props: ResourceListProps<Row>) {
  const { name, title, columns, paged, header, filter, empty, onClear } = props;
  const phone = usePhone();
  // What was chosen against the usual: columns may come with the rows.
  const [chosen, setChosen] = useKeptChoice<Record<string, boolean>>(`${name}.columns`, {});
  const visible = columns.filter(({ id, usual = true }) => chosen[id] ?? usual).map(({ id }) => id);
  if (paged.error && props.isPart) return <ErrorState error={paged.error} retry={paged.retry} />;
  if (paged.error) {
    return (
      <Page title={title}>
        <ErrorState error={paged.error} retry={paged.retry} />
      </Page>
    );
  }
  const preferences = (
    <ListPreferences
      columns={columns}
      visible={visible}
      pageSize={paged.pageSize}
      onVisible={(id, shown) => setChosen({ ...chosen, [id]: shown })}
      onPageSize={paged.setPageSize}
    />
  );
  const list = {
    ...props,
    shown: columns.filter(({ id }) => visible.includes(id)),
    common: {
      header,
      ...(filter !== undefined && { filter }),
      empty: onClear ? <NoMatch onClear={onClear} /> : empty,
      pagination: <ListPages paged={paged} />,
      preferences,
    },
  };
  if (!phone) return <ListTable {...list} />;
  // What loads later takes rows of any kind.
  const Shown = ListCards as unknown as typeof ListTable;
  return (
    <Suspense fallback={<PageSkeleton />}>
      <Shown {...list} />
    </Suspense>
  );
}
