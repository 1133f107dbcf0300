// A table that becomes a list of cards in a narrow window: every column and every button can be reached without scrolling
// sideways.
import Table from '@cloudscape-design/components/table';
import { lazy, Suspense } from 'react';
import type { DataTableProps } from './data-table-props.ts';
import { useNarrow } from './narrow.ts';
import { Loading } from './parts.tsx';

// `lazy` forgets the type parameter.
const CardList = lazy(() => import('./card-list.tsx')) as unknown as typeof import('./card-list.tsx').default;

export function DataTable<T>(props: DataTableProps<T>) {
  const { label, selection, columnDefinitions, ...table } = props;
  const narrow = useNarrow();
  if (narrow) {
    return (
      <Suspense fallback={<Loading what={label.toLowerCase()} />}>
        <CardList {...props} />
      </Suspense>
    );
  }
  return (
    <Table<T>
      {...table}
      columnDefinitions={columnDefinitions}
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
