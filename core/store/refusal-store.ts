import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { BoundedMap } from '../access/bounded-map.ts';
import type { Table } from '../aws/document-client.ts';
import { inGroups } from '../aws/in-groups.ts';
import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import { REQUEST_ID } from '../contract/refusals.ts';
import type { RefusalRecord } from '../domain/usage/access-record.ts';
import { hourOf } from '../domain/usage/usage-tally.ts';
import { writeIf } from './conditional-write.ts';
import { itemKey } from './item-keys.ts';

/** What is kept of a refusal, to explain it. */
export type KeptRefusal = Omit<RefusalRecord, 'id'>;

/** How many refusals of a delivery are kept of one owner, and at least how many of an hour. */
const MOST_AT_ONCE = 50;
export const MOST_AN_HOUR = 500;
const LIFE_SECONDS = 7 * 86_400;
/** Refusals of one request: a call of `verify` may ask about a hundred. */
const MOST_SHOWN = 20;
const WRITES_AT_ONCE = 25;
/** Hours of owners that an instance knows to be full. */
const MOST_FULL = 10_000;

/**
 * Refusals by the id of their request, in the usage table, for seven days. A flood must not become a bill: of each
 * tenant at most some 550 an hour are kept, and as many of all that are nobody's.
 */
export class RefusalStore {
  readonly #table: Table;
  readonly #full = new BoundedMap<string, true>(MOST_FULL);

  constructor(table: Table) {
    this.#table = table;
  }

  /** Keeps as many of a delivery's as there is room for; however often it comes, each is there once. */
  async keep(refusals: readonly RefusalRecord[]): Promise<void> {
    const byOwner = Map.groupBy(
      refusals.filter(({ requestId }) => REQUEST_ID.test(requestId)),
      ({ owner, time }) => JSON.stringify([owner?.tenantId ?? null, hourOf(time)]),
    );
    for (const [name, all] of byOwner) {
      const some = all.slice(0, MOST_AT_ONCE);
      if (!(await this.#hasRoom(name, some))) continue;
      await inGroups(some, WRITES_AT_ONCE, (refusal) => this.#put(refusal));
    }
  }

  /** What is kept of a request's refusals. */
  async of(requestId: string): Promise<KeptRefusal[]> {
    const { Items = [] } = await this.#table.client.send(
      new QueryCommand({
        TableName: this.#table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': itemKey.refusal(requestId, '').pk },
        Limit: MOST_SHOWN,
      }),
    );
    return Items.map(({ refusal }) => refusal as KeptRefusal);
  }

  async #put({ id, ...refusal }: RefusalRecord): Promise<void> {
    const Item = {
      ...itemKey.refusal(refusal.requestId, id),
      [TTL_ATTRIBUTE]: Math.floor(refusal.time / 1000) + LIFE_SECONDS,
      refusal,
    };
    await this.#table.client.send(new PutCommand({ TableName: this.#table.name, Item }));
  }

  async #hasRoom(name: string, some: readonly RefusalRecord[]): Promise<boolean> {
    const [first] = some;
    if (first === undefined || this.#full.get(name)) return false;
    const update = new UpdateCommand({
      TableName: this.#table.name,
      Key: itemKey.refusalCount(first.owner?.tenantId, hourOf(first.time)),
      UpdateExpression: 'SET #ttl = :ttl ADD #n :n',
      ConditionExpression: 'attribute_not_exists(#n) OR #n < :most',
      ExpressionAttributeNames: { '#n': 'n', '#ttl': TTL_ATTRIBUTE },
      ExpressionAttributeValues: {
        ':n': some.length,
        ':most': MOST_AN_HOUR,
        ':ttl': Math.floor(first.time / 1000) + LIFE_SECONDS,
      },
    });
    if (await writeIf(this.#table, update)) return true;
    this.#full.set(name, true);
    return false;
  }
}
