import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** A log that is larger than this when the server starts makes room for a new one. */
const LARGEST_BYTES = 10_000_000;

/** The files below `<dataDir>/logs`, one for each thing that writes lines. */
export interface LogFiles {
  /** Appends lines to `<name>.log`; opened when the first line comes. */
  writer(name: string): (line: string) => void;
  /** Writes what is still in memory. */
  close(): Promise<void>;
}

export function openLogFiles(folder: string): LogFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const streams = new Map<string, WriteStream>();
  return {
    writer(name) {
      return (line) => {
        const stream = streams.get(name) ?? openLog(join(folder, `${name}.log`));
        streams.set(name, stream);
        stream.write(`${line}\n`);
      };
    },
    async close() {
      await Promise.all([...streams.values()].map((stream) => new Promise((resolve) => stream.end(resolve))));
    },
  };
}

function openLog(path: string): WriteStream {
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0 };
  if (size > LARGEST_BYTES) renameSync(path, `${path}.1`);
  return createWriteStream(path, { flags: 'a', mode: 0o600 });
}
