import { type AwsCall, AwsError } from '../../core/aws/aws-call.ts';
import { toAttributes } from '../../core/store/attribute-value.ts';

type Item = Readonly<Record<string, unknown>>;

/** How changes come from the main Region to the others. Times in milliseconds. */
export interface Replication {
  /** With strong consistency, what asking a second Region takes: each write and each consistent read. */
  readonly delay: number;
  /** While nothing comes through; what was written meanwhile comes after it. */
  readonly partition?: { readonly from: number; readonly until: number };
  /** With strong consistency and a partition, which one of three is cut off from the other two. Default: eventual. */
  readonly strong?: { readonly cutOff: 'main' | 'another' };
}

interface Version {
  readonly item: Item;
  /** When the main Region has it, and when the others. */
  readonly at: readonly [main: number, others: number];
}

/** When a write was acknowledged; or that it was refused, and changed nothing; or that nobody knows what became of it. */
export type Acknowledgement = number | 'refused' | 'unknown';

/** What the control plane waits for an answer, and an authorizer. */
const WRITE_PATIENCE = 2000;
const READ_PATIENCE = 500;

/**
 * A global table in memory, in simulated time: the main Region writes, and each Region reads its own copy, or with
 * strong consistency what any two of three have.
 */
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

  put(pk: string, item: Item): Acknowledgement {
    const now = this.#now();
    const { strong, delay } = this.#replication;
    if (this.#isCutOff(0)) return 'refused';
    const committed = now + delay;
    const versions = this.#versions.get(pk) ?? [];
    const at = strong ? ([committed, committed] as const) : ([now, this.#arrival(now)] as const);
    versions.push({ item: { pk, ...item, revision: versions.length + 1 }, at });
    this.#versions.set(pk, versions);
    if (!strong) return now;
    return delay > WRITE_PATIENCE ? 'unknown' : committed;
  }

  change(pk: string, change: Item): Acknowledgement {
    return this.put(pk, { ...this.#versions.get(pk)?.at(-1)?.item, ...change });
  }

  /** Whether a Region can ask no other. */
  #isCutOff(region: number): boolean {
    const { partition, strong } = this.#replication;
    const now = this.#now();
    if (!strong || partition === undefined || now < partition.from || now >= partition.until) return false;
    return region === (strong.cutOff === 'main' ? 0 : 1);
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
      if (this.#isCutOff(region)) throw new AwsError('InternalServerError', 500, 'a Region is cut off');
      const { strong, delay } = this.#replication;
      if (strong && delay > READ_PATIENCE) throw new Error('no answer in time');
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
