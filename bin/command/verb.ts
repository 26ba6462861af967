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
  /** Whether it is for programs alone, and neither help nor completion tells of it. */
  readonly isHidden?: boolean;
  readonly run: (run: Run) => Promise<void>;
}

export interface Noun {
  readonly name: string;
  readonly about: string;
  readonly load: () => Promise<readonly Verb[]>;
}

/** What every command takes. */
export const COMMON_OPTIONS = [
  ['--json', 'print the API’s object; lists as an array'],
  ['--jsonl', 'print lists as lines of JSON, as they come'],
  ['--quiet', 'print ids only'],
  ['--columns <list>', 'which, and in which order'],
  ['--tenant <id>', 'the tenant; KEYWRIGHT_TENANT, or the profile’s'],
  ['--profile <name>', 'which deployment; KEYWRIGHT_PROFILE'],
  ['--url <url>', 'the management API, without /v1; KEYWRIGHT_URL'],
  ['--token <token>', 'your access token; better given in KEYWRIGHT_TOKEN'],
  ['--iam', 'sign by AWS credentials, for what principals of AWS may call'],
  ['--yes', 'do not ask'],
  ['--confirm <name>', 'the name of what is ended, in place of a question'],
  ['--no-input', 'never ask'],
  ['--verbose', 'tell of each request on standard error'],
] as const;
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
