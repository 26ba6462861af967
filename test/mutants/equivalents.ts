import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutation } from './mutations.ts';
import { mutated } from './trial.ts';

/** A mutant that was judged: it does what the program does, so no test can notice it. */
export interface Equivalent {
  readonly file: string;
  /** The changed lines, as they are and as the mutant has them, without what is blank around them. */
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

const LIST = new URL('equivalents.json', import.meta.url);

export function judgedEquivalents(): readonly Equivalent[] {
  return JSON.parse(readFileSync(LIST, 'utf8'));
}

/** The lines that a mutation changes, before and after it. */
export function changedLines(text: string, mutation: Mutation): { from: string; to: string } {
  const start = text.lastIndexOf('\n', mutation.start - 1) + 1;
  const next = text.indexOf('\n', mutation.end);
  const end = next === -1 ? text.length : next;
  const change = { ...mutation, start: mutation.start - start, end: mutation.end - start };
  const lines = text.slice(start, end);
  return { from: lines.trim(), to: mutated(lines, change).trim() };
}

/** Entries that fit nothing any more, since the text that was judged is gone. */
export function staleEquivalents(root: string): readonly Equivalent[] {
  return judgedEquivalents().filter(({ file, from }) => {
    try {
      return !readFileSync(join(root, file), 'utf8').includes(from);
    } catch {
      return true;
    }
  });
}
