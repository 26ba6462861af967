import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import { compositeKey } from '../domain/ground/composite-key.ts';
import type { KeyProfile } from '../domain/security/key-profile.ts';
import type { UsageCount } from '../domain/usage/access-record.ts';
import type { UsageSubject } from '../domain/usage/usage-tally.ts';
import { writeIf } from './conditional-write.ts';
import type { FreshCounts } from './fresh-counts.ts';
import type { FreshStore } from './fresh-store.ts';
import { itemsByKey } from './item-batches.ts';
import { type ItemKey, itemKey } from './item-keys.ts';
import { countOf } from './usage-count.ts';

/** A key that is not used for so long is a new one when it comes back. */
const LIFE_MILLISECONDS = 400 * 86_400_000;

/** An hour of a subject: `yyyy-mm-ddThh` in UTC. */
export interface SubjectHour {
  readonly subject: UsageSubject;
  readonly hour: string;
}

/** What rules of findings look at: counts of hours, and what is remembered of credentials. */
export interface WatchedState {
  /** What was counted in an hour, as it is now. */
  count(of: SubjectHour): UsageCount;
  /** Undefined for a credential that was not seen before. */
  profile(keyId: string): KeyProfile | undefined;
  /** What of the subjects is fresh; undefined where there are no files. */
  readonly fresh: FreshCounts | undefined;
}

/** What is remembered of credentials to know what is unusual for them, in the usage table: one item each. */
export class ProfileStore {
  readonly #table: Table;
  readonly #fresh: FreshStore | undefined;

  /** @param fresh where requests are counted from files */
  constructor(table: Table, fresh?: FreshStore) {
    this.#table = table;
    this.#fresh = fresh;
  }

  /** Profiles and counts together, a hundred to a request; consistent, so that a batch sees what it added. */
  async read(keyIds: readonly string[], hours: readonly SubjectHour[]): Promise<WatchedState> {
    const keys = [...keyIds.map(itemKey.profile), ...hours.map(keyOf)];
    const credentials = keyIds.map((keyId) => ({ kind: 'credential', keyId }) as const);
    const fresh = await this.#fresh?.of([...hours.map(({ subject }) => subject), ...credentials]);
    const items = await this.#items(keys);
    return {
      fresh,
      count: (of) => {
        const item = items.get(nameOf(keyOf(of)));
        return fresh === undefined ? countOf(item ?? {}) : fresh.count(keyOf(of), item);
      },
      profile: (keyId) => {
        const item = items.get(nameOf(itemKey.profile(keyId)));
        if (item === undefined) return undefined;
        const { pk, sk, [TTL_ATTRIBUTE]: ttl, ...profile } = item;
        return profile as unknown as KeyProfile;
      },
    };
  }

  /**
   * Keeps a profile in place of `before`, the one that was read; undefined for none.
   * @returns false when somebody else was first, which changes nothing
   */
  async write(before: KeyProfile | undefined, after: KeyProfile): Promise<boolean> {
    const ttl = Math.floor((Date.parse(after.day) + LIFE_MILLISECONDS) / 1000);
    const revision = (before?.revision ?? 0) + 1;
    const put = new PutCommand({
      TableName: this.#table.name,
      Item: { ...itemKey.profile(after.keyId), [TTL_ATTRIBUTE]: ttl, ...after, revision },
      ...(before === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'revision = :read',
            ExpressionAttributeValues: { ':read': before.revision },
          }),
    });
    return writeIf(this.#table, put);
  }

  async #items(wanted: readonly ItemKey[]): Promise<ReadonlyMap<string, Record<string, unknown>>> {
    const found = new Map<string, Record<string, unknown>>();
    for await (const item of itemsByKey(this.#table, wanted)) {
      found.set(nameOf({ pk: String(item.pk), sk: String(item.sk) }), item);
    }
    return found;
  }
}

function keyOf({ subject, hour }: SubjectHour): ItemKey {
  return itemKey.usage(subject, hour);
}

function nameOf({ pk, sk }: ItemKey): string {
  return compositeKey(pk, sk);
}
