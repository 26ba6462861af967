import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ZodType } from 'zod';
import { StartError } from './start-error.ts';
import { storageFault } from './storage-fault.ts';

/**
 * The JSON of a file of the data folder, or undefined where there is no such file.
 * @throws StartError when it can't be read or is not of the expected shape.
 */
export function readPrivateFile<T>(path: string, schema: ZodType<T>): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw storageFault(path, error, dirname(path));
  }
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new StartError(
      `${path} is damaged; put back a copy of it, or move its data folder aside to begin with an empty one.`,
    );
  }
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Replaces the file in one step, readable by its owner only: a crash leaves the old or the new text. */
export function writePrivateFile(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.draft`;
  const file = openSync(draft, 'w', 0o600);
  try {
    // Not by one write, which may leave out what has no room any more, and not say so.
    writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
