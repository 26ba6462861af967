import type { UsageCount } from './access-record.ts';
import { together } from './usage-groups.ts';
import { bounded, type Tally } from './usage-tally.ts';

/** One tally for each subject and period, of as many names as one of a batch has at most. */
export function mergedTallies(tallies: Iterable<Tally>, nameOf: (tally: Tally) => string): Tally[] {
  const merged = new Map<string, Tally>();
  for (const tally of tallies) {
    const name = nameOf(tally);
    const before = merged.get(name);
    merged.set(name, before === undefined ? tally : withCount(tally, together(before.count, tally.count)));
  }
  return [...merged.values()].map((tally) => withCount(tally, bounded(tally.count)));
}

function withCount({ subject, period }: Tally, count: UsageCount): Tally {
  return { subject, period, count };
}
