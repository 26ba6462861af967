import type { Run } from './run.ts';

/** One command below a noun. The parser, help and completion are made of these. */
export interface Verb {
  /** `list`, or `client-key reveal`; empty for a noun that is itself the command. */
  readonly name: string;
  readonly about: string;
  /** `<key>`, `[file]`, each with what it is. */
  readonly args?: readonly (readonly [name: string, about: string])[];
  /** `--limit <number>`, each with what it does. */
  readonly options?: readonly (readonly [flags: string, about: string])[];
  readonly run: (run: Run) => Promise<void>;
}

export interface Noun {
  readonly name: string;
  readonly about: string;
  readonly load: () => Promise<readonly Verb[]>;
}

/** For commands whose answer holds a secret. */
export const SECRET_OPTIONS = [
  ['--show-secret', 'print it though standard output is no terminal'],
  ['--secret-file <file>', 'write it into a new file that you alone can read'],
  ['--to-secrets-manager <name>', 'store it in a secret of AWS Secrets Manager'],
] as const;

/** What of an object was given. */
export function given<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as never;
}
