/** The parts of dynalite 4.0.0 that the local DynamoDB is built from; the package publishes no types. */

declare module 'dynalite/db/index.js' {
  type Callback<T = unknown> = (error: Error | null | undefined, value?: T) => void;

  interface Lock {
    /** Runs `task` when nobody else holds `key`; the task wraps its callback in `release`. */
    (key: string, task: (release: (callback: Callback) => Callback) => void): void;
    isLocked(key: string): boolean;
  }

  /** One kind of entry (tables, a table's items, an index) of the database. */
  interface SubDatabase {
    readonly lock: Lock;
    get(key: string, callback: Callback): void;
    put(key: string, value: unknown, callback: Callback): void;
    del(key: string, callback: Callback): void;
    createValueStream?(range: Range & { readonly reverse?: boolean }): NodeJS.ReadableStream;
  }

  interface LevelOperation {
    readonly type: 'put' | 'del';
    readonly key: string;
    readonly value?: unknown;
  }

  interface Range {
    readonly gt?: string;
    readonly gte?: string;
    readonly lt?: string;
    readonly lte?: string;
    readonly limit?: number;
  }

  /** A LevelDB whose values are JSON. */
  interface LevelDatabase {
    open(): Promise<void>;
    close(): Promise<void>;
    /** How dynalite reads; may be replaced. */
    get: (key: string, callback: Callback) => void;
    getSync(key: string): unknown;
    batch(operations: readonly LevelOperation[]): Promise<void>;
    put(key: string, value: unknown, callback: Callback): void;
    del(key: string, callback: Callback): void;
    keys(range: Range): AsyncIterable<string>;
    values(range: Range): AsyncIterable<unknown>;
    createKeyStream(range: Range & { readonly reverse?: boolean }): NodeJS.ReadableStream;
    createValueStream(range: Range & { readonly reverse?: boolean }): NodeJS.ReadableStream;
  }

  interface Store {
    readonly db: LevelDatabase;
    readonly tableDb: SubDatabase & { awsAccountId: string; awsRegion: string };
    getTable(name: string, callback: Callback): void;
    getItemDb(table: string): SubDatabase;
    getIndexDb(type: string, table: string, index: string): SubDatabase;
  }

  const engine: {
    /** In memory, unless it is given a path. */
    create(options: { path?: string; createTableMs: number; deleteTableMs: number }): Store;
    itemSize(item: object): number;
    /** The text under which an item is stored and locked; its key attributes must be sound. */
    createKey(item: object, table: object): string;
    /** What is wrong with a key, or with the key attributes of an item. */
    validateKey(key: object, table: object): Error | null | undefined;
    validateItem(item: object, table: object): Error | null | undefined;
  };

  export type { Callback, LevelDatabase, LevelOperation, Lock, Range, Store, SubDatabase };
  // biome-ignore lint/style/noDefaultExport: a CommonJS module's exports are its default export
  export { engine as default };
}

declare module 'dynalite/validations/index.js' {
  const validations: {
    checkTypes(input: object, types: object): Record<string, unknown>;
    checkValidations(input: object, types: object, custom: unknown, store: object): void;
  };

  // biome-ignore lint/style/noDefaultExport: a CommonJS module's exports are its default export
  export { validations as default };
}
