import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import type { UsageCount } from '../domain/usage/access-record.ts';
import { together } from '../domain/usage/usage-groups.ts';
import { emptyCount, type Tally, type UsageSubject } from '../domain/usage/usage-tally.ts';
import { type ItemKey, itemKey } from './item-keys.ts';
import { countOf, takenBy } from './usage-count.ts';

/** In how many lists fresh counts stand. Another number would look for what is fresh in another list. */
export const SHARDS = 32;

/** The list that a subject's fresh counts stand in. */
export function shardOf(subject: UsageSubject): number {
  return crc32(itemKey.usage(subject, '').pk) % SHARDS;
}

/** Tallies as an item holds them: of a few hundred, what they have in common stands there once. */
export function packed(tallies: readonly Tally[]): Uint8Array {
  const rows = tallies.map(({ subject, period, count }) => {
    const lists = Object.entries(count).filter(([, value]) => Object.keys(Object(value)).length > 0);
    return [subject, period, count.requests, Object.fromEntries(lists)];
  });
  return gzipSync(JSON.stringify(rows));
}

/** What was packed. */
export function unpacked(body: Uint8Array): Tally[] {
  const rows = JSON.parse(gunzipSync(body).toString()) as [UsageSubject, string, number, object][];
  return rows.map(([subject, period, requests, lists]) => ({
    ...{ subject, period },
    count: together({ ...emptyCount(), requests }, { ...emptyCount(), ...lists }),
  }));
}

/** What some subjects have of fresh counts, as it was when these were read: to be read before their counts are. */
export class FreshCounts {
  readonly #subjects = new Map<string, Map<string, { set: number; count: UsageCount }[]>>();
  /** Whether there has ever been any in the lists of these subjects. */
  readonly isKnown: boolean;

  constructor(subjects: readonly UsageSubject[], isKnown: boolean) {
    for (const subject of subjects) this.#subjects.set(itemKey.usage(subject, '').pk, new Map());
    this.isKnown = isKnown;
  }

  /** Adds what a set has, where it is of one of the subjects. */
  add(set: number, { subject, period, count }: Tally): void {
    const { pk, sk } = itemKey.usage(subject, period);
    const periods = this.#subjects.get(pk);
    if (periods === undefined) return;
    const counts = periods.get(sk) ?? [];
    const last = counts.at(-1);
    if (last?.set === set) last.count = together(last.count, count);
    else counts.push({ set, count });
    periods.set(sk, counts);
  }

  /** Sort keys of counts that a subject has something for. */
  places({ pk }: Pick<ItemKey, 'pk'>): Iterable<string> {
    return this.#subjects.get(pk)?.keys() ?? [];
  }

  /** A count with everything that its item has not taken in; of no item for one that there is not. */
  count({ pk, sk }: ItemKey, item: Readonly<Record<string, unknown>> = {}): UsageCount {
    const taken = takenBy(item);
    const fresh = this.#subjects.get(pk)?.get(sk) ?? [];
    return fresh
      .filter(({ set }) => set > taken)
      .reduce((sum, { count }) => together(sum, count), countOf(item));
  }
}
