import { Readable } from 'node:stream';
import type { Callback, LevelDatabase, LevelOperation, Range, Store } from 'dynalite/db/index.js';
import engine from 'dynalite/db/index.js';

interface Asked extends Range {
  readonly reverse?: boolean;
}

/**
 * A database as dynalite wants it that is in memory and ends with the process. As LevelDB does, it keeps values as
 * JSON and entries by the bytes of their keys, answers a range as it was when it was asked for, and writes a batch
 * in a later turn, all or nothing.
 */
export function memoryStore(): Store {
  const store = engine.create({ createTableMs: 0, deleteTableMs: 0 });
  Object.assign(store.db, memoryEntries());
  return store;
}

function memoryEntries(): Omit<LevelDatabase, 'open' | 'close'> {
  const texts = new Map<string, string>();
  /** All keys, sorted. They are ASCII: dynalite writes keys of items in hexadecimal digits. */
  const sorted: string[] = [];

  const put = (key: string, value: unknown) => {
    if (!texts.has(key)) sorted.splice(placeOf(sorted, key), 0, key);
    texts.set(key, JSON.stringify(value));
  };
  const del = (key: string) => {
    if (texts.delete(key)) sorted.splice(placeOf(sorted, key), 1);
  };
  const getSync = (key: string): unknown => {
    const text = texts.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  };
  const batch = async (operations: readonly LevelOperation[]) => {
    await new Promise(setImmediate);
    for (const { type, key, value } of operations) type === 'put' ? put(key, value) : del(key);
  };
  const within = (asked: Asked): string[] => {
    const keys = sorted.slice(...boundsOf(sorted, asked));
    if (asked.reverse) keys.reverse();
    return asked.limit === undefined || asked.limit < 0 ? keys : keys.slice(0, asked.limit);
  };
  const values = (asked: Asked) =>
    inTurn(
      within(asked).map((key) => texts.get(key) ?? ''),
      JSON.parse,
    );
  return {
    get: (key, callback) => callback(null, getSync(key)),
    getSync,
    batch,
    put: (key, value, callback) => settle(batch([{ type: 'put', key, value }]), callback),
    del: (key, callback) => settle(batch([{ type: 'del', key }]), callback),
    keys: (asked) => inTurn(within(asked), (key) => key),
    values,
    createValueStream: (asked) => Readable.from(values(asked)),
    createKeyStream: (asked) => Readable.from(within(asked)),
  };
}

async function* inTurn<T>(texts: readonly string[], read: (text: string) => T): AsyncGenerator<T> {
  for (const text of texts) yield read(text);
}

function settle(written: Promise<void>, callback: Callback): void {
  written.then(() => callback(null), callback);
}

/** Where a key is, or belongs. */
function placeOf(sorted: readonly string[], key: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function boundsOf(sorted: readonly string[], { gt, gte, lt, lte }: Range): [number, number] {
  const after = (key: string) => {
    const place = placeOf(sorted, key);
    return sorted[place] === key ? place + 1 : place;
  };
  const from = gte !== undefined ? placeOf(sorted, gte) : gt !== undefined ? after(gt) : 0;
  const to = lte !== undefined ? after(lte) : lt !== undefined ? placeOf(sorted, lt) : sorted.length;
  return [from, to];
}
