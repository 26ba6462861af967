import { crc32 } from 'node:zlib';
import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import type { ItemKey } from './item-keys.ts';

const SHARDS = 16;

/**
 * Partitions of the `due` index that hold what ends by itself, apart from what a sweep has to look at: where DynamoDB's
 * time-to-live deletes it, days may pass until it does, and nobody reads these meanwhile.
 */
export const endPartitions: readonly string[] = Array.from({ length: SHARDS }, (_, i) => `END#${i}`);

/** When an item ends that `ENDING_KEYS` has. */
export interface Ending {
  readonly [TTL_ATTRIBUTE]: number;
  readonly duePk: string;
  readonly dueAt: string;
}

/**
 * What an item has that ends: its time-to-live, and the same where the table can have none. All of it is written together
 * whenever the end moves.
 * @param seconds since 1970
 */
export function endingAt({ pk }: Pick<ItemKey, 'pk'>, seconds: number): Ending {
  const dueAt = new Date(seconds * 1000).toISOString();
  return { [TTL_ATTRIBUTE]: seconds, duePk: `END#${crc32(pk) % SHARDS}`, dueAt };
}

/** An update that gives an item its end, with what `settingEnd` gives. */
export const SET_END = 'SET #ttl = :ttl, duePk = :duePk, dueAt = :dueAt';

/** The names and values of `SET_END`. */
export function settingEnd(key: Pick<ItemKey, 'pk'>, seconds: number) {
  const { [TTL_ATTRIBUTE]: ttl, duePk, dueAt } = endingAt(key, seconds);
  return {
    names: { '#ttl': TTL_ATTRIBUTE },
    values: { ':ttl': ttl, ':duePk': duePk, ':dueAt': dueAt },
  };
}

/** An item that has not ended. One that has is deleted a while later, and is gone until then as well. */
export function unended<Item extends Record<string, unknown>>(
  item: Item | undefined,
  now: Date,
): Item | undefined {
  return item !== undefined && Number(item[TTL_ATTRIBUTE] ?? Number.POSITIVE_INFINITY) > secondsOf(now)
    ? item
    : undefined;
}

/** Whole seconds since 1970. */
export function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
