import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { inGroups } from '../aws/in-groups.ts';
import { compositeKey } from '../domain/ground/composite-key.ts';
import { hourOf } from '../domain/usage/usage-tally.ts';
import { writeIf } from './conditional-write.ts';
import { credentialIdOf, type ItemKey, itemKey } from './item-keys.ts';
import { MOST_ATTEMPTS, type UncountedPart } from './usage-writing.ts';

/** A use of a credential's secret. */
export interface CredentialUse {
  /** `key_…` or `sub_…`. */
  readonly keyId: string;
  readonly secretId: string;
  /** In milliseconds since 1970. */
  readonly at: number;
  /** Name of the log that told of it. */
  readonly log?: string | undefined;
}

/** Whether its credential's own item has it. */
type KeptUse = CredentialUse & { readonly isNoted: boolean };

/** In how many lists recent uses stand. Another number would look for them in another list. */
const SHARDS = 32;
/** A list has room for so many; further ones go to their credentials' own items. */
export const MOST_RECENT_USES = 2000;
/** A use is written when it is this much later than the one that is known. */
export const PRECISION_MILLISECONDS = 60_000;
const WRITES_AT_ONCE = 25;

/** The items with recent uses of these credentials. */
export function recentUsesOf(keyIds: readonly string[]): ItemKey[] {
  return [...new Set(keyIds.map(shardOf))].map(itemKey.recentUses);
}

/** What an item with recent uses holds; nothing for another one. */
export function usesIn({ body }: Readonly<Record<string, unknown>>): KeptUse[] {
  if (!(body instanceof Uint8Array)) return [];
  const rows = JSON.parse(gunzipSync(body).toString()) as [string, string, number, string | null, 0 | 1][];
  return rows.map(([keyId, secretId, at, log, noted]) => ({
    ...{ keyId, secretId, at, isNoted: noted === 1 },
    log: log ?? undefined,
  }));
}

/**
 * When secrets were last used of late, in the usage table: of many credentials in one item, so that a file's uses are
 * a few writes. With the hour each is noted at its credential, and with the next it goes: so whoever reads both, in
 * whatever order, finds it.
 */
export class RecentUses {
  readonly #table: Table;
  readonly #note: (use: CredentialUse) => Promise<void>;

  /** @param note notes a use at its credential: forward only */
  constructor(table: Table, note: (use: CredentialUse) => Promise<void>) {
    this.#table = table;
    this.#note = note;
  }

  /** Notes uses, forward only: so they may be told again and in any order. @returns what could not be noted */
  async note(uses: readonly CredentialUse[], now: Date): Promise<UncountedPart[]> {
    const failed: UncountedPart[] = [];
    for (const [shard, some] of Map.groupBy(uses, ({ keyId }) => shardOf(keyId))) {
      try {
        failed.push(...(await this.#noteIn(itemKey.recentUses(shard), some, now.getTime())));
      } catch (cause) {
        failed.push({ what: `last uses of list ${shard}`, cause });
      }
    }
    return failed;
  }

  async #noteIn(key: ItemKey, uses: readonly CredentialUse[], now: number): Promise<UncountedPart[]> {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const item = await this.#item(key);
      const { kept, beyond } = withUses(usesIn(item), uses);
      const since = typeof item.since === 'number' ? item.since : now;
      const isDue = hourOf(since) < hourOf(now);
      const due = isDue ? kept.filter(({ isNoted }) => !isNoted) : [];
      const failed = await this.#noteAll([...beyond, ...due]);
      const isLeft = (use: KeptUse) => failed.some((each) => each.use === use);
      const left = isDue
        ? kept.filter(({ isNoted }) => !isNoted).map((use) => (isLeft(use) ? use : { ...use, isNoted: true }))
        : kept;
      if (await this.#put(key, item.revision, { uses: left, since: isDue ? now : since })) return failed;
    }
    throw new Error(`others were in the way of ${key.pk} ${MOST_ATTEMPTS} times in a row`);
  }

  async #noteAll(uses: readonly CredentialUse[]): Promise<(UncountedPart & { use: CredentialUse })[]> {
    const failed: (UncountedPart & { use: CredentialUse })[] = [];
    await inGroups(uses, WRITES_AT_ONCE, async (use) => {
      const { keyId, secretId, at, log } = use;
      try {
        await this.#note({ keyId, secretId, at, log });
      } catch (cause) {
        failed.push({ what: `the last use of ${keyId}`, cause, use });
      }
    });
    return failed;
  }

  async #item({ pk, sk }: ItemKey): Promise<Record<string, unknown>> {
    const get = new GetCommand({ TableName: this.#table.name, Key: { pk, sk }, ConsistentRead: true });
    return (await this.#table.client.send(get)).Item ?? {};
  }

  /** @returns false when somebody else was first, which changes nothing */
  #put(
    key: ItemKey,
    revision: unknown,
    { uses, since }: { readonly uses: readonly KeptUse[]; readonly since: number },
  ): Promise<boolean> {
    const rows = uses.map(({ keyId, secretId, at, log, isNoted }) => [
      ...[keyId, secretId, at, log ?? null],
      isNoted ? 1 : 0,
    ]);
    const isNew = typeof revision !== 'number';
    const update = new UpdateCommand({
      TableName: this.#table.name,
      Key: key,
      UpdateExpression: 'SET #body = :body, #since = :since, #revision = :next',
      ConditionExpression: isNew ? 'attribute_not_exists(#revision)' : '#revision = :read',
      ExpressionAttributeNames: { '#body': 'body', '#since': 'since', '#revision': 'revision' },
      ExpressionAttributeValues: {
        ...{ ':body': gzipSync(JSON.stringify(rows)), ':since': since },
        ...(isNew ? { ':next': 1 } : { ':next': revision + 1, ':read': revision }),
      },
    });
    return writeIf(this.#table, update);
  }
}

/** What a list holds with these uses, and those that it has no room for. */
function withUses(before: readonly KeptUse[], uses: readonly CredentialUse[]) {
  const kept = new Map(before.map((use) => [nameOf(use), use]));
  const beyond: CredentialUse[] = [];
  for (const use of uses) {
    const known = kept.get(nameOf(use));
    if (known !== undefined && use.at < known.at + PRECISION_MILLISECONDS) continue;
    if (known === undefined && kept.size >= MOST_RECENT_USES) beyond.push(use);
    else kept.set(nameOf(use), { ...use, isNoted: false });
  }
  return { kept: [...kept.values()], beyond };
}

function nameOf({ keyId, secretId }: CredentialUse): string {
  return compositeKey(keyId, secretId);
}

function shardOf(keyId: string): number {
  return crc32(credentialIdOf(keyId)) % SHARDS;
}
