import type { Table } from '../aws/document-client.ts';
import { type Approval, lapsesAt, overdueAt } from '../domain/approvals/approval.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import type { Idempotency } from '../domain/ground/idempotency.ts';
import { type Created, findMade, insertItem, moveItem, readItem, stateOf, updateItem } from './item.ts';
import { duePlace, itemKey, listPartition, OVERDUE_APPROVALS } from './item-keys.ts';
import { listItems } from './item-lists.ts';
import { type Page, takePage } from './listing.ts';

const MOST_EXAMINED = 1000;

/** Operations that wait for a second admin, in the main table: one item each. */
export class ApprovalStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(approvalId: string): Promise<Approval | undefined> {
    const item = await readItem(this.#table, itemKey.approval(approvalId));
    return item && stateOf<Approval>(item);
  }

  /** What this request made before. @throws DomainError `idempotency_mismatch` */
  made(approvalId: string, idempotency: Idempotency): Promise<Approval | undefined> {
    return findMade(this.#table, itemKey.approval(approvalId), idempotency);
  }

  /** @throws DomainError `idempotency_mismatch` */
  create(change: Change<Approval>, idempotency: Idempotency | undefined): Promise<Created<Approval>> {
    const place = {
      ...itemKey.approval(change.state.approvalId),
      listPk: listPartition.approvals,
      listSk: positionOf(change.state),
      ...duePlaceOf(change.state),
    };
    return insertItem(this.#table, place, change, idempotency);
  }

  /** @throws DomainError `conflict` when the approval is no longer as `before` */
  update(before: Approval, change: Change<Approval>): Promise<void> {
    return updateItem(this.#table, itemKey.approval(before.approvalId), before, change, duePlaceOf);
  }

  /** Notes that what was approved has been done, of which another item has the event. @throws Conflict */
  noteCarriedOut(approval: Approval): Promise<void> {
    const key = itemKey.approval(approval.approvalId);
    return moveItem(this.#table, key, approval, { ...approval, carriedOut: true }, duePlaceOf);
  }

  /** Every tenant's, newest first; `before` is an earlier page's `next`. */
  list(options: {
    limit: number;
    before: string | undefined;
    matches: (approval: Approval) => boolean;
  }): Promise<Page<Approval>> {
    const { limit, before, matches } = options;
    return takePage(listItems<Approval>(this.#table, listPartition.approvals, before), {
      limit,
      matches,
      positionOf,
      mostExamined: MOST_EXAMINED,
    });
  }
}

/** A sweep notes what lapses; what was approved and not carried out is seen to by who carries out approvals. */
function duePlaceOf(approval: Approval) {
  const overdue = overdueAt(approval);
  return overdue === undefined
    ? duePlace(itemKey.approval(approval.approvalId), lapsesAt(approval))
    : { duePk: OVERDUE_APPROVALS, dueAt: overdue };
}

function positionOf({ requestedAt, approvalId }: Approval): string {
  return `${requestedAt}#${approvalId}`;
}
