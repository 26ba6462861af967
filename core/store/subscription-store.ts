import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { TABLE_INDEX } from '../contract/deployment.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import type { Idempotency } from '../domain/ground/idempotency.ts';
import { boundReached, type OpenRequest, requireRoom, stillOpen } from '../domain/products/open-request.ts';
import {
  SUBSCRIPTION_STATES,
  type Subscription,
  type SubscriptionState,
} from '../domain/products/subscription.ts';
import { writeIf } from './conditional-write.ts';
import { Conflict } from './conflict.ts';
import { type Created, findMade, insertItem, readItem, stateOf, updateItem } from './item.ts';
import { itemsByKey } from './item-batches.ts';
import {
  credentialIdOf,
  type ItemKey,
  itemKey,
  listPartition,
  statePartition,
  statePartitions,
} from './item-keys.ts';
import { importedItems, listItems } from './item-lists.ts';
import { inOrder, mergeInOrder, type Page, takePage } from './listing.ts';

const MOST_EXAMINED = 1000;
/** More than one person has requests at the same moment. */
const MOST_ATTEMPTS = 50;

type ImportedSubscription = Pick<Subscription, 'state' | 'imported' | 'digests'>;

/** Subscriptions in the main table: one item each, both keys' digests inside; listed by tenant and by state. */
export class SubscriptionStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(subscriptionId: string): Promise<Subscription | undefined> {
    const item = await readItem(this.#table, itemKey.credential(credentialIdOf(subscriptionId)));
    return item?.subscriptionId === subscriptionId ? stateOf<Subscription>(item) : undefined;
  }

  /** What this request made before. @throws DomainError `idempotency_mismatch` */
  made(subscriptionId: string, idempotency: Idempotency): Promise<Subscription | undefined> {
    return findMade(this.#table, itemKey.credential(credentialIdOf(subscriptionId)), idempotency);
  }

  /** @throws DomainError `already_exists`, `idempotency_mismatch` */
  create(change: Change<Subscription>, idempotency: Idempotency | undefined): Promise<Created<Subscription>> {
    const { tenantId } = change.state;
    const position = positionOf(change.state);
    const place = {
      ...keyOf(change.state),
      listPk: listPartition.subscriptionsOf(tenantId),
      listSk: position,
      subscriptionSk: position,
      ...placeOf(change.state),
    };
    return insertItem(this.#table, place, change, idempotency);
  }

  /**
   * Counts a subscription that a developer asks for, before it is made. What one developer has open is one item, so of two
   * requests at once the second is counted beside the first; what has ended is looked for only once it is full.
   * @throws DomainError `invalid_state` when there may be no more; `conflict` for too many requests at once
   */
  async count(tenantId: string, person: string, request: OpenRequest): Promise<void> {
    const key = itemKey.openRequests(tenantId, person);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const item = await readItem(this.#table, key);
      const before = (item?.open ?? []) as readonly OpenRequest[];
      if (before.some(({ subscriptionId }) => subscriptionId === request.subscriptionId)) return;
      const isFull = boundReached(before, request.productId) !== undefined;
      const open = isFull ? await this.#stillOpen(before, new Date(request.requestedAt)) : before;
      requireRoom(open, request.productId);
      if (await this.#countAs(key, [...open, request], item?.revision as number | undefined)) return;
    }
    throw new Conflict();
  }

  async #stillOpen(requests: readonly OpenRequest[], now: Date): Promise<readonly OpenRequest[]> {
    const keyOf = (id: string) => itemKey.credential(credentialIdOf(id));
    const keys = requests.map(({ subscriptionId }) => keyOf(subscriptionId));
    const reading = { ProjectionExpression: 'pk, #state', ExpressionAttributeNames: { '#state': 'state' } };
    const states = new Map<string, SubscriptionState>();
    for await (const { pk, state } of itemsByKey(this.#table, keys, reading)) {
      states.set(String(pk), state as SubscriptionState);
    }
    return stillOpen(requests, (id) => states.get(keyOf(id).pk), now);
  }

  async #countAs(key: ItemKey, open: readonly OpenRequest[], read: number | undefined): Promise<boolean> {
    const put = new PutCommand({
      TableName: this.#table.name,
      Item: { ...key, open, revision: (read ?? 0) + 1 },
      ...(read === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : { ConditionExpression: 'revision = :read', ExpressionAttributeValues: { ':read': read } }),
    });
    return writeIf(this.#table, put);
  }

  /** @throws DomainError `conflict` when the subscription is no longer as `before` */
  update(before: Subscription, change: Change<Subscription>): Promise<void> {
    return updateItem(this.#table, keyOf(before), before, change, placeOf);
  }

  /** Of which products these subscriptions are, by their ids: of those that there are. */
  async productsOf(subscriptionIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const keys = subscriptionIds.map((id) => itemKey.credential(credentialIdOf(id)));
    const reading = { ProjectionExpression: 'pk, subscriptionId, productId' };
    const products = new Map<string, string>();
    for await (const { subscriptionId, productId } of itemsByKey(this.#table, keys, reading))
      products.set(String(subscriptionId), String(productId));
    return products;
  }

  /** Those of a tenant's subscriptions that were imported, as much of each as says what became of it. */
  imported(tenantId: string): AsyncGenerator<ImportedSubscription> {
    return importedItems(this.#table, listPartition.subscriptionsOf(tenantId), ['state']);
  }

  /**
   * Subscriptions, newest first; those of all tenants by an index that holds a part of them, and then read whole.
   * @param tenants whose; `*` for all tenants'
   * @param options `before` is an earlier page's `next`; an absent filter lets everything pass
   */
  async list(
    tenants: '*' | readonly string[],
    options: {
      readonly limit: number;
      readonly before: string | undefined;
      readonly state: SubscriptionState | undefined;
      readonly productId: string | undefined;
    },
  ): Promise<Page<Subscription>> {
    const { limit, before, state, productId } = options;
    const states = state === undefined ? SUBSCRIPTION_STATES : [state];
    const lists =
      tenants === '*'
        ? states.flatMap(statePartitions).map((each) => this.#inPartition(each, before))
        : [...new Set(tenants)].map((tenantId) =>
            listItems<Subscription>(this.#table, listPartition.subscriptionsOf(tenantId), before),
          );
    const matches = (subscription: Subscription) =>
      (state === undefined || subscription.state === state) &&
      (productId === undefined || subscription.productId === productId);
    const page = await takePage(mergeInOrder(lists, positionOf), {
      limit,
      positionOf,
      mostExamined: MOST_EXAMINED,
      matches,
    });
    return tenants === '*' ? { ...page, items: (await this.#whole(page.items)).filter(matches) } : page;
  }

  async #whole(listed: readonly Subscription[]): Promise<readonly Subscription[]> {
    const whole = new Map<string, Subscription>();
    for await (const item of itemsByKey(this.#table, listed.map(keyOf))) {
      const subscription = stateOf<Subscription>(item);
      whole.set(subscription.subscriptionId, subscription);
    }
    return listed.flatMap(({ subscriptionId }) => whole.get(subscriptionId) ?? []);
  }

  async *#inPartition(value: string, before: string | undefined): AsyncGenerator<Subscription> {
    const hash = { name: 'subscriptionPk', value };
    const partition = { table: this.#table, index: TABLE_INDEX.subscriptions, hash, range: 'subscriptionSk' };
    for await (const item of inOrder(partition, { before })) yield stateOf<Subscription>(item);
  }
}

function keyOf({ subscriptionId }: Subscription): ItemKey {
  return itemKey.credential(credentialIdOf(subscriptionId));
}

function placeOf(subscription: Subscription) {
  return { subscriptionPk: statePartition(keyOf(subscription), subscription.state) };
}

function positionOf({ createdAt, subscriptionId }: Subscription): string {
  return `${createdAt}#${subscriptionId}`;
}
