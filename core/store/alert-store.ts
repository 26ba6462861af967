import type { Table } from '../aws/document-client.ts';
import { type INDEX_ATTRIBUTES, TABLE_INDEX } from '../contract/deployment.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import { DomainError } from '../domain/ground/domain-error.ts';
import type { Alert } from '../domain/security/finding.ts';
import { endingAt, secondsOf, unended } from './ending.ts';
import { insertItem, readItem, stateOf, updateItem } from './item.ts';
import { itemKey, listPartition, statePartition, statePartitions } from './item-keys.ts';
import { type Bounds, inOrder, mergeInOrder, type Page, type Partition, takePage } from './listing.ts';

/** As much of an alert as lists show. */
export type ListedAlert = Pick<Alert, (typeof INDEX_ATTRIBUTES.alerts)[number]>;

const MOST_EXAMINED = 1000;
const STATES: readonly Alert['state'][] = ['open', 'acknowledged'];
/** An alert is kept for 400 days; its events stay in the audit log. */
const LIFE_SECONDS = 400 * 86_400;

/** Security findings in the main table: one item each; listed by tenant and by state. */
export class AlertStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(alertId: string, now: Date): Promise<Alert | undefined> {
    const item = unended(await readItem(this.#table, itemKey.alert(alertId)), now);
    return item && stateOf<Alert>(item);
  }

  /** Keeps a new alert. @returns false when the same thing was found before, which changes nothing */
  async create(change: Change<Alert>): Promise<boolean> {
    const { alertId, tenantId, foundAt } = change.state;
    const position = positionOf(change.state);
    const place = {
      ...itemKey.alert(alertId),
      listPk: listPartition.alertsOf(tenantId),
      listSk: position,
      alertSk: position,
      ...placeOf(change.state),
      ...endingAt(itemKey.alert(alertId), secondsOf(new Date(foundAt)) + LIFE_SECONDS),
    };
    try {
      await insertItem(this.#table, place, change, undefined);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'already_exists') return false;
      throw error;
    }
  }

  /** @throws DomainError `conflict` when the alert is no longer as `before` */
  update(before: Alert, change: Change<Alert>): Promise<void> {
    return updateItem(this.#table, itemKey.alert(before.alertId), before, change, placeOf);
  }

  /**
   * Alerts, newest first.
   * @param tenants whose; `*` for all tenants' and those that concern no one tenant
   * @param bounds of when they were found; `before` can be an earlier page's `next`
   */
  list(
    tenants: '*' | readonly string[],
    bounds: Bounds,
    options: {
      readonly limit: number;
      readonly now: Date;
      readonly state: Alert['state'] | undefined;
      readonly matches: (alert: ListedAlert) => boolean;
    },
  ): Promise<Page<ListedAlert>> {
    const { limit, now, state, matches } = options;
    const kept = { ...bounds, from: later(bounds.from, oldestKept(now)) };
    const states = state === undefined ? STATES : [state];
    const partitions =
      tenants === '*'
        ? states
            .flatMap(statePartitions)
            .map((value) => this.#partition(TABLE_INDEX.alerts, 'alertPk', value, 'alertSk'))
        : [...new Set(tenants)].map((tenantId) =>
            this.#partition(TABLE_INDEX.list, 'listPk', listPartition.alertsOf(tenantId), 'listSk'),
          );
    const lists = partitions.map((partition) => alertsIn(partition, kept));
    return takePage(mergeInOrder(lists, positionOf), {
      limit,
      positionOf,
      mostExamined: MOST_EXAMINED,
      matches: (alert) => (state === undefined || alert.state === state) && matches(alert),
    });
  }

  #partition(index: string, name: string, value: string, range: string): Partition {
    return { table: this.#table, index, hash: { name, value }, range };
  }
}

async function* alertsIn(partition: Partition, bounds: Bounds): AsyncGenerator<ListedAlert> {
  for await (const item of inOrder(partition, bounds)) yield stateOf<ListedAlert>(item);
}

/** What was found at this time or before has ended. */
function oldestKept(now: Date): string {
  return new Date((secondsOf(now) - LIFE_SECONDS + 1) * 1000).toISOString();
}

function later(from: string | undefined, other: string): string {
  return from !== undefined && from > other ? from : other;
}

function placeOf({ alertId, state }: Alert) {
  return { alertPk: statePartition(itemKey.alert(alertId), state) };
}

function positionOf({ foundAt, alertId }: ListedAlert): string {
  return `${foundAt}#${alertId}`;
}
