import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { StartError } from '../start-error.ts';

/** A file of one JSON value a line, which only grows. */
export interface JsonLog {
  append(values: readonly unknown[]): void;
  close(): void;
}

/**
 * Opens the log, making it when missing. A last line without its end is what a killed process leaves
 * behind and is cut off; any other line that is not JSON is damage.
 * @throws StartError that names the file and the line.
 */
export function openJsonLog(path: string): JsonLog {
  const file = openSync(path, 'a+', 0o600);
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  checkLines(path, whole);
  if (whole.length < text.length) ftruncateSync(file, Buffer.byteLength(whole));
  return {
    append: (values) =>
      void writeFileSync(file, values.map((value) => `${JSON.stringify(value)}\n`).join('')),
    close: () => closeSync(file),
  };
}

function checkLines(path: string, whole: string): void {
  const lines = whole.split('\n').slice(0, -1);
  lines.forEach((line, i) => {
    try {
      JSON.parse(line);
    } catch {
      throw new StartError(
        `Line ${i + 1} of ${path} is damaged: it is not JSON. Remove the line or put back a copy of the file.`,
      );
    }
  });
}
