import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import type { LastUse } from '../domain/last-use.ts';
import { credentialIdOf, type ItemKey, itemKey } from './item-keys.ts';

/** DynamoDB's limit of a BatchGetItem. */
const BATCH_SIZE = 100;
/** A use is written when it is this much later than the one that is known. */
const PRECISION_MILLISECONDS = 60_000;
const SECRET_PREFIX = 'u#';

/** When credentials were last used: an item of the usage table for each that ever was. */
export class LastUseStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * When each of these was last used; those that never were are missing.
   * @param keyIds `key_…` and `sub_…`
   */
  async lastUsed(keyIds: readonly string[]): Promise<ReadonlyMap<string, LastUse>> {
    const byPartition = new Map(
      keyIds.map((keyId) => [itemKey.lastUse(credentialIdOf(keyId)).pk, keyId] as const),
    );
    const found = new Map<string, LastUse>();
    let keys = keyIds.map((keyId) => itemKey.lastUse(credentialIdOf(keyId)));
    while (keys.length > 0) {
      const { name, client } = this.#table;
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [name]: { Keys: keys.slice(0, BATCH_SIZE) } } }),
      );
      for (const item of Responses?.[name] ?? []) {
        const keyId = byPartition.get(String(item.pk));
        if (keyId !== undefined) found.set(keyId, lastUseOf(item));
      }
      const unprocessed = (UnprocessedKeys?.[name]?.Keys ?? []) as ItemKey[];
      keys = [...unprocessed, ...keys.slice(BATCH_SIZE)];
    }
    return found;
  }

  /** When this one was last used; undefined when it never was. */
  async lastUseOf(keyId: string): Promise<LastUse | undefined> {
    return (await this.lastUsed([keyId])).get(keyId);
  }

  /**
   * Notes a use, unless one is known that is as late or less than a minute earlier: so it may be told again
   * and in any order.
   * @param use.at in milliseconds since 1970
   */
  async note(use: { readonly keyId: string; readonly secretId: string; readonly at: number }): Promise<void> {
    const update = new UpdateCommand({
      TableName: this.#table.name,
      Key: itemKey.lastUse(credentialIdOf(use.keyId)),
      UpdateExpression: 'SET #secret = :at',
      ConditionExpression: 'attribute_not_exists(#secret) OR #secret <= :before',
      ExpressionAttributeNames: { '#secret': SECRET_PREFIX + use.secretId },
      ExpressionAttributeValues: {
        ':at': new Date(use.at).toISOString(),
        ':before': new Date(use.at - PRECISION_MILLISECONDS).toISOString(),
      },
    });
    try {
      await this.#table.client.send(update);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}

function lastUseOf(item: Record<string, unknown>): LastUse {
  const bySecret = Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) =>
      name.startsWith(SECRET_PREFIX) ? [[name.slice(SECRET_PREFIX.length), String(value)]] : [],
    ),
  );
  const at = Object.values(bySecret).sort().at(-1) ?? '';
  return { at, bySecret };
}
