import type { LevelOperation, Lock, Store, SubDatabase } from 'dynalite/db/index.js';
import type { Item } from './stream-record.ts';

/** One item as a write leaves it: the stored entries to make, those of the indexes first. */
export interface ItemWrite {
  readonly table: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  readonly operations: readonly LevelOperation[];
}

/** What becomes of the writes made through a view. */
export interface WriteSink {
  /** Takes one item's write, under the item's lock. */
  readonly write: (write: ItemWrite) => Promise<void>;
  /** True when the caller holds the locks of the items. */
  readonly locked?: boolean;
}

/** A view of dynalite's store through which one PutItem, UpdateItem, DeleteItem or BatchWriteItem runs. */
export interface WriteView extends Store {
  /** The stored item that the operation last read, for a failed condition to return. */
  lastRead(): Item | undefined;
}

/**
 * dynalite's actions write an item's index entries first and the item last, each on its own: a process
 * killed between would leave an index that disagrees with its table, and a change without its stream
 * record. Through this view the index entries wait for the item, and the sink gets all of them at once.
 * An action calls `put` or `del` of the item in the same turn as those of its index entries and under
 * the item's lock, so entries of two items of one batch never mix.
 */
export function writeView(store: Store, sink: WriteSink): WriteView {
  let indexEntries: LevelOperation[] = [];
  let read: Item | undefined;

  function items(table: string): SubDatabase {
    const stored = store.getItemDb(table);
    const before = new Map<string, Item | undefined>();
    const write = (key: string, after: Item | undefined): Promise<void> => {
      const operations = [...indexEntries, entry(`item-${table}~${key}`, after)];
      indexEntries = [];
      return sink.write({ table, before: before.get(key), after, operations });
    };
    return {
      lock: sink.locked ? HELD : stored.lock,
      get: (key, callback) => {
        stored.get(key, (error, value) => {
          read = value as Item | undefined;
          before.set(key, read);
          callback(error, value);
        });
      },
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

/** Takes the place of locking where the caller has locked. */
const HELD: Lock = Object.assign<(...[key, task]: Parameters<Lock>) => void, Pick<Lock, 'isLocked'>>(
  (_key, task) => task((callback) => callback),
  { isLocked: () => true },
);

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
