import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { BARRED, LAST_EVENT } from '../contract/deployment.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import type { KeyAlias } from '../domain/imports/imported-key.ts';
import type { Digest } from '../domain/keys/pepper.ts';
import { writeIf } from './conditional-write.ts';
import { Conflict } from './conflict.ts';
import { isCredential } from './credential-store.ts';
import { isWrittenBy, readItem } from './item.ts';
import { itemsByKey } from './item-batches.ts';
import { itemKey } from './item-keys.ts';

/**
 * What imported keys are found by, in the main table: for each kept version of the pepper one item that leads
 * to the credential. None is deleted, nor changed once the credential is there, so a text that was imported
 * once stays taken, until an operator releases it. One that leads to no credential is taken over only after
 * that credential was barred: whoever was about to make it, however slow, then finds that it can't.
 */
export class AliasStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Where keys lead to that were imported before, by their digests, oldest version first. */
  async find(keys: readonly (readonly Digest[])[]): Promise<(KeyAlias | undefined)[]> {
    const held = await this.held(keys);
    return held.map((aliases) => aliases.find((alias) => alias !== undefined));
  }

  /** The same, of each digest by itself. */
  async held(keys: readonly (readonly Digest[])[]): Promise<(KeyAlias | undefined)[][]> {
    const found = new Map<string, KeyAlias>();
    for await (const item of itemsByKey(this.#table, keys.flat().map(itemKey.alias))) {
      found.set(String(item.pk), aliasOf(item));
    }
    return keys.map((digests) => digests.map((digest) => found.get(itemKey.alias(digest).pk)));
  }

  /** Which of these credentials there are, by their 12 characters. */
  async credentials(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const idOf = new Map([...new Set(ids)].map((id) => [itemKey.credential(id).pk, id]));
    const found = new Set<string>();
    const places = [...idOf.values()].map(itemKey.credential);
    for await (const item of itemsByKey(this.#table, places, { ProjectionExpression: 'pk, tenantId' })) {
      if (isCredential(item)) found.add(idOf.get(String(item.pk)) ?? '');
    }
    return found;
  }

  /**
   * Makes a digest lead to a credential that is yet to be made.
   * @param before where it led when it was read: to a credential that was barred or released; undefined for nowhere
   * @returns false when it leads somewhere else by now
   */
  async claim(digest: Digest, alias: KeyAlias, before: KeyAlias | undefined): Promise<boolean> {
    const condition =
      before === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk) OR credentialId = :own' }
        : { ConditionExpression: 'credentialId IN (:own, :before)' };
    const put = new PutCommand({
      TableName: this.#table.name,
      Item: { ...itemKey.alias(digest), ...alias },
      ...condition,
      ExpressionAttributeValues: {
        ':own': alias.credentialId,
        ...(before && { ':before': before.credentialId }),
      },
    });
    return writeIf(this.#table, put);
  }

  /**
   * Sees to it that a credential which is not there will never be: its place is taken by an item that nobody
   * reads as a credential. @returns false when the credential is there by now
   */
  async bar(credentialId: string): Promise<boolean> {
    const place = itemKey.credential(credentialId);
    const put = new PutCommand({
      TableName: this.#table.name,
      Item: { ...place, [BARRED]: true },
      ConditionExpression: 'attribute_not_exists(pk) OR #barred = :true',
      ExpressionAttributeNames: { '#barred': BARRED },
      ExpressionAttributeValues: { ':true': true },
    });
    return writeIf(this.#table, put);
  }

  /**
   * Notes, with its event, that a key leads nowhere any more, in the item that it is found by: an import takes
   * that, and those of newer versions, for itself.
   * @throws DomainError `conflict` when it was released, or leads somewhere else, by now
   */
  async release(digests: readonly Digest[], { state, event }: Change<KeyAlias>): Promise<void> {
    for (const digest of digests) {
      const place = itemKey.alias(digest);
      const put = new PutCommand({
        TableName: this.#table.name,
        Item: { ...place, ...state, [LAST_EVENT]: event },
        ConditionExpression: 'credentialId = :before AND attribute_not_exists(#released)',
        ExpressionAttributeNames: { '#released': 'released' },
        ExpressionAttributeValues: { ':before': state.credentialId },
      });
      if (await writeIf(this.#table, put)) return;
      if (isWrittenBy(event.id, (await readItem(this.#table, place)) ?? {})) return;
    }
    throw new Conflict();
  }

  /** Makes a key lead to its credential by one more digest, unless that leads somewhere already. */
  async add(digest: Digest, alias: KeyAlias): Promise<void> {
    const put = new PutCommand({
      TableName: this.#table.name,
      Item: { ...itemKey.alias(digest), ...alias },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    await writeIf(this.#table, put);
  }
}

function aliasOf(item: Record<string, unknown>): KeyAlias {
  const { pk, sk, [LAST_EVENT]: lastEvent, ...alias } = item;
  return alias as unknown as KeyAlias;
}
