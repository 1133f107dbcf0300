// What a table is made of here, whichever form it has.
import type { TableProps } from '@cloudscape-design/components/table';

export type Columns<T> = readonly TableProps.ColumnDefinition<T>[];

/** What tables here use of Cloudscape's: all of it has a form as cards too. */
export interface TableParts<T>
  extends Pick<
    TableProps<T>,
    | 'items'
    | 'trackBy'
    | 'header'
    | 'footer'
    | 'filter'
    | 'pagination'
    | 'empty'
    | 'loading'
    | 'loadingText'
    | 'wrapLines'
    | 'variant'
    | 'contentDensity'
  > {
  /** One of them is the row's header: that of the card. */
  readonly columnDefinitions: Columns<T>;
  readonly label: string;
  /** Rows can be chosen. */
  readonly selection?: {
    readonly selected: readonly T[];
    readonly onSelect: (items: readonly T[]) => void;
    readonly groupLabel: string;
    readonly itemLabel: (item: T) => string;
  };
}
