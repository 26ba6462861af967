import { setTimeout as delay } from 'node:timers/promises';
import type { DynamoDb } from './dynamodb.ts';
import type { Kms } from './kms.ts';
import type { SecretsManager } from './secrets-manager.ts';
import type { StreamReader, Streams } from './stream.ts';
import type { Item } from './stream-record.ts';

const RECORDS_AT_ONCE = 100;
const LONGEST_LOOK_MILLISECONDS = 50;

/** What lies between a Region and another; both may be set at any time, and hold for what is under way too. */
export interface LinkState {
  /** How late the other Region learns of a change. */
  readonly delayMs: number;
  /** Whether nothing comes through: neither changes nor calls. What waits comes once it ends, in order. */
  readonly partitioned: boolean;
}

/** The way from a Region to another. */
export class RegionLink {
  #state: LinkState = { delayMs: 0, partitioned: false };

  get state(): LinkState {
    return this.#state;
  }

  set(state: Partial<LinkState>): void {
    this.#state = { ...this.#state, ...state };
  }

  /** Resolves when what was written at `since` (of the monotonic clock) has come through; at once where `signal` ends it. */
  async passage(since: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const { delayMs, partitioned } = this.#state;
      const left = partitioned ? LONGEST_LOOK_MILLISECONDS : since + delayMs - performance.now();
      if (left <= 0 || signal.aborted) return;
      await delay(Math.min(left, LONGEST_LOOK_MILLISECONDS), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** A Region's services, as far as others have copies of what is in them. */
export interface Replicated {
  readonly dynamodb: DynamoDb;
  readonly secrets: SecretsManager;
  readonly kms: Kms;
  readonly streams: Streams;
}

/** A copy of a table in another Region. */
export interface Replica {
  /** Resolves once it has everything that was written until now. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Keeps a copy of a table in another Region, as a global table with eventual consistency does: every change in the order
 * in which it was made. A start copies the whole table first, so that nothing hangs on how the last run ended. Only one
 * way: who writes there is not heard of here.
 */
export async function replicateTable(
  table: string,
  from: Replicated,
  { to, link }: { readonly to: Replicated; readonly link: RegionLink },
): Promise<Replica> {
  const reader = await from.streams.reader(table, 'replica', 'LATEST');
  await skipAll(reader);
  await to.dynamodb.copy(table, from.dynamodb);
  const closing = new AbortController();
  const { signal } = closing;
  let written = Promise.withResolvers<void>();
  const wake = () => written.resolve();
  const unsubscribe = reader.onCommit(wake);
  signal.addEventListener('abort', wake);
  let last: Promise<void> = Promise.resolve();
  const applied = new Progress();
  const run = async () => {
    while (!signal.aborted) {
      // Made before reading, so that a record written after the read ends the wait.
      written = Promise.withResolvers();
      const records = await reader.read(RECORDS_AT_ONCE);
      const since = performance.now();
      for (const { dynamodb } of records) {
        const { Keys, NewImage, SequenceNumber = '' } = dynamodb ?? {};
        await reader.advance(SequenceNumber);
        last = last
          .then(() => link.passage(since, signal))
          .then(() =>
            signal.aborted
              ? undefined
              : apply(to.dynamodb, table, Keys as Item, NewImage as Item | undefined),
          )
          .then(() => applied.reach(signal.aborted ? '' : SequenceNumber));
      }
      if (records.length === 0) await written.promise;
    }
    await last;
  };
  const running = run();
  return {
    caughtUp: () => applied.reached(from.streams.lastOf(table) ?? ''),
    async close() {
      closing.abort();
      unsubscribe();
      await running;
    },
  };
}

/** How far a stream was followed, and who waits for that. */
class Progress {
  #position = '';
  readonly #waiting: { readonly position: string; resolve(): void }[] = [];

  reach(position: string): void {
    if (position <= this.#position) return;
    this.#position = position;
    while (this.#waiting[0] !== undefined && this.#waiting[0].position <= position)
      this.#waiting.shift()?.resolve();
  }

  /** Positions are asked for in their order. */
  reached(position: string): Promise<void> {
    if (position <= this.#position) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ position, resolve });
    return promise;
  }
}

/** Keeps a copy of a secret in another Region: now, and whenever it has changed. */
export function replicateSecret(
  name: string,
  from: Replicated,
  { to, link }: { readonly to: Replicated; readonly link: RegionLink },
): { close(): Promise<void> } {
  const closing = new AbortController();
  const { signal } = closing;
  let last: Promise<void> = Promise.resolve();
  to.secrets.copy(name, from.secrets);
  from.secrets.onChange(() => {
    const since = performance.now();
    last = last
      .then(() => link.passage(since, signal))
      .then(() => (signal.aborted ? undefined : to.secrets.copy(name, from.secrets)));
  });
  return {
    async close() {
      closing.abort();
      await last;
    },
  };
}

async function skipAll(reader: StreamReader): Promise<void> {
  for (;;) {
    const records = await reader.read(RECORDS_AT_ONCE);
    const end = records.at(-1)?.dynamodb?.SequenceNumber;
    if (end === undefined) return;
    await reader.advance(end);
  }
}

async function apply(to: DynamoDb, TableName: string, Key: Item, Item: Item | undefined): Promise<void> {
  await (Item === undefined
    ? to.handle('DeleteItem', { TableName, Key })
    : to.handle('PutItem', { TableName, Item }));
}
