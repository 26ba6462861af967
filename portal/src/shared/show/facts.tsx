import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { ReactNode } from 'react';

/** What is known of a thing, name by name. */
export function Facts({
  facts,
  columns = 3,
}: {
  facts: readonly (readonly [string, ReactNode])[];
  columns?: number;
}) {
  return (
    <KeyValuePairs
      columns={columns}
      items={facts.map(([label, value]) => ({ label, value: value ?? '–' }))}
    />
  );
}
