import { inGroups } from '../../core/aws/in-groups.ts';
import { type Gap, gapsOf, isSettled, type RevisedItem } from '../../core/domain/audit/item-revision.ts';
import { listPartition } from '../../core/store/item-keys.ts';
import { listsOf, type RevisionStore } from '../../core/store/revision-store.ts';

/** A change of which the log has no event. */
export interface MissingRevision {
  readonly item: string;
  readonly revision: number;
  readonly message: string;
}

export interface MissingRevisions {
  readonly missing: readonly MissingRevision[];
  /** Those that are so young that their events may be on their way. */
  readonly underWay: readonly MissingRevision[];
}

/** Where a search goes on. */
interface SearchPosition {
  readonly tenantId: string | null;
  /** Which of the tenant's lists. */
  readonly list: number;
  readonly after: string | null;
}

/** Items that are looked at for one answer, and how many at once. */
const PART_SIZE = 500;
const AT_ONCE = 25;
/** An event is there within seconds; the publisher's retries and another clock may take some minutes more. */
const UNDER_WAY_MILLISECONDS = 15 * 60_000;
/** Of one item so many are named one by one, and the rest as one. */
const MOST_NAMED = 100;

/** Changes of a part of a tenant's items, or of those of no tenant, of which the log has no event. */
export async function missingIn(
  place: SearchPosition,
  revisions: RevisionStore,
  now: Date,
): Promise<MissingRevisions & { readonly next: SearchPosition | undefined }> {
  const { items, end } = await partOf(place, revisions);
  const gaps = (await inGroups(items, AT_ONCE, (item) => gapsIn(item, revisions))).flat();
  const settled = gaps.filter((gap) => isSettled(gap, now, UNDER_WAY_MILLISECONDS));
  const young = gaps.filter((gap) => !settled.includes(gap));
  const isLast = place.list === listsFor(place.tenantId).length - 1;
  const after = isLast ? undefined : { ...place, list: place.list + 1, after: null };
  return {
    missing: settled.flatMap((gap) => named(gap, 'is missing from the audit log')),
    underWay: young.flatMap((gap) => named(gap, 'is not in the audit log yet')),
    next: end === null ? after : { ...place, after: end },
  };
}

async function gapsIn(item: RevisedItem, revisions: RevisionStore): Promise<Gap[]> {
  if (item.eventsFrom === undefined) return [];
  return gapsOf(item, await revisions.recorded({ item: item.item, revision: item.eventsFrom }));
}

/** Undefined stands for the tenant's own item, which is in everybody's list. */
function listsFor(tenantId: string | null): readonly (string | undefined)[] {
  return tenantId === null
    ? [listPartition.apis, listPartition.products, listPartition.alertsOf(null)]
    : [undefined, ...listsOf(tenantId), listPartition.approvals];
}

async function partOf({ tenantId, list, after }: SearchPosition, revisions: RevisionStore) {
  const listPk = listsFor(tenantId)[list];
  if (listPk === undefined) {
    const own = tenantId === null ? undefined : await revisions.tenant(tenantId);
    return { items: own === undefined ? [] : [own], end: null };
  }
  const part = await revisions.part(listPk, after, PART_SIZE);
  // Approvals of all tenants stand in one list.
  return { ...part, items: part.items.filter((item) => item.tenantId === tenantId) };
}

function named({ item, from, to, changedBefore }: Gap, what: string): MissingRevision[] {
  const count = Math.min(to - from + 1, MOST_NAMED);
  const each = Array.from({ length: count }, (_, i) => ({
    item,
    revision: from + i,
    message: `the event of revision ${from + i} of ${item} ${what}: it was changed at ${changedBefore} or before`,
  }));
  if (to - from < MOST_NAMED) return each;
  const message = `the events of revisions ${from + MOST_NAMED} to ${to} of ${item} likewise`;
  return [...each, { item, revision: from + MOST_NAMED, message }];
}
