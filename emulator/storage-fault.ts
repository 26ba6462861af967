import { closeSync, fsyncSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './start-error.ts';

/** Why something of the data folder can't be used. */
export type StorageCause =
  | 'full'
  | 'readOnly'
  | 'forbidden'
  | 'tooManyFiles'
  | 'notAFolder'
  | 'disk'
  | 'locked'
  | 'damaged';

/** What is so, and what to do. Nobody is told to remove what may be needed. */
const SENTENCES: Readonly<Record<StorageCause, (path: string, detail: string) => string>> = {
  full: (path) =>
    `There is no room left on the disk for ${path}. Make room, or set KEYWRIGHT_DATA_DIR to a folder on another disk; what is there is not damaged.`,
  readOnly: (path) =>
    `${path} is on a disk that can only be read. Mount it for writing, or set KEYWRIGHT_DATA_DIR to a folder that can be written to.`,
  forbidden: (path) =>
    `${path} may not be read and written by who starts this. Give that user the right to, or set KEYWRIGHT_DATA_DIR to a folder of their own.`,
  tooManyFiles: (path) =>
    `${path} can't be opened, because too many files are open. Raise the limit (ulimit -n) and start again.`,
  notAFolder: (path) =>
    `${path} can't be used, because it, or a part of its path, is no folder, or its name is too long. Set KEYWRIGHT_DATA_DIR to a folder.`,
  disk: (path) =>
    `The disk reports errors where ${path} is. Copy the data folder to another disk first, and set KEYWRIGHT_DATA_DIR to the copy.`,
  locked: (path) =>
    `${path} is open in another process. Stop that one, or set KEYWRIGHT_DATA_DIR to another folder.`,
  damaged: (path, detail) =>
    `${path} is damaged (${detail}). Put back a copy of the data folder, or move it aside to begin with an empty one.`,
};

/** By the operating system's codes. */
const CODES: Readonly<Record<string, StorageCause>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'readOnly',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EMFILE: 'tooManyFiles',
  ENFILE: 'tooManyFiles',
  ENOTDIR: 'notAFolder',
  EEXIST: 'notAFolder',
  EISDIR: 'notAFolder',
  ELOOP: 'notAFolder',
  ENAMETOOLONG: 'notAFolder',
  EIO: 'disk',
  EBUSY: 'locked',
  LEVEL_LOCKED: 'locked',
  LEVEL_CORRUPTION: 'damaged',
};

/** By SQLite's primary result codes (sqlite.org/rescode.html): 10 and 14 may be anything, and are not among them. */
const SQLITE_CODES: Readonly<Record<number, StorageCause>> = {
  3: 'forbidden',
  5: 'locked',
  6: 'locked',
  8: 'readOnly',
  11: 'damaged',
  13: 'full',
  26: 'damaged',
};

/** What LevelDB makes of an errno: its text (strerror) alone. */
const TEXTS: readonly (readonly [RegExp, StorageCause])[] = [
  [/no space left|quota exceeded/i, 'full'],
  [/read-only file system/i, 'readOnly'],
  [/permission denied|operation not permitted/i, 'forbidden'],
  [/too many open files/i, 'tooManyFiles'],
  [/not a directory/i, 'notAFolder'],
  [/input\/output error/i, 'disk'],
  // A file that its list names is gone.
  [/corrupt|checksum mismatch|no such file|does not exist/i, 'damaged'],
];

/** What errors of native code have in common; they need not be instances of this realm's Error. */
interface Coded {
  readonly code?: unknown;
  readonly errcode?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

/** An error and what caused it, and so on. */
function chainOf(error: unknown): Coded[] {
  const isObject = typeof error === 'object' && error !== null;
  return isObject ? [error, ...chainOf((error as Coded).cause)] : [];
}

/** The cause that an error names by itself or by what caused it; undefined where it names none. */
export function storageCauseOf(error: unknown): StorageCause | undefined {
  for (const { code, errcode, message } of chainOf(error)) {
    const name = String(code);
    const known =
      (Object.hasOwn(CODES, name) ? CODES[name] : undefined) ??
      (name === 'ERR_SQLITE_ERROR' ? SQLITE_CODES[Number(errcode) & 0xff] : undefined) ??
      (name.startsWith('LEVEL_') ? TEXTS.find(([pattern]) => pattern.test(String(message)))?.[1] : undefined);
    if (known !== undefined) return known;
  }
  return undefined;
}

/**
 * What to say of a file or folder that an error was about. An error that does not say its cause is looked into
 * by writing a small file beside it; only what is known to be damaged is called so.
 * @param folder where to look into it
 */
export function storageFault(path: string, error: unknown, folder: string): StartError {
  const cause = storageCauseOf(error) ?? probe(folder);
  const problem = problemOf(error);
  if (cause !== undefined) return new StartError(SENTENCES[cause](path, problem));
  return new StartError(
    `${path} can't be used (${problem}). Keep it as it is, and set KEYWRIGHT_DATA_DIR to another folder meanwhile.`,
  );
}

/** The first line of what lies at the bottom of an error. */
function problemOf(error: unknown): string {
  const lowest = chainOf(error).at(-1)?.message ?? error;
  return String(lowest).split('\n')[0] ?? '';
}

const PROBE_BYTES = 64 * 1024;

/** What keeps a folder from being written to; undefined for nothing. */
function probe(folder: string): StorageCause | undefined {
  const path = join(folder, `.probe-${process.pid}`);
  try {
    const file = openSync(path, 'w', 0o600);
    try {
      writeFileSync(file, Buffer.alloc(PROBE_BYTES));
      fsyncSync(file);
    } finally {
      closeSync(file);
      unlinkSync(path);
    }
    return undefined;
  } catch (error) {
    return storageCauseOf(error);
  }
}
