import { GetCommand, QueryCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { BoundedMap } from '../access/bounded-map.ts';
import type { Table } from '../aws/document-client.ts';
import { inGroups } from '../aws/in-groups.ts';
import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import type { AuditEvent } from '../contract/events.ts';
import type { LogBatch } from '../domain/usage/access-record.ts';
import { additionsTo, endingOf, type Receipt, seenCallsOf } from '../domain/usage/receipt.ts';
import { writeIf } from './conditional-write.ts';
import { itemsByKey } from './item-batches.ts';
import { credentialIdOf, type ItemKey, itemKey } from './item-keys.ts';

const LIFE_SECONDS = 90 * 86_400;
const DAY_SECONDS = 86_400;
/** Logs of calls around an end come within minutes. */
const RECENT_MILLISECONDS = 3_600_000;
/** Some 100 KB, 13 read units for a batch. */
const MOST_RECENT = 1000;
const WRITES_AT_ONCE = 25;
const MOST_REMEMBERED = 10_000;

/** Receipts of credentials that were ended or stopped: an item of the usage table for each, for 90 days. */
export class ReceiptStore {
  readonly #table: Table;
  /** Of calls that this instance was told of: the log may have come before the word that the key has ended. */
  readonly #lastAdmitted = new BoundedMap<string, number>(MOST_REMEMBERED);

  constructor(table: Table) {
    this.#table = table;
  }

  /** Undefined for a credential that was never ended, or not for 90 days. */
  async get(keyId: string): Promise<Receipt | undefined> {
    const { pk, sk } = itemKey.receipt(credentialIdOf(keyId));
    const get = new GetCommand({ TableName: this.#table.name, Key: { pk, sk }, ConsistentRead: true });
    const { Item } = await this.#table.client.send(get);
    return Item && receiptOf(Item);
  }

  /**
   * Begins a receipt with the event that ends a credential, and closes it with the one that lets it in again; of other
   * events nothing. It may be told again, and late: one that is disabled and then revoked has ended when it was disabled.
   */
  async begin(event: AuditEvent): Promise<void> {
    const ending = endingOf(event);
    if (ending === undefined) return;
    const { keyId, at, kind } = ending;
    if (kind === 'ended') await this.#tellOf(keyId, at);
    await this.#update(
      itemKey.receipt(credentialIdOf(keyId)),
      kind === 'ended'
        ? {
            UpdateExpression:
              'SET keyId = :id, endedAt = :at, #ttl = :ttl REMOVE restoredAt, lastAdmittedAt, firstRefusedAt',
            ConditionExpression: 'attribute_not_exists(endedAt) OR restoredAt < :at',
            ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
            ExpressionAttributeValues: {
              ...{ ':id': keyId, ':at': at },
              ':ttl': Math.floor(Date.parse(at) / 1000) + LIFE_SECONDS,
            },
          }
        : {
            UpdateExpression: 'SET restoredAt = :at',
            ConditionExpression: 'endedAt < :at AND attribute_not_exists(restoredAt)',
            ExpressionAttributeValues: { ':at': at },
          },
    );
  }

  /**
   * Adds the calls of a batch to the receipts of those credentials that have ended of late, or are refused as ended in
   * it; in any order, and again. For all others this is one small query for the whole batch.
   */
  async add(batch: LogBatch, now: Date): Promise<void> {
    const seen = seenCallsOf(batch);
    for (const [keyId, { lastAdmitted }] of seen) this.#remember(keyId, lastAdmitted);
    if (seen.size === 0) return;
    const recent = await this.#endedSince(new Date(now.getTime() - RECENT_MILLISECONDS));
    const keys = [...seen]
      .filter(([keyId, { refused }]) => refused.length > 0 || recent.has(keyId))
      .map(([keyId]) => itemKey.receipt(credentialIdOf(keyId)));
    const due: (() => Promise<void>)[] = [];
    for await (const item of itemsByKey(this.#table, keys)) {
      const receipt = receiptOf(item);
      const calls = seen.get(receipt.keyId);
      if (calls === undefined) continue;
      const remembered = this.#lastAdmitted.get(receipt.keyId);
      const { lastAdmitted, firstRefused } = additionsTo(receipt, { ...calls, lastAdmitted: remembered });
      if (lastAdmitted !== undefined)
        due.push(() => this.#note(receipt, 'lastAdmittedAt', '<', lastAdmitted));
      if (firstRefused !== undefined)
        due.push(() => this.#note(receipt, 'firstRefusedAt', '>', firstRefused));
    }
    await inGroups(due, WRITES_AT_ONCE, (write) => write());
  }

  /** Comes before the receipt itself, so that nobody looks for it too early. */
  async #tellOf(keyId: string, at: string): Promise<void> {
    await this.#update(itemKey.ending(at, keyId), {
      UpdateExpression: 'SET keyId = :id, #ttl = :ttl',
      ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
      ExpressionAttributeValues: {
        ':id': keyId,
        ':ttl': Math.floor(Date.parse(at) / 1000) + DAY_SECONDS,
      },
    });
  }

  /**
   * Of those that ended since then the last ones: every batch of logs asks, and who ends keys by the thousand must not
   * make that slow for everybody. A key that is older than these gets its receipt by the refusals in the batch.
   */
  async #endedSince(time: Date): Promise<ReadonlySet<string>> {
    const { pk, sk } = itemKey.ending(time.toISOString(), '');
    const { Items = [] } = await this.#table.client.send(
      new QueryCommand({
        TableName: this.#table.name,
        KeyConditionExpression: 'pk = :pk AND sk >= :from',
        ExpressionAttributeValues: { ':pk': pk, ':from': sk },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: MOST_RECENT,
      }),
    );
    return new Set(Items.map(({ keyId }) => String(keyId)));
  }

  #remember(keyId: string, lastAdmitted: number | undefined): void {
    if (lastAdmitted === undefined || lastAdmitted <= (this.#lastAdmitted.get(keyId) ?? 0)) return;
    this.#lastAdmitted.set(keyId, lastAdmitted);
  }

  async #note(
    { keyId, endedAt }: Receipt,
    name: 'lastAdmittedAt' | 'firstRefusedAt',
    than: '<' | '>',
    time: number,
  ): Promise<void> {
    await this.#update(itemKey.receipt(credentialIdOf(keyId)), {
      UpdateExpression: `SET ${name} = :time`,
      ConditionExpression: `endedAt = :ended AND (attribute_not_exists(${name}) OR ${name} ${than} :time)`,
      ExpressionAttributeValues: { ':time': new Date(time).toISOString(), ':ended': endedAt },
    });
  }

  /** What its condition refuses is known already, or of another time. */
  async #update(Key: ItemKey, update: Omit<UpdateCommandInput, 'TableName' | 'Key'>): Promise<void> {
    await writeIf(this.#table, new UpdateCommand({ TableName: this.#table.name, Key, ...update }));
  }
}

function receiptOf(item: Record<string, unknown>): Receipt {
  const { keyId, endedAt, restoredAt, lastAdmittedAt, firstRefusedAt } = item as unknown as Receipt;
  return { keyId, endedAt, restoredAt, lastAdmittedAt, firstRefusedAt };
}
