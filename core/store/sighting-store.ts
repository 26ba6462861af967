import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { LAST_EVENT, TTL_ATTRIBUTE } from '../contract/deployment.ts';
import { writeIf } from './conditional-write.ts';

/** A network that a credential was seen from, as a Region's table has it. */
export interface Sighting {
  readonly pk: string;
  readonly sk: string;
  /** Until when it is known, in seconds since 1970. */
  readonly [TTL_ATTRIBUTE]: number;
  /** Absent where the Region knew it and moved its end. */
  readonly [LAST_EVENT]?: unknown;
}

/**
 * Networks that were seen in other Regions, in the regional table of the control plane's: the one from which the
 * publisher hears of them. What it does not know there is put with its event; of what it knows the end moves. So each
 * network brings one event, however many Regions saw it and however often one of them tells.
 */
export class SightingStore {
  readonly #table: Table;
  readonly #now: () => Date;

  constructor(table: Table, now: () => Date) {
    this.#table = table;
    this.#now = now;
  }

  async note({ pk, sk, ...sighting }: Sighting): Promise<void> {
    const { [TTL_ATTRIBUTE]: until, [LAST_EVENT]: event } = sighting;
    if (event !== undefined && (await this.#put({ pk, sk, [TTL_ATTRIBUTE]: until, [LAST_EVENT]: event })))
      return;
    await writeIf(
      this.#table,
      new UpdateCommand({
        TableName: this.#table.name,
        Key: { pk, sk },
        UpdateExpression: 'SET #ttl = :until',
        ConditionExpression: 'attribute_not_exists(#ttl) OR #ttl < :until',
        ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
        ExpressionAttributeValues: { ':until': until },
      }),
    );
  }

  /** Whether it was not known, as an authorizer of that Region would have found. */
  #put(Item: Record<string, unknown>): Promise<boolean> {
    return writeIf(
      this.#table,
      new PutCommand({
        TableName: this.#table.name,
        Item,
        ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :now',
        ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
        ExpressionAttributeValues: { ':now': Math.floor(this.#now().getTime() / 1000) },
      }),
    );
  }
}
