// The properties of a table, in both of its forms.
import type { TableProps } from '@cloudscape-design/components/table';

export type Columns<T> = readonly TableProps.ColumnDefinition<T>[];

/** The properties of Cloudscape's table that are used here: all of them have a form for cards, too. */
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
  /** One column is the row's header, and the header of its card. */
  readonly columnDefinitions: Columns<T>;
  readonly label: string;
  /** Makes rows selectable. */
  readonly selection?: {
    readonly selected: readonly T[];
    readonly onSelect: (items: readonly T[]) => void;
    readonly groupLabel: string;
    readonly itemLabel: (item: T) => string;
  };
}
