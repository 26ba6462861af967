import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import type { Link, Linked, SealedEvent } from '../domain/audit-chain.ts';
import { expiryIn, linkOf, sealedEventOf } from './audit-item.ts';
import { type ItemKey, itemKey } from './item-keys.ts';

/** A part of a partition: what was read, and whether more follows. */
interface Part<Item> {
  readonly items: readonly Item[];
  readonly more: boolean;
}

interface KeptRecord {
  readonly position: string;
  readonly record: SealedEvent;
  readonly expires: number | null;
  /** What stands at the record's number. */
  readonly link: Link | undefined;
}

const MOST_KEYS = 100;
const MOST_ATTEMPTS = 8;
/** Sorts before every sort key. */
const BEFORE_ALL = ' ';

type StoredItem = Record<string, unknown>;

/** Reads chains of audit records, consistently, for whoever checks them. */
export class AuditChainReader {
  readonly #table: Table;
  readonly #partSize: number;

  /** @param partSize how many items are read at once; a thousand is some seconds' work */
  constructor(table: Table, partSize = 1000) {
    this.#table = table;
    this.#partSize = partSize;
  }

  /** The links after a number, in order, each with its record. */
  async links(tenantId: string | null, after: number): Promise<Part<Linked>> {
    const { pk, sk } = itemKey.auditLink(tenantId, after);
    const { items, more } = await this.#part(pk, sk);
    const links = items.map(linkOf);
    const partition = recordPartition(tenantId);
    const records = await this.#read(links.map(({ record }) => ({ pk: partition, sk: record })));
    return {
      items: links.map((link) => {
        const record = records.get(keyText({ pk: partition, sk: link.record }));
        return { link, record: record && sealedEventOf(record) };
      }),
      more,
    };
  }

  /** The records after a position, in order, each with the link at its number. */
  async records(tenantId: string | null, after: string | undefined): Promise<Part<KeptRecord>> {
    const { items, more } = await this.#part(recordPartition(tenantId), after ?? BEFORE_ALL);
    const records = items.map((item) => ({
      position: String(item.sk),
      record: sealedEventOf(item),
      expires: expiryIn(item[TTL_ATTRIBUTE]),
    }));
    const keys = records.map(({ record }) => itemKey.auditLink(tenantId, record.seal.seq));
    const links = await this.#read(keys);
    return {
      items: records.map((one, index) => {
        const link = links.get(keyText(keys[index] as ItemKey));
        return { ...one, link: link && linkOf(link) };
      }),
      more,
    };
  }

  async #part(pk: string, after: string): Promise<Part<StoredItem>> {
    const items: StoredItem[] = [];
    let start: StoredItem | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: { ':pk': pk, ':after': after },
          Limit: this.#partSize - items.length,
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      items.push(...Items);
      start = LastEvaluatedKey;
    } while (start !== undefined && items.length < this.#partSize);
    return { items, more: start !== undefined };
  }

  /** Items by the texts of their keys; those that do not exist are absent. */
  async #read(keys: readonly ItemKey[]): Promise<ReadonlyMap<string, StoredItem>> {
    const { client, name } = this.#table;
    const found = new Map<string, StoredItem>();
    let waiting = [...new Map(keys.map((key) => [keyText(key), key])).values()];
    for (let attempt = 0; waiting.length > 0; attempt += 1) {
      const Keys = waiting.slice(0, MOST_KEYS);
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true } } }),
      );
      const items = Responses?.[name] ?? [];
      for (const item of items) found.set(keyText(item as unknown as ItemKey), item);
      const unprocessed = (UnprocessedKeys?.[name]?.Keys ?? []) as unknown as ItemKey[];
      waiting = [...unprocessed, ...waiting.slice(MOST_KEYS)];
      if (items.length > 0) attempt = 0;
      else if (unprocessed.length > 0 && attempt === MOST_ATTEMPTS)
        throw new Error('the audit table gave out no items in several attempts');
    }
    return found;
  }
}

function recordPartition(tenantId: string | null): string {
  return itemKey.audit({ tenantId, time: '', id: '' }).pk;
}

function keyText({ pk, sk }: ItemKey): string {
  return `${pk} ${sk}`;
}
