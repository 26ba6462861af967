import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { usage } from './exit.ts';

/**
 * What a YAML or JSON file holds; `-` is standard input.
 * @throws Exit that names the line that is wrong
 */
export function readDocument(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw usage(`${path} can't be read: ${error instanceof Error ? error.message : error}`);
  }
  // Aliases could make a small file a large one.
  const document = parseDocument(text, { prettyErrors: true });
  const [problem] = document.errors;
  if (problem !== undefined) throw usage(`${path}: ${problem.message}`);
  return document.toJS({ maxAliasCount: 100 });
}

/** A body from `--file`, with what options say in its place. */
export function bodyFrom(file: string | undefined, options: object): Record<string, unknown> {
  const body = file === undefined ? {} : readDocument(file);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw usage(`${file} holds no object`);
  return { ...body, ...options };
}
