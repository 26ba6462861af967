import type { LevelOperation, Store, SubDatabase } from 'dynalite/db/index.js';
import type { Database } from './database.ts';
import type { Change, Item } from './stream-record.ts';

/** Hooks of one write operation. */
export interface WriteHooks {
  /** The further operations that the commit of a change needs: its stream record. */
  readonly record: (table: string, change: Pick<Change, 'before' | 'after'>) => LevelOperation[];
  readonly committed: (table: string) => void;
}

/** A view of dynalite's store through which one PutItem, UpdateItem, DeleteItem or BatchWriteItem runs. */
export interface AtomicStore extends Store {
  /** The stored item that the operation last read, for a failed condition to return. */
  lastRead(): Item | undefined;
}

/**
 * dynalite's actions write an item's index entries first and the item last, each on its own: a process
 * killed between would leave an index that disagrees with its table, and a change without its stream
 * record. Through this view the index entries wait for the item, and all of them and the stream record
 * go into one atomic commit. An action calls `put` or `del` of the item in the same turn as those of
 * its index entries and under the item's lock, so entries of two items of one batch never mix.
 */
export function atomicStore(database: Database, hooks: WriteHooks): AtomicStore {
  const { store } = database;
  let indexEntries: LevelOperation[] = [];
  let read: Item | undefined;

  function items(table: string): SubDatabase {
    const stored = store.getItemDb(table);
    const before = new Map<string, Item | undefined>();
    const write = (key: string, after: Item | undefined): Promise<void> => {
      const change = { before: before.get(key), after };
      const item = entry(`item-${table}~${key}`, after);
      const operations = [...indexEntries, item, ...hooks.record(table, change)];
      indexEntries = [];
      return database.commit(operations).then(() => hooks.committed(table));
    };
    return {
      lock: stored.lock,
      get: (key, callback) =>
        stored.get(key, (error, value) => {
          read = value as Item | undefined;
          before.set(key, read);
          callback(error, value);
        }),
      put: (key, value, callback) => settle(write(key, value as Item), callback),
      del: (key, callback) => settle(write(key, undefined), callback),
    };
  }

  const itemDatabases = new Map<string, SubDatabase>();
  return {
    ...store,
    getItemDb: (table) => {
      const known = itemDatabases.get(table) ?? items(table);
      itemDatabases.set(table, known);
      return known;
    },
    getIndexDb: (type, table, name) => ({
      ...store.getIndexDb(type, table, name),
      ...collector(`index-${type.toLowerCase()}~${table}~${name}~`, (one) => indexEntries.push(one)),
    }),
    lastRead: () => read,
  };
}

/** Takes the place of writing: hands each operation on instead. */
function collector(
  prefix: string,
  collect: (operation: LevelOperation) => void,
): Pick<SubDatabase, 'put' | 'del'> {
  return {
    put(key, value, callback) {
      collect(entry(prefix + key, value));
      callback(null);
    },
    del(key, callback) {
      collect(entry(prefix + key, undefined));
      callback(null);
    },
  };
}

function entry(key: string, value: unknown): LevelOperation {
  return value === undefined ? { type: 'del', key } : { type: 'put', key, value };
}

function settle(written: Promise<void>, callback: (error: Error | null) => void): void {
  written.then(
    () => setImmediate(callback, null),
    (error) => setImmediate(callback, error),
  );
}
