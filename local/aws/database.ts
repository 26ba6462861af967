import { mkdirSync } from 'node:fs';
import type { LevelOperation, Range, Store } from 'dynalite/db/index.js';
import engine from 'dynalite/db/index.js';
import { StartError } from '../start-error.ts';
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
  get(key: string): Promise<unknown>;
  /** The values of all keys in their order, by one trip to the disk. */
  getMany(keys: readonly string[]): Promise<unknown[]>;
  values(range: Range): AsyncIterable<unknown>;
  keys(range: Range): AsyncIterable<string>;
  close(): Promise<void>;
}

/**
 * Opens the database in `folder`, creating it if there is none.
 * @throws StartError when another process has it open or its files are damaged.
 */
export async function openDatabase(folder: string, region: string): Promise<Database> {
  mkdirSync(folder, { recursive: true });
  const log = findDamagedLog(folder);
  if (log !== undefined) throw damage(folder, `the checksums of ${log} do not fit`);
  const store = engine.create({ path: folder, createTableMs: 0, deleteTableMs: 0 });
  store.tableDb.awsRegion = region;
  store.tableDb.awsAccountId = '000000000000';
  await store.db.open().catch((error) => {
    throw openingFailure(folder, error);
  });
  await readThrough(store).catch(async (error) => {
    await store.db.close();
    throw damage(folder, error.message);
  });
  const commits = commitQueue((operations) => store.db.batch(operations));
  return {
    store,
    commit: commits.add,
    get: (key) => store.db.get(key),
    getMany: (keys) => store.db.getMany(keys),
    values: (range) => store.db.values(range),
    keys: (range) => store.db.keys(range),
    async close() {
      await commits.idle();
      await store.db.close();
    },
  };
}

/** Reads every block once, so that damage is found now and not in the middle of somebody's request. */
async function readThrough({ db }: Store): Promise<void> {
  const keys = db.keys({})[Symbol.asyncIterator]();
  while (!(await keys.next()).done);
}

function openingFailure(folder: string, error: Error): StartError {
  const cause = (error.cause ?? error) as NodeJS.ErrnoException;
  if (cause.code !== 'LEVEL_LOCKED') return damage(folder, cause.message);
  return new StartError(
    `The database ${folder} is open in another process. Stop that one, or set KEYWRIGHT_DATA_DIR to another folder.`,
  );
}

function damage(folder: string, what: string): StartError {
  return new StartError(
    `The database ${folder} is damaged (${what}). Put back a copy of the data folder, or remove it to begin with an empty one.`,
  );
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
