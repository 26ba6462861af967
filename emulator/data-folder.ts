import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { readPrivateFile, writePrivateFile } from './private-file.ts';
import { StartError } from './start-error.ts';
import { storageCauseOf, storageFault } from './storage-fault.ts';

/**
 * What carries a data folder from each format to the next: the first one from format 1. A step can be cut off
 * and is then done again, so it must bear that.
 */
const STEPS: readonly ((dataDir: string) => void)[] = [];

/** A folder without the file is of the format that was there before formats were noted. */
const FIRST_FORMAT = 1;
const formatFile = z.object({ format: z.number().int().min(1) });

/**
 * Makes the data folder (readable by its owner only) where there is none, and locks it, so that no two
 * servers write to it. The operating system ends the lock with the process, however that ends. An older
 * folder is carried forward.
 * @throws StartError when the folder can't be used, another server uses it, or a newer Keywright wrote it
 */
export function lockDataFolder(dataDir: string, steps = STEPS): { close(): void } {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw storageFault(`The data folder ${dataDir}`, error, dataDir);
  }
  const path = join(dataDir, 'lock');
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path);
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    throw lockFault(dataDir, path, error);
  }
  try {
    carryForward(dataDir, steps);
  } catch (error) {
    lock.close();
    throw error instanceof StartError ? error : storageFault(`The data folder ${dataDir}`, error, dataDir);
  }
  return { close: () => lock.close() };
}

function lockFault(dataDir: string, path: string, error: unknown): StartError {
  switch (storageCauseOf(error)) {
    case 'locked':
      return new StartError(
        `Another Keywright uses the data folder ${dataDir}; stop it, or set KEYWRIGHT_DATA_DIR to another folder.`,
      );
    case 'damaged':
      return new StartError(
        `${path} is damaged. It holds nothing: move that one file aside and start again.`,
      );
    default:
      return storageFault(path, error, dataDir);
  }
}

/** Brings the folder to this program's format, and notes after each step how far it is. */
function carryForward(dataDir: string, steps: typeof STEPS): void {
  const path = join(dataDir, 'format.json');
  const current = FIRST_FORMAT + steps.length;
  const noted = readPrivateFile(path, formatFile)?.format;
  if (noted !== undefined && noted > current) {
    throw new StartError(
      `The data folder ${dataDir} is of format ${noted}, and this Keywright knows formats up to ${current}: a newer one wrote it. Start that one, or set KEYWRIGHT_DATA_DIR to another folder; nothing was changed.`,
    );
  }
  for (let format = noted ?? FIRST_FORMAT; format < current; format++) {
    steps[format - FIRST_FORMAT]?.(dataDir);
    writePrivateFile(path, { format: format + 1 });
  }
  if (noted === undefined && steps.length === 0) writePrivateFile(path, { format: current });
}
