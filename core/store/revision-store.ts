import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { EVENTS_FROM, LAST_EVENT, TABLE_INDEX } from '../contract/deployment.ts';
import type { AuditEvent } from '../contract/events.ts';
import type { ItemRevision, RecordedRevision, RevisedItem } from '../domain/audit/item-revision.ts';
import { recordedRevision } from './audit-item.ts';
import { writeIf } from './conditional-write.ts';
import { itemKey, listPartition } from './item-keys.ts';

/** A part of a list; `end` is where the next goes on after, null at the end. */
export interface RevisedPart {
  readonly items: readonly RevisedItem[];
  readonly end: string | null;
}

/** As much of an item as says which changes it went through; nothing of it decides on anything. */
const READ = [
  'pk',
  'listSk',
  'revision',
  EVENTS_FROM,
  'tenantId',
  'keyId',
  'subscriptionId',
  LAST_EVENT,
] as const;

/** Lists of what belongs to no one tenant, and of what all tenants' stands in together. */
export const SHARED_LISTS: readonly string[] = [
  listPartition.apis,
  listPartition.products,
  listPartition.alertsOf(null),
  listPartition.approvals,
  listPartition.signUps,
  listPartition.tenants,
];

/** Lists of what is a tenant's own, beside its item and its approvals. */
export function listsOf(tenantId: string): readonly string[] {
  return [
    listPartition.keysOf(tenantId),
    listPartition.subscriptionsOf(tenantId),
    listPartition.teamOf(tenantId),
    listPartition.alertsOf(tenantId),
  ];
}

/** What items say of their changes, and which of these the audit log has. */
export class RevisionStore {
  readonly #main: Table;
  readonly #audit: Table;

  /** @param main the table of items; `audit` the log's */
  constructor(main: Table, audit: Table) {
    this.#main = main;
    this.#audit = audit;
  }

  /** A part of a partition of the `list` index, oldest first, as it was a moment ago. */
  async part(listPk: string, after: string | null, size: number): Promise<RevisedPart> {
    const { Items = [], LastEvaluatedKey } = await this.#main.client.send(
      new QueryCommand({
        TableName: this.#main.name,
        IndexName: TABLE_INDEX.list,
        KeyConditionExpression: after === null ? 'listPk = :list' : 'listPk = :list AND listSk > :after',
        ExpressionAttributeValues: { ':list': listPk, ...(after !== null && { ':after': after }) },
        ...PROJECTION,
        Select: 'SPECIFIC_ATTRIBUTES',
        Limit: size,
      }),
    );
    const end = LastEvaluatedKey === undefined ? null : String(LastEvaluatedKey.listSk);
    return { items: Items.flatMap((item) => revisedItem(item) ?? []), end };
  }

  /** A tenant's own item; undefined when there is none, or none whose changes are numbered yet. */
  async tenant(tenantId: string): Promise<RevisedItem | undefined> {
    const { Item } = await this.#main.client.send(
      new GetCommand({
        TableName: this.#main.name,
        Key: itemKey.tenant(tenantId),
        ConsistentRead: true,
        ...PROJECTION,
      }),
    );
    return Item && revisedItem(Item);
  }

  /** Those of an item's revisions, from one on, that the log has, in order. */
  async recorded({ item, revision }: ItemRevision): Promise<RecordedRevision[]> {
    const { pk, sk } = itemKey.recorded({ item, revision });
    const recorded: RecordedRevision[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#audit.client.send(
        new QueryCommand({
          TableName: this.#audit.name,
          KeyConditionExpression: 'pk = :item AND sk >= :from',
          ExpressionAttributeValues: { ':item': pk, ':from': sk },
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      recorded.push(...Items.map(recordedRevision));
      start = LastEvaluatedKey;
    } while (start !== undefined);
    return recorded;
  }

  /** Notes, with the event that says so, that a revision's event is missing. @returns false when it was noted */
  async noteGap(gap: ItemRevision, event: AuditEvent): Promise<boolean> {
    const put = new PutCommand({
      TableName: this.#main.name,
      Item: { ...itemKey.auditGap(gap), [LAST_EVENT]: event },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    return writeIf(this.#main, put);
  }

  /** Where a search goes on, as it was left; undefined before the first. */
  async searchPlace<ItemKeys>(): Promise<ItemKeys | undefined> {
    const get = new GetCommand({
      TableName: this.#main.name,
      Key: itemKey.auditGapSearch(),
      ConsistentRead: true,
    });
    return (await this.#main.client.send(get)).Item?.place as ItemKeys | undefined;
  }

  async keepSearchPlace(place: object): Promise<void> {
    const Item = { ...itemKey.auditGapSearch(), place };
    await this.#main.client.send(new PutCommand({ TableName: this.#main.name, Item }));
  }
}

const PROJECTION = {
  ProjectionExpression: READ.map((_, i) => `#a${i}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(READ.map((name, i) => [`#a${i}`, name])),
};

function revisedItem(item: Record<string, unknown>): RevisedItem | undefined {
  const { pk, keyId, subscriptionId, tenantId = null, revision, [EVENTS_FROM]: from } = item;
  const changedAt = (item[LAST_EVENT] as Partial<AuditEvent> | undefined)?.time;
  const id = keyId ?? subscriptionId ?? String(pk).split('#')[1];
  if (typeof revision !== 'number' || typeof changedAt !== 'string') return undefined;
  return {
    item: String(id),
    tenantId: tenantId as string | null,
    revision,
    eventsFrom: typeof from === 'number' ? from : undefined,
    changedAt,
  };
}
