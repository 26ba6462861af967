import PropertyFilter from '@cloudscape-design/components/property-filter';
import { chosenBy, type FilterField, tokensOf } from './url-filter.ts';

interface ListFilterProps {
  readonly fields: readonly FilterField[];
  /** The parameter that takes a text without a field, where there is one. */
  readonly freeText?: string;
  readonly placeholder: string;
  readonly chosen: Readonly<Record<string, string>>;
  readonly onChoose: (chosen: Record<string, string>) => void;
}

export function ListFilter({ fields, freeText, placeholder, chosen, onChoose }: ListFilterProps) {
  return (
    <div data-filter>
      <PropertyFilter
        query={tokensOf(chosen, freeText)}
        onChange={({ detail }) => onChoose(chosenBy(detail, freeText))}
        filteringProperties={fields.map(({ key, label, options }) => ({
          key,
          propertyLabel: label,
          groupValuesLabel: `${label} values`,
          // An address names values as the API does, and people read them as the list says them.
          operators: [{ operator: '=', format: (value: string) => labelOf(value, options) }],
        }))}
        filteringOptions={fields.flatMap(({ key, options = [] }) =>
          options.map(({ value, label }) => ({ propertyKey: key, value, label })),
        )}
        disableFreeTextFiltering={freeText === undefined}
        hideOperations
        filteringPlaceholder={placeholder}
        filteringAriaLabel={placeholder}
        filteringEmpty="No more to choose from"
      />
    </div>
  );
}

function labelOf(value: string, options: FilterField['options']): string {
  return options?.find((option) => option.value === value)?.label ?? value;
}
