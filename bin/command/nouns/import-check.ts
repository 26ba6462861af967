import { keyRow } from '../../../core/management/schemas/key-schemas.ts';
import { subscriptionRow } from '../../../core/management/schemas/subscription-schemas.ts';
import { EXIT, Exit } from '../exit.ts';
import { countOf } from '../format.ts';
import { faultsOf } from '../input-check.ts';
import type { Run } from '../run.ts';

export type Kind = 'keys' | 'subscriptions';
export type Row = Record<string, unknown>;

const SCHEMAS = { keys: keyRow, subscriptions: subscriptionRow } as const;
/** As many are told in words; JSON has all. */
const MOST_TOLD = 20;

/** Says what the API would find wrong with rows without asking what is there, and ends as an import of them would. */
export async function checkRows(run: Run, kind: Kind, rows: AsyncIterable<Row>): Promise<void> {
  let all = 0;
  const invalid: { row: number; faults: readonly string[] }[] = [];
  for await (const row of rows) {
    all += 1;
    const faults = faultsIn(kind, row);
    if (faults.length > 0) invalid.push({ row: all, faults });
  }
  if (run.out.isJson) run.out.line(JSON.stringify({ rows: all, invalid }));
  else {
    for (const { row, faults } of invalid.slice(0, MOST_TOLD))
      run.out.note(`row ${row}: ${faults.join('; ')}`);
    if (invalid.length > MOST_TOLD)
      run.out.note(`and ${countOf(invalid.length - MOST_TOLD, 'row')} more; --json has all`);
    run.out.line(`${countOf(all, 'row')}, ${invalid.length} invalid; nothing was sent`);
  }
  if (invalid.length > 0) throw new Exit(EXIT.partial);
}

/** A line that is no JSON object came as `line` alone. */
function faultsIn(kind: Kind, row: Row): readonly string[] {
  const isNone = 'line' in row && Object.keys(row).length === 1;
  return isNone ? ['expected a JSON object'] : faultsOf(SCHEMAS[kind], row);
}
