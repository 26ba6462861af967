import type { TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { PagedRows } from './use-paged-rows.ts';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Whether it is shown until the person chooses otherwise; true where absent. */
  readonly usual?: boolean;
  /** At least this wide, in pixels. */
  readonly width?: number;
  /** Whether numbers stand below each other, by their last digits. */
  readonly isNumber?: boolean;
  /** The one that names the row; it is the head of a card. */
  readonly isHead?: boolean;
}

export interface ResourceListProps<Row> {
  /** Names the person's choices of columns in the browser. */
  readonly name: string;
  /** What the page is called. */
  readonly title: string;
  /** What the rows are, in the plural and in lower case: "keys". */
  readonly what: string;
  readonly idOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  readonly paged: PagedRows<Row>;
  readonly header: ReactNode;
  readonly filter?: ReactNode;
  readonly empty: ReactNode;
  /** Whether long texts take another line, and not the place of the columns behind them. */
  readonly wraps?: boolean;
  /** Whether it is a part of a page, not the whole of it. */
  readonly isPart?: boolean;
  /** Clears the filters; absent while none is chosen. */
  readonly onClear?: (() => void) | undefined;
  readonly selection?: {
    readonly rows: readonly Row[];
    readonly onChange: (rows: Row[]) => void;
    readonly labelOf: (row: Row) => string;
  };
}

/** A list with what is shown of it at the moment. */
export interface ShownList<Row> extends ResourceListProps<Row> {
  readonly shown: readonly Column<Row>[];
  readonly common: Pick<TableProps, 'header' | 'filter' | 'empty' | 'pagination' | 'preferences'>;
}
