import Cards from '@cloudscape-design/components/cards';
import type { ShownList } from './list.ts';

/** A list on a phone: one card for each row, with the columns' names. */
export function ListCards<Row>({ what, idOf, paged, shown, common, selection, isPart }: ShownList<Row>) {
  const head = shown.find(({ isHead }) => isHead) ?? shown[0];
  return (
    <Cards<Row>
      {...common}
      variant={isPart ? 'container' : 'full-page'}
      items={paged.rows}
      trackBy={idOf}
      loading={paged.loading}
      loadingText={`Loading ${what}`}
      cardsPerRow={[{ cards: 1 }]}
      cardDefinition={{
        header: (row) => head?.cell(row),
        sections: [
          // The first one has less above it than the one beside it.
          { width: 100 },
          ...shown
            .filter((column) => column !== head)
            .map(({ id, header, cell, width = 0 }) => ({
              id,
              header,
              content: cell,
              width: width > 200 ? 100 : 50,
            })),
        ],
      }}
      ariaLabels={{
        cardsLabel: what,
        selectionGroupLabel: `Select ${what}`,
        itemSelectionLabel: (_state, row) => `Select ${selection?.labelOf(row) ?? ''}`,
      }}
      {...(selection && {
        selectionType: 'multi' as const,
        selectedItems: [...selection.rows],
        onSelectionChange: ({ detail }) => selection.onChange(detail.selectedItems),
      })}
    />
  );
}
