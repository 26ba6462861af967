import Skeleton from '@cloudscape-design/components/skeleton';
import type { TableProps } from '@cloudscape-design/components/table';

const ROWS = 8;
const WIDTHS = ['70%', '50%', '85%'];

interface SkeletonRow {
  readonly index: number;
}

export function skeletonRows(): SkeletonRow[] {
  return Array.from({ length: ROWS }, (_, index) => ({ index }));
}

/** The columns of a table while its rows are on their way. */
export function skeletonColumns(
  columns: readonly Pick<TableProps.ColumnDefinition<unknown>, 'id' | 'header' | 'minWidth'>[],
): TableProps.ColumnDefinition<SkeletonRow>[] {
  return columns.map(({ id, header, minWidth }, column) => ({
    ...(id !== undefined && { id }),
    header,
    ...(minWidth !== undefined && { minWidth }),
    cell: ({ index }) => <Skeleton width={WIDTHS[(index + column) % WIDTHS.length] ?? '70%'} />,
  }));
}
