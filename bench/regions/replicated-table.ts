import type { AwsCall } from '../../core/aws/aws-call.ts';
import { toAttributes } from '../../core/store/attribute-value.ts';

type Item = Readonly<Record<string, unknown>>;

/** How changes come from the main Region to the others. Times in milliseconds. */
export interface Replication {
  readonly delay: number;
  /** While nothing comes through; what was written meanwhile comes after it. */
  readonly partition?: { readonly from: number; readonly until: number };
}

interface Version {
  readonly item: Item;
  /** When the main Region has it, and when the others. */
  readonly at: readonly [main: number, others: number];
}

/** A global table in memory, in simulated time: the main Region writes, and each Region reads its own copy. */
export class ReplicatedTable {
  readonly #now: () => number;
  readonly #versions = new Map<string, Version[]>();
  #replication: Replication = { delay: 0 };

  constructor(now: () => number) {
    this.#now = now;
  }

  set replication(replication: Replication) {
    this.#replication = replication;
  }

  put(pk: string, item: Item): void {
    const now = this.#now();
    const versions = this.#versions.get(pk) ?? [];
    versions.push({ item: { pk, ...item, revision: versions.length + 1 }, at: [now, this.#arrival(now)] });
    this.#versions.set(pk, versions);
  }

  change(pk: string, change: Item): void {
    this.put(pk, { ...this.#versions.get(pk)?.at(-1)?.item, ...change });
  }

  /** Reads of one Region, and notes of networks, which are its own. @param region 0 for the main one */
  client(region: number): AwsCall {
    const seen = new Map<string, unknown>();
    return async (operation, input) => {
      const { Item, RequestItems } = input as {
        Item?: { pk: { S: string } };
        RequestItems?: Record<string, { Keys: { pk: { S: string } }[] }>;
      };
      if (operation === 'PutItem' && Item !== undefined) {
        seen.set(Item.pk.S, Item);
        return {};
      }
      const Responses = Object.entries(RequestItems ?? {}).map(([name, { Keys }]) => [
        name,
        Keys.map(({ pk }) => seen.get(pk.S) ?? this.#read(pk.S, region)).filter((item) => item !== undefined),
      ]);
      return { Responses: Object.fromEntries(Responses) };
    };
  }

  #read(pk: string, region: number): unknown {
    const now = this.#now();
    const version = this.#versions.get(pk)?.findLast(({ at }) => at[region === 0 ? 0 : 1] <= now);
    return version && toAttributes(version.item as Record<string, unknown>);
  }

  #arrival(written: number): number {
    const { delay, partition } = this.#replication;
    const arrival = written + delay;
    if (partition === undefined || arrival < partition.from || written >= partition.until) return arrival;
    return Math.max(arrival, partition.until + delay);
  }
}
