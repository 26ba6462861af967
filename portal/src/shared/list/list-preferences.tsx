import ButtonDropdown from '@cloudscape-design/components/button-dropdown';

interface ListPreferencesProps {
  readonly columns: readonly { readonly id: string; readonly header: string; readonly isHead?: boolean }[];
  readonly visible: readonly string[];
  readonly pageSize: number;
  readonly onVisible: (id: string, shown: boolean) => void;
  readonly onPageSize: (pageSize: number) => void;
}

const PAGE_SIZES = [10, 25, 50, 100];

/** How many rows a page has, and which columns are shown. */
export function ListPreferences({ columns, visible, pageSize, onVisible, onPageSize }: ListPreferencesProps) {
  const choose = (id: string) => {
    const size = PAGE_SIZES.find((size) => id === `rows-${size}`);
    if (size !== undefined) onPageSize(size);
    else onVisible(id, !visible.includes(id));
  };
  return (
    <ButtonDropdown
      variant="icon"
      iconName="settings"
      ariaLabel="Rows and columns"
      onItemClick={({ detail }) => choose(detail.id)}
      items={[
        {
          text: 'Rows on a page',
          items: PAGE_SIZES.map((size) => ({
            id: `rows-${size}`,
            itemType: 'checkbox' as const,
            text: String(size),
            checked: size === pageSize,
          })),
        },
        {
          text: 'Columns',
          items: columns
            .filter(({ isHead = false }) => !isHead)
            .map(({ id, header }) => ({
              id,
              itemType: 'checkbox' as const,
              text: header,
              checked: visible.includes(id),
            })),
        },
      ]}
    />
  );
}
