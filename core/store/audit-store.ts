import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { AUDIT_INDEX } from '../contract/deployment.ts';
import type { AuditEvent } from '../contract/events.ts';
import { itemKey } from './item-keys.ts';
import { type Bounds, newestFirst, type Page, takePage } from './listing.ts';

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
/** Length of `yyyy-mm-dd`. */
const DAY_LENGTH = 10;

/** The append-only audit table: one item for each event, by tenant and by day. */
export class AuditStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Keeps an event; one that is kept already stays as it was. */
  async append(event: AuditEvent): Promise<void> {
    const Item = { ...itemKey.audit(event), day: event.time.slice(0, DAY_LENGTH), ...event };
    const put = new PutCommand({
      TableName: this.#table.name,
      Item,
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    try {
      await this.#table.client.send(put);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  /** Records, newest first; `before` is an earlier page's `next`. */
  list(
    filter: AuditFilter,
    options: { limit: number; before: string | undefined },
  ): Promise<Page<AuditEvent>> {
    const to = filter.to.toISOString();
    const before = options.before !== undefined && options.before < to ? options.before : to;
    const bounds = { from: filter.from.toISOString(), before };
    const events =
      filter.tenants === '*'
        ? this.#byDay(bounds)
        : merged(filter.tenants.map((tenantId) => this.#ofTenant(tenantId, bounds)));
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

  async *#byDay(bounds: { from: string; before: string }): AsyncGenerator<AuditEvent> {
    const firstDay = bounds.from.slice(0, DAY_LENGTH);
    let day = bounds.before.slice(0, DAY_LENGTH);
    while (day >= firstDay) {
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

function eventOf(item: Record<string, unknown>): AuditEvent {
  const { pk, sk, day, ...event } = item;
  return event as unknown as AuditEvent;
}

/** Several lists, each newest first, as one. */
async function* merged(lists: readonly AsyncGenerator<AuditEvent>[]): AsyncGenerator<AuditEvent> {
  const heads = await Promise.all(lists.map((list) => list.next()));
  for (;;) {
    let newest: { index: number; event: AuditEvent } | undefined;
    for (const [index, head] of heads.entries()) {
      if (head.done) continue;
      if (newest === undefined || positionOf(head.value) > positionOf(newest.event)) {
        newest = { index, event: head.value };
      }
    }
    if (newest === undefined) return;
    yield newest.event;
    const { index } = newest;
    const list = lists[index];
    if (list !== undefined) heads[index] = await list.next();
  }
}
