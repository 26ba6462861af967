import type { Table } from '../aws/document-client.ts';
import { AUDIT_INDEX } from '../contract/deployment.ts';
import type { AuditEvent } from '../contract/events.ts';
import { DAY_LENGTH, eventOf } from './audit-item.ts';
import { itemKey } from './item-keys.ts';
import { type Bounds, earlier, mergeNewestFirst, newestFirst, type Page, Stop, takePage } from './listing.ts';

/** What a reader asks for. `from` is inclusive, `to` exclusive; the other filters are exact. */
export interface AuditFilter {
  /** The tenants whose records are wanted; `*` for all, and for what belongs to no tenant. */
  readonly tenants: '*' | readonly string[];
  readonly from: Date;
  readonly to: Date;
  readonly type?: string | undefined;
  readonly actor?: string | undefined;
  readonly subject?: string | undefined;
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

  /** Records, newest first; `before` is an earlier page's `next`. */
  list(
    filter: AuditFilter,
    options: { limit: number; before: string | undefined },
  ): Promise<Page<AuditEvent>> {
    const before = earlier(filter.to.toISOString(), options.before);
    const bounds = { from: filter.from.toISOString(), before };
    const events =
      filter.tenants === '*'
        ? this.#byDay(bounds)
        : mergeNewestFirst(
            [...new Set(filter.tenants)].map((tenantId) => this.#ofTenant(tenantId, bounds)),
            positionOf,
          );
    return takePage(events, {
      limit: options.limit,
      mostExamined: MOST_EXAMINED,
      positionOf,
      matches: (event) =>
        (filter.type === undefined || event.type === filter.type) &&
        (filter.actor === undefined || event.actor.id === filter.actor) &&
        (filter.subject === undefined || event.subject.id === filter.subject),
    });
  }

  async *#ofTenant(tenantId: string, bounds: Bounds): AsyncGenerator<AuditEvent> {
    const partition = { table: this.#table, hash: { name: 'pk', value: tenantId }, range: 'sk' };
    for await (const item of newestFirst(partition, bounds)) yield eventOf(item);
  }

  /** Every day costs a query, also one on which nothing happened, so a page looks at so many at most. */
  async *#byDay(bounds: { from: string; before: string }): AsyncGenerator<AuditEvent | Stop> {
    const firstDay = bounds.from.slice(0, DAY_LENGTH);
    let day = bounds.before.slice(0, DAY_LENGTH);
    for (let days = 0; day >= firstDay; days += 1) {
      if (days === MOST_DAYS) {
        yield new Stop(`${day}T23:59:59.999Z#z`);
        return;
      }
      const hash = { name: 'day', value: day };
      const partition = { table: this.#table, index: AUDIT_INDEX.byDay, hash, range: 'sk' };
      for await (const item of newestFirst(partition, bounds)) yield eventOf(item);
      day = new Date(Date.parse(day) - DAY_MILLISECONDS).toISOString().slice(0, DAY_LENGTH);
    }
  }
}

function positionOf(event: AuditEvent): string {
  return itemKey.audit(event).sk;
}
