import { inGroups } from '../../core/aws/in-groups.ts';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import {
  type Gap,
  gapEvent,
  gapsOf,
  isSettled,
  type RevisedItem,
} from '../../core/domain/audit/item-revision.ts';
import type { RandomBytes } from '../../core/domain/ground/base62.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { listPartition } from '../../core/store/item-keys.ts';
import { listsOf, type RevisionStore, SHARED_LISTS } from '../../core/store/revision-store.ts';

/** What a search needs. */
export interface SearchDependencies {
  readonly revisions: RevisionStore;
  readonly now: () => Date;
  readonly randomBytes: RandomBytes;
}

/** One run. */
export interface SearchRun {
  /** Names it in the events that it causes. */
  readonly requestId: string;
  /** False when it has to come to its end; the next run goes on. */
  readonly hasTime: () => boolean;
  /** Hears of an item whose changes could not be compared: the others are. */
  readonly onFailure: (item: string, cause: unknown) => void;
}

/** What a run came to. */
export interface SearchReport {
  readonly examined: number;
  readonly failed: number;
  /** Changes that are missing and had not been told. */
  readonly found: number;
}

/** Where a search goes on. */
interface SearchPlace {
  /** When it began at the beginning, ISO 8601 UTC. */
  readonly began: string;
  /** A partition of the `list` index; null when all of them have been looked through. */
  readonly list: string | null;
  readonly after: string | null;
  /** Whose lists these are, and which of the tenants that is. */
  readonly tenant: { readonly tenantId: string; readonly after: string | null } | null;
}

/** A search through everything begins no more often. */
const INTERVAL_MILLISECONDS = 6 * 3_600_000;
/**
 * How long an event can be on its way: the publisher gives a record twelve hours. The stream keeps it for
 * twelve more, so what is found here may still be there to be brought back.
 */
const UNDER_WAY_MILLISECONDS = 13 * 3_600_000;
const PART_SIZE = 100;
const AT_ONCE = 25;
/** Bounds of a run: what it costs at most, and how many events it may cause. */
const MOST_EXAMINED = 50_000;
const MOST_TOLD = 500;

/**
 * Compares what items say of their changes with what the audit log has, a part of them in each run, and tells
 * of each change that is missing, once. Runs may end anywhere and at once: what is told is told once.
 */
export async function findGaps(dependencies: SearchDependencies, run: SearchRun): Promise<SearchReport> {
  const { revisions, now } = dependencies;
  const report = { examined: 0, failed: 0, found: 0 };
  let place = beginning(await revisions.searchPlace<SearchPlace>(), now());
  try {
    while (place.list !== null && run.hasTime()) {
      if (report.examined >= MOST_EXAMINED || report.found >= MOST_TOLD) break;
      const { items, end } = await revisions.part(place.list, place.after, PART_SIZE);
      await inGroups(items, AT_ONCE, (item) => examine(item, dependencies, run, report));
      place = end === null ? await next(place, revisions) : { ...place, after: end };
    }
  } finally {
    await revisions.keepSearchPlace(place);
  }
  return report;
}

/** Where this run goes on; a search that is over, or an old one's remains, begins anew once it is time. */
function beginning(place: SearchPlace | undefined, now: Date): SearchPlace {
  // A beginning that lies ahead was noted by a clock that did.
  const age = Math.abs(now.getTime() - Date.parse(place?.began ?? ''));
  const isDue = place === undefined || (place.list === null && age >= INTERVAL_MILLISECONDS);
  if (!isDue) return place;
  return { began: now.toISOString(), list: SHARED_LISTS[0] ?? null, after: null, tenant: null };
}

/** The list after this one: what all share, then the tenants', one after another. */
async function next(place: SearchPlace, revisions: RevisionStore): Promise<SearchPlace> {
  const { tenant } = place;
  const lists = tenant === null ? SHARED_LISTS : listsOf(tenant.tenantId);
  const list = lists[lists.indexOf(place.list ?? '') + 1];
  if (list !== undefined) return { ...place, list, after: null };
  const following = tenant === null || tenant.after !== null;
  const { items, end } = following
    ? await revisions.part(listPartition.tenants, tenant?.after ?? null, 1)
    : { items: [], end: null };
  const [one] = items;
  if (one === undefined) return { ...place, list: null, after: null, tenant: null };
  return {
    ...place,
    list: listsOf(one.item)[0] ?? null,
    after: null,
    tenant: { tenantId: one.item, after: end },
  };
}

async function examine(
  item: RevisedItem,
  dependencies: SearchDependencies,
  run: SearchRun,
  report: { examined: number; failed: number; found: number },
): Promise<void> {
  report.examined += 1;
  if (item.eventsFrom === undefined) return;
  try {
    const recorded = await dependencies.revisions.recorded({ item: item.item, revision: item.eventsFrom });
    for (const gap of gapsOf(item, recorded)) {
      if (!isSettled(gap, dependencies.now(), UNDER_WAY_MILLISECONDS)) continue;
      const told = await tell(gap, dependencies, run, MOST_TOLD - report.found);
      report.found += told;
    }
  } catch (cause) {
    report.failed += 1;
    run.onFailure(item.item, cause);
  }
}

async function tell(
  gap: Gap,
  { revisions, now, randomBytes }: SearchDependencies,
  { requestId }: SearchRun,
  most: number,
): Promise<number> {
  let told = 0;
  // Somebody may have written any number into an item.
  const last = Math.min(gap.to, gap.from + MOST_TOLD - 1);
  for (let revision = gap.from; revision <= last && told < most; revision += 1) {
    const time = now();
    const actor = { type: 'system', id: 'keywright' } as const;
    const context: ChangeContext = { now: time, actor, requestId, eventId: eventId(time, randomBytes) };
    const isNew = await revisions.noteGap({ item: gap.item, revision }, gapEvent(gap, revision, context));
    if (isNew) told += 1;
  }
  return told;
}
