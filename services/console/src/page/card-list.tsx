// The rows of a table as cards: each column is a line of the card.
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Cards from '@cloudscape-design/components/cards';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableParts } from './data-table-props.ts';

export default function CardList<T>({ columnDefinitions, label, selection, footer, ...table }: TableParts<T>) {
  const { items, trackBy, header, filter, pagination, empty, loading, loadingText } = table;
  const title = columnDefinitions.find(({ isRowHeader }) => isRowHeader);
  const lines = columnDefinitions.filter((column) => column !== title);
  return (
    <SpaceBetween size="s">
      {selection && items.length > 0 && <Button onClick={() => selection.onSelect(items)}>Choose all</Button>}
      <Cards<T>
        items={items}
        {...(trackBy !== undefined && { trackBy })}
        cardDefinition={{
          header: (item) => title?.cell(item),
          sections: lines.map(({ id = '', header: name, cell }) => ({
            id,
            content: (item: T) => {
              const value = cell(item);
              return value === false || value === null ? null : (
                <div>
                  <Box variant="awsui-key-label">{name}</Box>
                  {value}
                </div>
              );
            },
          })),
        }}
        cardsPerRow={[{ cards: 1 }]}
        header={header}
        filter={filter}
        pagination={pagination}
        empty={empty}
        loading={loading ?? false}
        loadingText={loadingText ?? 'Reading'}
        {...(selection && {
          selectionType: 'multi' as const,
          selectedItems: selection.selected,
          onSelectionChange: ({ detail }) => selection.onSelect(detail.selectedItems),
        })}
        ariaLabels={{
          cardsLabel: label,
          selectionGroupLabel: selection?.groupLabel ?? label,
          itemSelectionLabel: (_, item) => selection?.itemLabel(item) ?? '',
        }}
      />
      {footer}
    </SpaceBetween>
  );
}
