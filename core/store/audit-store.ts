import type { Table } from '../aws/document-client.ts';
import { AUDIT_INDEX } from '../contract/deployment.ts';
import type { AuditEvent } from '../contract/events.ts';
import { DAY_LENGTH, eventOf } from './audit-item.ts';
import { itemKey } from './item-keys.ts';
import {
  type Bounds,
  earlier,
  inOrder,
  mergeInOrder,
  type Order,
  type Page,
  Stop,
  takePage,
} from './listing.ts';

/** What a reader asks for. */
export interface AuditQuery {
  /** The tenants whose records are wanted; `*` for all, and for what belongs to no tenant. */
  readonly tenants: '*' | readonly string[];
  readonly limit: number;
  readonly matches: (event: AuditEvent) => boolean;
}

const MOST_EXAMINED = 2000;
const DAY_MILLISECONDS = 86_400_000;
/** The usual range of a month lies in as many days. */
const MOST_DAYS = 32;

/** Reads the audit table's records, by tenant and by day. */
export class AuditStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Records, newest first.
   * @param range `from` is inclusive, `to` exclusive; `before` is an earlier page's `next`
   */
  list(
    query: AuditQuery,
    range: { readonly from: Date; readonly to: Date; readonly before: string | undefined },
  ): Promise<Page<AuditEvent>> {
    const before = earlier(range.to.toISOString(), range.before);
    return this.#page(query, { from: range.from.toISOString(), before }, 'newestFirst');
  }

  /** Records after a position, oldest first, up to a time that is exclusive. */
  after(query: AuditQuery, range: { readonly after: string; readonly to: Date }): Promise<Page<AuditEvent>> {
    return this.#page(query, { after: range.after, before: range.to.toISOString() }, 'oldestFirst');
  }

  #page({ tenants, limit, matches }: AuditQuery, bounds: AllBounds, order: Order) {
    const events =
      tenants === '*'
        ? this.#byDay(bounds, order)
        : mergeInOrder(
            [...new Set(tenants)].map((tenantId) => this.#ofTenant(tenantId, bounds, order)),
            positionOf,
            order,
          );
    return takePage(events, { limit, mostExamined: MOST_EXAMINED, positionOf, matches });
  }

  async *#ofTenant(tenantId: string, bounds: Bounds, order: Order): AsyncGenerator<AuditEvent> {
    const partition = { table: this.#table, hash: { name: 'pk', value: tenantId }, range: 'sk' };
    for await (const item of inOrder(partition, bounds, order)) yield eventOf(item);
  }

  /** Every day costs a query, also one on which nothing happened, so a page looks at so many at most. */
  async *#byDay(bounds: AllBounds, order: Order): AsyncGenerator<AuditEvent | Stop> {
    const isForward = order === 'oldestFirst';
    const ends = [bounds.after ?? bounds.from ?? '', bounds.before].map((end) => end.slice(0, DAY_LENGTH));
    const [first = '', last = ''] = isForward ? ends : ends.toReversed();
    const step = isForward ? DAY_MILLISECONDS : -DAY_MILLISECONDS;
    let day = first;
    for (let days = 0; isForward ? day <= last : day >= last; days += 1) {
      if (days === MOST_DAYS) {
        yield new Stop(isForward ? `${day}T00:00:00.000Z#-` : `${day}T23:59:59.999Z#z`);
        return;
      }
      const hash = { name: 'day', value: day };
      const partition = { table: this.#table, index: AUDIT_INDEX.byDay, hash, range: 'sk' };
      for await (const item of inOrder(partition, bounds, order)) yield eventOf(item);
      day = new Date(Date.parse(day) + step).toISOString().slice(0, DAY_LENGTH);
    }
  }
}

type AllBounds = Bounds & { readonly before: string };

function positionOf(event: AuditEvent): string {
  return itemKey.audit(event).sk;
}
