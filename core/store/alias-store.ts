import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { LAST_EVENT } from '../contract/deployment.ts';
import type { Change } from '../domain/audit-event.ts';
import type { KeyAlias } from '../domain/imported-key.ts';
import type { Digest } from '../domain/pepper.ts';
import { Conflict } from './conflict.ts';
import { isWrittenBy, readItem } from './item.ts';
import { type ItemKey, itemKey } from './item-keys.ts';

/** DynamoDB's limit of a BatchGetItem. */
const BATCH_SIZE = 100;

/**
 * What imported keys are found by, in the main table: for each kept version of the pepper one item that leads
 * to the credential. None is deleted, nor changed once the credential is there, so a text that was imported
 * once stays taken, until an operator releases it.
 */
export class AliasStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Where keys lead to that were imported before, by their digests, oldest version first. */
  async find(keys: readonly (readonly Digest[])[]): Promise<(KeyAlias | undefined)[]> {
    const found = new Map<string, KeyAlias>();
    for await (const item of this.#batches(keys.flat().map(itemKey.alias))) {
      found.set(String(item.pk), aliasOf(item));
    }
    return keys.map((digests) =>
      digests.map((digest) => found.get(itemKey.alias(digest).pk)).find((alias) => alias !== undefined),
    );
  }

  /** Which of these credentials there are, by their 12 characters. */
  async credentials(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const idOf = new Map([...new Set(ids)].map((id) => [itemKey.credential(id).pk, id]));
    const found = new Set<string>();
    for await (const { pk } of this.#batches([...idOf.values()].map(itemKey.credential), 'pk')) {
      found.add(idOf.get(String(pk)) ?? '');
    }
    return found;
  }

  async *#batches(keys: readonly ItemKey[], attribute?: string): AsyncGenerator<Record<string, unknown>> {
    const { client, name } = this.#table;
    const only = attribute === undefined ? {} : { ProjectionExpression: attribute };
    let wanted = keys;
    while (wanted.length > 0) {
      const Keys = wanted.slice(0, BATCH_SIZE);
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true, ...only } } }),
      );
      yield* Responses?.[name] ?? [];
      const unprocessed = (UnprocessedKeys?.[name]?.Keys ?? []) as ItemKey[];
      wanted = [...unprocessed, ...wanted.slice(BATCH_SIZE)];
    }
  }

  /**
   * Makes a key lead to a credential, unless it leads somewhere already; gives where it leads then. The oldest
   * version's item comes first and decides, so that of two importers with unlike peppers one is first, too.
   * @param abandoned where it may have led until now: a credential that an import stopped short of
   */
  async claim(
    [oldest, ...newer]: readonly Digest[],
    alias: KeyAlias,
    abandoned: string | undefined,
  ): Promise<KeyAlias> {
    if (oldest === undefined) throw new RangeError('a key has a digest under every kept version');
    const held = await this.#claimOne(oldest, alias, abandoned);
    for (const digest of newer) await this.#claimOne(digest, held, abandoned);
    return held;
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
      try {
        await this.#table.client.send(put);
        return;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        if (isWrittenBy(event.id, (await readItem(this.#table, place)) ?? {})) return;
      }
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
    try {
      await this.#table.client.send(put);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async #claimOne(digest: Digest, alias: KeyAlias, abandoned = alias.credentialId): Promise<KeyAlias> {
    const place = itemKey.alias(digest);
    const put = new PutCommand({
      TableName: this.#table.name,
      Item: { ...place, ...alias },
      ConditionExpression: 'attribute_not_exists(pk) OR credentialId = :abandoned',
      ExpressionAttributeValues: { ':abandoned': abandoned },
    });
    try {
      await this.#table.client.send(put);
      return alias;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return aliasOf((await readItem(this.#table, place)) ?? {});
    }
  }
}

function aliasOf(item: Record<string, unknown>): KeyAlias {
  const { pk, sk, [LAST_EVENT]: lastEvent, ...alias } = item;
  return alias as unknown as KeyAlias;
}
