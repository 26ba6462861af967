import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

/** A JSON file that always holds the last state written to it, whenever the process is killed. */
export interface JsonFile<T> {
  readonly state: T;
  /** Replaces the file's content with the present `state`. */
  save(): void;
}

/** Opens a JSON file, or starts with `initial`. A file that is not JSON is an Error that names it. */
export function openJsonFile<T>(path: string, initial: T): JsonFile<T> {
  const text = readIfPresent(path);
  const state = text === undefined ? initial : (parse(text, `The file ${path}`) as T);
  return {
    state,
    save() {
      const next = `${path}.next`;
      writeFileSync(next, JSON.stringify(state), { mode: 0o600 });
      renameSync(next, path);
    },
  };
}

/** A file of one JSON value a line, which only grows. */
export interface JsonLog {
  append(values: readonly unknown[]): void;
  close(): void;
}

/**
 * Opens a log of JSON lines. A last line without its end is what a killed process leaves behind and is
 * cut off; any other line that is not JSON is damage, and an Error that names file and line.
 */
export function openJsonLog(path: string): JsonLog {
  const text = readIfPresent(path) ?? '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  whole.split('\n').forEach((line, i) => {
    if (line !== '') parse(line, `Line ${i + 1} of ${path}`);
  });
  const file = openSync(path, 'a', 0o600);
  if (whole.length < text.length) ftruncateSync(file, Buffer.byteLength(whole));
  return {
    append: (values) => void writeSync(file, values.map((value) => `${JSON.stringify(value)}\n`).join('')),
    close: () => closeSync(file),
  };
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(`The file ${path} cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(
      `${what} is damaged: it is not JSON. Restore the data folder from a copy, or delete it to start empty.`,
    );
  }
}
