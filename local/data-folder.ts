import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from './start-error.ts';

const SQLITE_BUSY = 5;

/**
 * Makes the data folder (readable by its owner only) where there is none, and locks it, so that no two
 * servers write to it. The operating system ends the lock with the process, however that ends.
 * @throws StartError when the folder can't be used, or another server uses it
 */
export function lockDataFolder(dataDir: string): { close(): void } {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      `The data folder ${dataDir} can't be used (${code}); set KEYWRIGHT_DATA_DIR to a folder that can be written to.`,
    );
  }
  const path = join(dataDir, 'lock');
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path);
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) {
      throw new StartError(
        `Another Keywright uses the data folder ${dataDir}; stop it, or set KEYWRIGHT_DATA_DIR to another folder.`,
      );
    }
    throw new StartError(`${path} is damaged; remove it and start again. It holds nothing.`);
  }
  return { close: () => lock.close() };
}
