import { mkdirSync } from 'node:fs';
import type { LevelOperation, Range, Store } from 'dynalite/db/index.js';
import engine from 'dynalite/db/index.js';
import { storageFault } from '../storage-fault.ts';
import { memoryStore } from './memory-database.ts';
import { findDamagedLog } from './write-ahead-log.ts';

export type { LevelOperation } from 'dynalite/db/index.js';

/** The LevelDB that holds tables, items, stream records and checkpoints. */
export interface Database {
  /** What dynalite's actions read and write. */
  readonly store: Store;
  /**
   * Writes all operations or, whenever the process is killed, none. Commits become visible in the
   * order of the calls, so a reader that has seen one has seen all before it.
   */
  commit(operations: readonly LevelOperation[]): Promise<void>;
  get(key: string): unknown;
  values(range: Range): AsyncIterable<unknown>;
  keys(range: Range): AsyncIterable<string>;
  close(): Promise<void>;
}

/**
 * Opens the database in `folder`, creating it if there is none.
 * @throws StartError when another process has it open, its files are damaged, or the disk is full or can't be used.
 */
export async function openDatabase(folder: string, region: string): Promise<Database> {
  mkdirSync(folder, { recursive: true });
  const log = findDamagedLog(folder);
  const fault = (error: unknown) => storageFault(`The database ${folder}`, error, folder);
  if (log !== undefined) {
    throw fault(Object.assign(new Error(`the checksums of ${log} do not fit`), { code: 'LEVEL_CORRUPTION' }));
  }
  const store = engine.create({ path: folder, createTableMs: 0, deleteTableMs: 0 });
  await store.db.open().catch((error) => {
    throw fault(error);
  });
  await readThrough(store).catch(async (error) => {
    await store.db.close();
    throw fault(error);
  });
  return databaseOf(store, region);
}

/** A database in memory, which ends with the process. */
export function memoryDatabase(region: string): Database {
  return databaseOf(memoryStore(), region);
}

function databaseOf(store: Store, region: string): Database {
  store.tableDb.awsRegion = region;
  store.tableDb.awsAccountId = '000000000000';
  const get = readInThisThread(store);
  const commits = commitQueue((operations) => store.db.batch(operations));
  return {
    store,
    commit: commits.add,
    get,
    values: (range) => store.db.values(range),
    keys: (range) => store.db.keys(range),
    async close() {
      await commits.idle();
      await store.db.close();
    },
  };
}

/**
 * Reads in this thread: what is asked for is in memory, mostly, and the way to another thread and back
 * takes ten times as long. dynalite asks for the table with every item; an active one is never changed.
 */
function readInThisThread({ db }: Store): (key: string) => unknown {
  const activeTables = new Map<string, unknown>();
  const read = (key: string): unknown => {
    const value = activeTables.get(key) ?? db.getSync(key);
    if (key.startsWith('table~') && Object(value).TableStatus === 'ACTIVE') activeTables.set(key, value);
    return value;
  };
  db.get = (key, callback) => {
    let value: unknown;
    try {
      value = read(key);
    } catch (error) {
      callback(error as Error);
      return;
    }
    callback(null, value);
  };
  return read;
}

/** Reads every block once, so that damage is found now and not in the middle of somebody's request. */
async function readThrough({ db }: Store): Promise<void> {
  const keys = db.keys({})[Symbol.asyncIterator]();
  while (!(await keys.next()).done);
}

/**
 * Makes one batch at a time of whatever is waiting: order is kept and many small writes cost one trip
 * to the disk.
 */
function commitQueue(write: (operations: LevelOperation[]) => Promise<void>) {
  interface Commit {
    readonly operations: readonly LevelOperation[];
    readonly done: PromiseWithResolvers<void>;
  }
  let waiting: Commit[] = [];
  let writing: Promise<void> | undefined;

  async function drain() {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await write(group.flatMap((commit) => commit.operations));
        for (const commit of group) commit.done.resolve();
      } catch (error) {
        for (const commit of group) commit.done.reject(error);
      }
    }
    writing = undefined;
  }

  return {
    add(operations: readonly LevelOperation[]): Promise<void> {
      const commit = { operations, done: Promise.withResolvers<void>() };
      waiting.push(commit);
      writing ??= drain();
      return commit.done.promise;
    },
    async idle() {
      await writing;
    },
  };
}
