import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { ReactNode } from 'react';

/** What is known of a thing, name by name. */
export function Facts({
  facts,
  columns = 3,
  minColumnWidth = 150,
}: {
  facts: readonly (readonly [string, ReactNode])[];
  columns?: number;
  /** In pixels: what is long, such as an address, stands better alone on a phone. */
  minColumnWidth?: number;
}) {
  return (
    <KeyValuePairs
      columns={columns}
      minColumnWidth={minColumnWidth}
      items={facts.map(([label, value]) => ({ label, value: value ?? '–' }))}
    />
  );
}
