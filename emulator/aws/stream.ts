import { EventEmitter } from 'node:events';
import type { Database, LevelOperation } from './database.ts';
import {
  type Change,
  changesItem,
  type StoredRecord,
  type StreamViewType,
  streamRecord,
} from './stream-record.ts';

/** Sequence numbers have 21 digits, like AWS's shortest, so that their order as text is their order. */
const FIRST_SEQUENCE_NUMBER = 10n ** 20n;
const LAST_SEQUENCE_KEY = 'sequence~last';

/** Where a reader begins that has not read before. */
export type StartingPosition = 'TRIM_HORIZON' | 'LATEST';

/** The change streams of all tables, kept in the tables' own database. */
export class Streams {
  readonly #database: Database;
  readonly #region: string;
  readonly #now: () => Date;
  readonly #committed = new EventEmitter();
  readonly #readers: StreamReader[] = [];
  readonly #lastOf = new Map<string, string>();
  #last: bigint;

  private constructor(database: Database, region: string, now: () => Date, last: bigint) {
    this.#database = database;
    this.#region = region;
    this.#now = now;
    this.#last = last;
  }

  static async open(database: Database, region: string, now: () => Date): Promise<Streams> {
    const last = database.get(LAST_SEQUENCE_KEY) as string | undefined;
    return new Streams(database, region, now, BigInt(last ?? FIRST_SEQUENCE_NUMBER));
  }

  /**
   * The operations that write the record of a change; none when nothing changed. They belong into the
   * commit of the change itself, made in the same turn: that makes the record exactly as durable as the
   * change, and the order of records that of commits.
   */
  record(table: string, viewType: StreamViewType, change: Change): LevelOperation[] {
    if (!changesItem(change)) return [];
    this.#last += 1n;
    const sequenceNumber = String(this.#last);
    this.#lastOf.set(table, sequenceNumber);
    const stream = { viewType, sequenceNumber, region: this.#region, now: this.#now() };
    return [
      { type: 'put', key: recordKey(table, sequenceNumber), value: streamRecord(change, stream) },
      { type: 'put', key: LAST_SEQUENCE_KEY, value: sequenceNumber },
    ];
  }

  /** The sequence number of the newest record that was made of the table since the start. */
  lastOf(table: string): string | undefined {
    return this.#lastOf.get(table);
  }

  /** Tells the table's readers that a commit is on disk. */
  committed(table: string): void {
    this.#committed.emit(table);
  }

  /** Opens a stream at the place where the reader of this name was, or at `start`. */
  async reader(table: string, name: string, start: StartingPosition): Promise<StreamReader> {
    const saved = this.#database.get(positionKey(table, name)) as string | undefined;
    const position = saved ?? String(start === 'LATEST' ? this.#last : FIRST_SEQUENCE_NUMBER);
    const reader = new StreamReader(this.#database, this.#committed, { table, name, position });
    await reader.advance(position);
    this.#readers.push(reader);
    return reader;
  }

  /**
   * Removes records that all readers of their stream have passed. Unlike AWS, what has not been read is
   * kept for longer than a day: this machine may be off for a week.
   */
  async trim(): Promise<void> {
    for (const [table, readers] of Object.entries(Object.groupBy(this.#readers, (r) => r.table))) {
      const read = (readers ?? []).map((reader) => reader.position).sort()[0] ?? '';
      const range = { gt: recordKey(table, ''), lte: recordKey(table, read) };
      const operations: LevelOperation[] = [];
      for await (const key of this.#database.keys(range)) operations.push({ type: 'del', key });
      if (operations.length > 0) await this.#database.commit(operations);
    }
  }
}

/** A reader of one stream. Its position is durable: after a restart it goes on where it was. */
export class StreamReader {
  readonly table: string;
  readonly #name: string;
  readonly #database: Database;
  readonly #committed: EventEmitter;
  #position: string;

  constructor(
    database: Database,
    committed: EventEmitter,
    place: { table: string; name: string; position: string },
  ) {
    this.#database = database;
    this.#committed = committed;
    this.table = place.table;
    this.#name = place.name;
    this.#position = place.position;
  }

  /** The sequence number of the last record that is not to be read again. */
  get position(): string {
    return this.#position;
  }

  /** The next records, oldest first; none at the stream's end. */
  async read(limit: number): Promise<StoredRecord[]> {
    const range = { gt: recordKey(this.table, this.#position), lt: recordKey(this.table, '\xff'), limit };
    const records: StoredRecord[] = [];
    for await (const value of this.#database.values(range)) records.push(value as StoredRecord);
    return records;
  }

  /** Moves behind a record, so that it is not read again. */
  async advance(sequenceNumber: string): Promise<void> {
    this.#position = sequenceNumber;
    const key = positionKey(this.table, this.#name);
    await this.#database.commit([{ type: 'put', key, value: sequenceNumber }]);
  }

  /** Calls the listener whenever the table has been written. Returns what ends that. */
  onCommit(listener: () => void): () => void {
    this.#committed.on(this.table, listener);
    return () => void this.#committed.off(this.table, listener);
  }
}

function recordKey(table: string, sequenceNumber: string): string {
  return `stream~${table}~${sequenceNumber}`;
}

function positionKey(table: string, reader: string): string {
  return `position~${table}~${reader}`;
}
