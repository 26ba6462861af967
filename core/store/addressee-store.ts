import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { TABLE_INDEX } from '../contract/deployment.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import { type Addressee, noted } from '../domain/mail/addressee.ts';
import type { Person } from '../domain/people/person.ts';
import { readItem, stateOf, updateItem } from './item.ts';
import { itemsByKey } from './item-batches.ts';
import { itemKey, listPartition } from './item-keys.ts';

/** What sending reads of an addressee. */
const READ = ['sub', 'email', 'role', 'tenants', 'seenAt', 'settings', 'chosenAt', 'revision'] as const;
const PROJECTION = {
  ProjectionExpression: READ.map((_, i) => `#r${i}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(READ.map((name, i) => [`#r${i}`, name])),
};

/** Where and what of people is mailed, in the main table: one item each. */
export class AddresseeStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** As it is now; undefined for who was never noted. */
  async get(sub: string): Promise<Addressee | undefined> {
    const item = await readItem(this.#table, itemKey.addressee(sub));
    return item && stateOf<Addressee>(item);
  }

  /** What is known of these people, as it is now. */
  async of(subs: readonly string[]): Promise<readonly Addressee[]> {
    const keys = [...new Set(subs)].map(itemKey.addressee);
    const found: Addressee[] = [];
    for await (const item of itemsByKey(this.#table, keys, PROJECTION))
      found.push(item as unknown as Addressee);
    return found;
  }

  /** Everybody whose token named a role when it was last seen, as they were a moment ago. */
  async withRole(): Promise<readonly Addressee[]> {
    const found: Addressee[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const { Items, LastEvaluatedKey } = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          IndexName: TABLE_INDEX.list,
          KeyConditionExpression: 'listPk = :list',
          ExpressionAttributeValues: { ':list': listPartition.addressees },
          ...PROJECTION,
          Select: 'SPECIFIC_ATTRIBUTES',
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      found.push(...((Items ?? []) as Addressee[]));
      start = LastEvaluatedKey;
    } while (start !== undefined);
    return found;
  }

  /** Notes who a person is by the token at hand; the settings stay. It changes nothing that a person decides. */
  async note(person: Person, now: Date): Promise<void> {
    const { sub, email, role, tenants, seenAt } = noted(person, now);
    const { pk, sk } = itemKey.addressee(sub);
    const isListed = role !== null;
    const sets = ['#sub = :sub', 'email = :email', '#role = :role', 'tenants = :tenants', 'seenAt = :seenAt'];
    await this.#table.client.send(
      new UpdateCommand({
        TableName: this.#table.name,
        Key: { pk, sk },
        UpdateExpression: `SET ${[
          ...sets,
          'revision = if_not_exists(revision, :none)',
          ...(isListed ? ['listPk = :list', 'listSk = :pk'] : []),
        ].join(', ')}${isListed ? '' : ' REMOVE listPk, listSk'}`,
        ExpressionAttributeNames: { '#sub': 'sub', '#role': 'role' },
        ExpressionAttributeValues: {
          ':sub': sub,
          ':email': email,
          ':role': role,
          ':tenants': tenants,
          ':seenAt': seenAt,
          ':none': 0,
          ...(isListed && { ':list': listPartition.addressees, ':pk': pk }),
        },
      }),
    );
  }

  /** @throws Conflict when the settings are no longer as `before` */
  update(before: Addressee, change: Change<Addressee>): Promise<void> {
    return updateItem(this.#table, itemKey.addressee(before.sub), before, change);
  }
}
