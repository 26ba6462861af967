import type { DueStore } from '../../core/store/due-store.ts';
import { endPartitions } from '../../core/store/ending.ts';
import type { SweepRun } from './sweep.ts';

/** Items of one partition that are deleted at once. */
const AT_ONCE = 3;

export interface EndReport {
  readonly ended: number;
  readonly failed: number;
  /** How long ago what was deleted last had ended, in seconds; 0 when nothing had. */
  readonly lagSeconds: number;
}

/**
 * Deletes what has ended, longest ended first, where the table has no time-to-live. Each is one conditional write, so
 * any number of runs may be under way, and end anywhere: what one has left another one finds.
 */
export async function endItems(
  { due, now }: { readonly due: DueStore; readonly now: () => Date },
  { hasTime, onFailure }: Pick<SweepRun, 'hasTime' | 'onFailure'>,
): Promise<EndReport> {
  const started = now();
  const report = { ended: 0, failed: 0, lagSeconds: 0 };
  const fail = (what: string, cause: unknown) => {
    report.failed += 1;
    onFailure(what, cause);
  };
  const endIn = async (partition: string) => {
    for await (const page of due.places(partition, started)) {
      for (let i = 0; i < page.length; i += AT_ONCE) {
        if (!hasTime()) return;
        const some = page.slice(i, i + AT_ONCE).map(async (place) => {
          const time = now();
          const lagSeconds = (time.getTime() - Date.parse(place.dueAt)) / 1000;
          report.lagSeconds = Math.max(report.lagSeconds, lagSeconds);
          const isGone = await due.end(place, time);
          report.ended += Number(isGone);
        });
        for (const outcome of await Promise.allSettled(some))
          if (outcome.status === 'rejected') fail(partition, outcome.reason);
      }
    }
  };
  await Promise.all(
    endPartitions.map((partition) => endIn(partition).catch((cause) => fail(partition, cause))),
  );
  return report;
}
