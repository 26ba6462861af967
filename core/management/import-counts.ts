import type { ImportedUse } from '../domain/imports/imported-key.ts';

/** How many of each there are. */
export type ImportCounts = Readonly<Record<'imported' | ImportedUse, number>>;

export async function countImported<State>(
  states: AsyncIterable<State>,
  useOf: (state: State) => ImportedUse | undefined,
): Promise<ImportCounts> {
  const counts = { imported: 0, used: 0, unused: 0, ended: 0 };
  for await (const state of states) {
    const use = useOf(state);
    if (use === undefined) continue;
    counts.imported += 1;
    counts[use] += 1;
  }
  return counts;
}
