import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { ShownList } from './list.ts';
import { skeletonColumns, skeletonRows } from './skeleton-rows.tsx';

/** One table before and after its rows have come, so that who types into its filter goes on typing. */
export function ListTable<Row>(list: ShownList<Row>) {
  const { paged, shown, common, isPart = false, wraps = false } = list;
  return (
    <div aria-busy={paged.loading}>
      <Table
        {...common}
        {...(paged.loading ? skeletonOf(list) : rowsOf(list))}
        variant={isPart ? 'container' : 'full-page'}
        wrapLines={wraps}
        {...(shown.at(-1)?.id === 'actions' && { stickyColumns: { last: 1 } })}
        stickyHeader={!isPart}
      />
    </div>
  );
}

type Content = Pick<TableProps, 'items' | 'columnDefinitions'> & Partial<TableProps>;

function skeletonOf<Row>(list: ShownList<Row>): Content {
  return {
    items: skeletonRows(),
    columnDefinitions: skeletonColumns(definitionsOf(list)),
    ariaLabels: { tableLabel: `${list.what}, loading` },
  };
}

function rowsOf<Row>(list: ShownList<Row>): Content {
  const { what, idOf, paged, selection } = list;
  const content = {
    items: paged.rows,
    trackBy: idOf,
    columnDefinitions: definitionsOf(list),
    ariaLabels: {
      tableLabel: what,
      selectionGroupLabel: `Select ${what}`,
      allItemsSelectionLabel: () => `Select all ${what} on this page`,
      itemSelectionLabel: (_state, row) => `Select ${selection?.labelOf(row) ?? ''}`,
    },
    ...(selection && {
      selectionType: 'multi',
      selectedItems: [...selection.rows],
      onSelectionChange: ({ detail }) => selection.onChange(detail.selectedItems),
    }),
  } satisfies Partial<TableProps<Row>>;
  return content as unknown as Content;
}

function definitionsOf<Row>({ shown }: ShownList<Row>): TableProps.ColumnDefinition<Row>[] {
  return shown.map(({ id, header, cell, width, isNumber, isHead = false }) => ({
    id,
    header: isNumber ? <div className="number">{header}</div> : header,
    cell: isNumber ? (row: Row) => <div className="number">{cell(row)}</div> : cell,
    isRowHeader: isHead,
    ...(width !== undefined && { minWidth: width }),
  }));
}
