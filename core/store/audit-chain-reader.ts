import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { Table } from '../aws/document-client.ts';
import type { ChainEntry, Link } from '../domain/audit/audit-chain.ts';
import { linkOf, placeOf, recordAt, type StoredItem, seqOf } from './audit-item.ts';
import { inBatches } from './item-batches.ts';
import { type ItemKey, itemKey } from './item-keys.ts';

/** A part of a partition: what was read, and whether more follows. */
interface Part<Item> {
  readonly items: readonly Item[];
  /** Sort key of the last item; null without any. */
  readonly end: string | null;
  readonly more: boolean;
}

/** A record of a tenant's, and what stands at the number that it says is its own. */
export interface PlacedRecord {
  /** Its sort key. */
  readonly position: string;
  readonly seq: number | null;
  readonly link: Pick<Link, 'record'> | undefined;
}

/** Reads chains of audit records, part by part, for whoever checks them. `after` is an earlier part's `end`. */
export interface ChainReader {
  /** What stands at the numbers of a chain, in order, each with the record that it names. */
  links(tenantId: string | null, after: string | null): Promise<Part<ChainEntry>>;
  /** The records of a chain, in the order of their positions. */
  records(tenantId: string | null, after: string | null): Promise<Part<PlacedRecord>>;
}

type RawItem = Record<string, AttributeValue>;

/**
 * Reads the audit table, consistently, and attribute by attribute in DynamoDB's own form: what no writer of
 * ours writes, a set of texts, say, must not look like something that one does.
 */
export class AuditChainReader implements ChainReader {
  /** A document client passes DynamoDB's plain commands on as they are. */
  readonly #client: DynamoDBClient;
  readonly #name: string;
  readonly #partSize: number;

  /** @param partSize how many items are read at once; a thousand is some seconds' work */
  constructor({ client, name }: Table, partSize = 1000) {
    this.#client = client as unknown as DynamoDBClient;
    this.#name = name;
    this.#partSize = partSize;
  }

  async links(tenantId: string | null, after: string | null): Promise<Part<ChainEntry>> {
    const part = await this.#part(itemKey.auditLink(tenantId, 0).pk, after);
    const partition = recordPartition(tenantId);
    const keyOf = ({ record }: StoredItem): ItemKey => ({ pk: partition, sk: String(record) });
    const records = await this.#read(part.items.filter(({ record }) => isKey(record)).map(keyOf));
    const items = part.items.map((item) => standingOf(tenantId, item, records.get(keyText(keyOf(item)))));
    return { ...part, items };
  }

  async records(tenantId: string | null, after: string | null): Promise<Part<PlacedRecord>> {
    const part = await this.#part(recordPartition(tenantId), after);
    const keyOf = (seq: number): ItemKey => itemKey.auditLink(tenantId, seq);
    const numbers = part.items.flatMap((item) => placeOf(item) ?? []);
    const links = await this.#read(numbers.map(keyOf));
    const items = part.items.map((item) => {
      const seq = placeOf(item);
      const link = seq === null ? undefined : links.get(keyText(keyOf(seq)));
      return { position: String(item.sk), seq, link: link && { record: String(link.record) } };
    });
    return { ...part, items };
  }

  async #part(pk: string, after: string | null): Promise<Part<StoredItem>> {
    const items: StoredItem[] = [];
    let start: RawItem | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new QueryCommand({
          TableName: this.#name,
          KeyConditionExpression: after === null ? 'pk = :pk' : 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: { ':pk': { S: pk }, ...(after !== null && { ':after': { S: after } }) },
          Limit: this.#partSize - items.length,
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      items.push(...Items.map(plainItem));
      start = LastEvaluatedKey;
    } while (start !== undefined && items.length < this.#partSize);
    const last = items.at(-1);
    return { items, end: last === undefined ? after : String(last.sk), more: start !== undefined };
  }

  /** Items by the texts of their keys; those that do not exist are absent. */
  async #read(keys: readonly ItemKey[]): Promise<ReadonlyMap<string, StoredItem>> {
    const found = new Map<string, StoredItem>();
    const wanted = new Map(keys.map((key) => [keyText(key), key]));
    const raw = [...wanted.values()].map(({ pk, sk }): RawItem => ({ pk: { S: pk }, sk: { S: sk } }));
    const items = inBatches(raw, async (Keys) => {
      const { Responses, UnprocessedKeys } = await this.#client.send(
        new BatchGetItemCommand({ RequestItems: { [this.#name]: { Keys, ConsistentRead: true } } }),
      );
      return { items: Responses?.[this.#name] ?? [], left: UnprocessedKeys?.[this.#name]?.Keys ?? [] };
    });
    for await (const item of items) {
      const plain = plainItem(item);
      found.set(keyText(plain as unknown as ItemKey), plain);
    }
    return found;
  }
}

/** What is found at a link's key; the record is the item that the link names. */
export function standingOf(
  tenantId: string | null,
  item: StoredItem,
  record: StoredItem | undefined,
): ChainEntry {
  const link = linkOf(tenantId, item, record);
  return { seq: seqOf(item.sk), link, record: link && record && recordAt(link, record) };
}

/** What can be a sort key: DynamoDB takes 1 to 1024 bytes. */
function isKey(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= 1024;
}

/** Marks an item that holds what JSON can't say; no attribute of ours has this name. */
const FOREIGN = 'holds what is no JSON';

/** An item as plain JSON. Every name is an own property of it. */
function plainItem(item: RawItem): StoredItem {
  let isForeign = false;
  const foreign = () => {
    isForeign = true;
    return null;
  };
  // Of an attribute called __proto__ the SDK makes no value, or an object's prototype.
  const plainValue = (value: AttributeValue | undefined): unknown => {
    if (value?.S !== undefined) return value.S;
    if (value?.N !== undefined) return Number(value.N);
    if (value?.BOOL !== undefined) return value.BOOL;
    if (value?.NULL !== undefined) return null;
    if (value?.L !== undefined) return value.L.map(plainValue);
    return value?.M === undefined ? foreign() : plainMap(value.M);
  };
  const plainMap = (map: RawItem) => {
    if (!isPlain(map)) foreign();
    return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, plainValue(value)]));
  };
  const plain = plainMap(item);
  return isForeign ? { ...plain, [FOREIGN]: true } : plain;
}

function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function recordPartition(tenantId: string | null): string {
  return itemKey.audit({ tenantId, time: '', id: '' }).pk;
}

function keyText({ pk, sk }: ItemKey): string {
  return JSON.stringify([pk, sk]);
}
