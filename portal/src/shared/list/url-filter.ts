import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import { useSearchParams } from 'react-router';

/** One thing that a list can be narrowed by; its key is the parameter of the API, and of the page's address. */
export interface FilterField {
  readonly key: string;
  readonly label: string;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
}

/** A list's filters as the page's address holds them, so that a link shows what its sender saw. */
export function useUrlFilter(fields: readonly FilterField[], freeText?: string) {
  const [search, setSearch] = useSearchParams();
  const keys = [...fields.map(({ key }) => key), ...(freeText === undefined ? [] : [freeText])];
  const chosen = Object.fromEntries(
    keys.flatMap((key) => {
      const value = search.get(key);
      return value === null || value === '' ? [] : [[key, value]];
    }),
  );
  const choose = (next: Record<string, string>) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        for (const key of keys) after.delete(key);
        for (const [key, value] of Object.entries(next)) after.set(key, value);
        return after;
      },
      { replace: true },
    );
  return { chosen, choose, clear: () => choose({}) };
}

/** The tokens of Cloudscape's filter that say what is chosen. */
export function tokensOf(
  chosen: Readonly<Record<string, string>>,
  freeText?: string,
): PropertyFilterProps.Query {
  return {
    operation: 'and',
    tokens: Object.entries(chosen).map(([key, value]) =>
      key === freeText ? { operator: ':', value } : { propertyKey: key, operator: '=', value },
    ),
  };
}

/** What tokens choose; of two for one property the later, since the API takes one. */
export function chosenBy({ tokens }: PropertyFilterProps.Query, freeText?: string): Record<string, string> {
  return Object.fromEntries(
    tokens.flatMap(({ propertyKey, value }) => {
      const key = propertyKey ?? freeText;
      return key === undefined || !value ? [] : [[key, String(value)]];
    }),
  );
}
