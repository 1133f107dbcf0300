// A table that becomes a list of cards in a narrow window, so that no column or button needs sideways scrolling.
import Table from '@cloudscape-design/components/table';
import { lazy, Suspense } from 'react';
import type { TableParts } from './data-table-props.ts';
import { Heading, type HeadingProps } from './layout.tsx';
import { useNarrow } from './narrow.ts';
import { Loading } from './parts.tsx';

// `lazy` loses the type parameter.
const CardList = lazy(() => import('./card-list.tsx')) as unknown as typeof import('./card-list.tsx').default;

interface DataTableProps<T> extends HeadingProps, Omit<TableParts<T>, 'header' | 'label'> {
  /** Label for screen readers, where the title alone is not enough. */
  readonly label?: string;
}

export function DataTable<T>(props: DataTableProps<T>) {
  const { title, counter, description, actions, label = title, selection, ...table } = props;
  const variant = table.variant === 'embedded' ? 'h3' : 'h2';
  const header = <Heading {...{ title, counter, description, actions, variant }} />;
  const narrow = useNarrow();
  if (narrow) {
    return (
      <Suspense fallback={<Loading what={label.toLowerCase()} />}>
        <CardList {...table} {...(selection && { selection })} label={label} header={header} />
      </Suspense>
    );
  }
  return (
    <Table<T>
      {...table}
      header={header}
      {...(selection && {
        selectionType: 'multi' as const,
        selectedItems: selection.selected,
        onSelectionChange: ({ detail }) => selection.onSelect(detail.selectedItems),
      })}
      ariaLabels={{
        tableLabel: label,
        ...(selection && {
          selectionGroupLabel: selection.groupLabel,
          allItemsSelectionLabel: () => 'Choose all',
          itemSelectionLabel: (_, item) => selection.itemLabel(item),
        }),
      }}
    />
  );
}
