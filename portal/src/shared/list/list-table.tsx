import Table from '@cloudscape-design/components/table';
import type { ShownList } from './list.ts';
import { skeletonColumns, skeletonRows } from './skeleton-rows.tsx';

export function ListTable<Row>(list: ShownList<Row>) {
  const { what, idOf, paged, shown, common, selection, isPart = false, wraps = false } = list;
  const variant = isPart ? 'container' : 'full-page';
  const definitions = shown.map(({ id, header, cell, width, isNumber, isHead = false }) => ({
    id,
    header: isNumber ? <div className="number">{header}</div> : header,
    cell: isNumber ? (row: Row) => <div className="number">{cell(row)}</div> : cell,
    isRowHeader: isHead,
    ...(width !== undefined && { minWidth: width }),
  }));
  if (paged.loading) {
    return (
      <div aria-busy="true">
        <Table
          {...common}
          columnDefinitions={skeletonColumns(definitions)}
          items={skeletonRows()}
          variant={variant}
          ariaLabels={{ tableLabel: `${what}, loading` }}
        />
      </div>
    );
  }
  return (
    <Table<Row>
      {...common}
      items={paged.rows}
      trackBy={idOf}
      columnDefinitions={definitions}
      ariaLabels={{
        tableLabel: what,
        selectionGroupLabel: `Select ${what}`,
        allItemsSelectionLabel: () => `Select all ${what} on this page`,
        itemSelectionLabel: (_state, row) => `Select ${selection?.labelOf(row) ?? ''}`,
      }}
      variant={variant}
      wrapLines={wraps}
      {...(shown.at(-1)?.id === 'actions' && { stickyColumns: { last: 1 } })}
      stickyHeader={!isPart}
      {...(selection && {
        selectionType: 'multi' as const,
        selectedItems: [...selection.rows],
        onSelectionChange: ({ detail }) => selection.onChange(detail.selectedItems),
      })}
    />
  );
}
