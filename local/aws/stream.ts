import { EventEmitter } from 'node:events';
import type { Database, LevelOperation } from './database.ts';
import {
  type Change,
  changesItem,
  type StoredRecord,
  type StreamViewType,
  streamRecord,
} from './stream-record.ts';

/** Sequence numbers have 21 digits, like AWS's shortest, so that text order is their order. */
const FIRST_SEQUENCE_NUMBER = 10n ** 20n;
const LAST_SEQUENCE_KEY = 'sequence~last';

/** Records that nobody reads are kept this long, as DynamoDB does. */
const RETENTION_SECONDS = 24 * 3600;

/** A reader of one stream. Its position is durable: it goes on where it was after a restart. */
export interface StreamReader {
  /** The next records, oldest first, after the position; none when it has reached the end. */
  read(limit: number): Promise<StoredRecord[]>;
  /** Sets the position behind a record, so that it is not read again. */
  advance(sequenceNumber: string): Promise<void>;
  /** Calls `listener` when a record has been written. Returns what ends that. */
  onRecord(listener: () => void): () => void;
}

/** The change streams of all tables, kept in the tables' own database. */
export interface Streams {
  /**
   * The operations that write the record of a change; empty when nothing changed. They belong into the
   * commit of the change itself, which makes the record exactly as durable as the change.
   */
  record(table: string, viewType: StreamViewType, change: Change): LevelOperation[];
  /** Tells readers that a commit with records of the table is on disk. */
  committed(table: string): void;
  reader(table: string, name: string, start: 'TRIM_HORIZON' | 'LATEST'): Promise<StreamReader>;
  /** Removes records that every reader has passed, or that are over a day old and have no reader. */
  trim(): Promise<void>;
}

export async function openStreams(database: Database, region: string, now: () => Date): Promise<Streams> {
  let last = BigInt(((await database.get(LAST_SEQUENCE_KEY)) as string | undefined) ?? FIRST_SEQUENCE_NUMBER);
  const records = new EventEmitter().setMaxListeners(0);
  const positions = new Map<string, Map<string, string>>();

  function record(table: string, viewType: StreamViewType, change: Change): LevelOperation[] {
    if (!changesItem(change)) return [];
    last += 1n;
    const sequenceNumber = String(last);
    const value = streamRecord(change, { viewType, sequenceNumber, region, now: now() });
    return [
      { type: 'put', key: recordKey(table, sequenceNumber), value },
      { type: 'put', key: LAST_SEQUENCE_KEY, value: sequenceNumber },
    ];
  }

  async function reader(table: string, name: string, start: 'TRIM_HORIZON' | 'LATEST') {
    const key = `checkpoint~${table}~${name}`;
    const horizon = start === 'LATEST' ? last : FIRST_SEQUENCE_NUMBER;
    let position = ((await database.get(key)) as string | undefined) ?? String(horizon);
    const readers = positions.get(table) ?? new Map<string, string>();
    positions.set(table, readers.set(name, position));
    await database.commit([{ type: 'put', key, value: position }]);
    return {
      read: (limit: number) =>
        collect(database.values({ gt: recordKey(table, position), lt: end(table), limit })),
      async advance(sequenceNumber: string) {
        position = sequenceNumber;
        readers.set(name, position);
        await database.commit([{ type: 'put', key, value: position }]);
      },
      onRecord(listener: () => void) {
        records.on(table, listener);
        return () => void records.off(table, listener);
      },
    };
  }

  async function trim() {
    for await (const key of database.keys({ gt: 'settings~', lt: 'settings~\xff' })) {
      const table = key.slice('settings~'.length);
      const read = [...(positions.get(table)?.values() ?? [])].sort()[0];
      const oldest = now().getTime() / 1000 - RETENTION_SECONDS;
      const operations: LevelOperation[] = [];
      for await (const value of database.values({ gt: recordKey(table, ''), lt: end(table) })) {
        const { ApproximateCreationDateTime: time = 0, SequenceNumber: number = '' } =
          (value as StoredRecord).dynamodb ?? {};
        if (read === undefined ? time > oldest : number > read) break;
        operations.push({ type: 'del', key: recordKey(table, number) });
      }
      if (operations.length > 0) await database.commit(operations);
    }
  }

  return { record, committed: (table) => void records.emit(table), reader, trim };
}

function recordKey(table: string, sequenceNumber: string): string {
  return `stream~${table}~${sequenceNumber}`;
}

function end(table: string): string {
  return `stream~${table}~\xff`;
}

async function collect(values: AsyncIterable<unknown>): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const value of values) records.push(value as StoredRecord);
  return records;
}
