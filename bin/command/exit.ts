import { KeywrightError } from '../../client/keywright-error.ts';

/** What the command ends with, for scripts to go by. */
export const EXIT = {
  done: 0,
  no: 1,
  usage: 2,
  signedOut: 3,
  forbidden: 4,
  notFound: 5,
  conflict: 6,
  waiting: 7,
  unavailable: 8,
  partial: 9,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: 'done',
  1: 'answered no: not a key, tampering found, refused by verify or by an API, calls that apis try would refuse, a difference from the file',
  2: 'used wrongly, or the API takes no such value; audit verify: nothing proves that the end was not cut off',
  3: 'not signed in, or no longer',
  4: 'you may not, or a second factor is missing',
  5: 'not found',
  6: 'somebody changed it meanwhile, or its state does not allow it',
  7: 'waits for a second admin; the approval’s id is on standard output',
  8: 'limited, unavailable or unreachable, after several tries',
  9: 'done in part: some rows were not imported, or apply was refused some of its changes',
  130: 'interrupted',
};

/** Ends the command. The message, if any, goes to standard error. */
export class Exit extends Error {
  readonly code: ExitCode;

  constructor(code: ExitCode, message = '') {
    super(message);
    this.code = code;
  }
}

export function usage(message: string): Exit {
  return new Exit(EXIT.usage, message);
}

const BY_STATUS: Readonly<Record<number, ExitCode>> = {
  401: EXIT.signedOut,
  403: EXIT.forbidden,
  404: EXIT.notFound,
  409: EXIT.conflict,
  412: EXIT.conflict,
};

/** What an error ends the command with, and what is said of it. */
export function exitOf(error: unknown): { code: ExitCode; message: string } {
  if (error instanceof Exit) return error;
  if (!(error instanceof KeywrightError)) {
    return { code: EXIT.usage, message: error instanceof Error ? error.message : String(error) };
  }
  const { status } = error;
  const isTheirs = status === 0 || status === 429 || status >= 500;
  const code = BY_STATUS[status] ?? (isTheirs ? EXIT.unavailable : EXIT.usage);
  return { code, message: messageOf(error) };
}

function messageOf(error: KeywrightError): string {
  const { status, requestId, details } = error;
  const answered = status === 0 ? error.message : `the management API answered ${status}: ${error.message}`;
  const more = details
    .filter(({ message }) => !error.message.includes(message))
    .map(({ param, message }) => `\n  ${param === undefined ? '' : `${param}: `}${message}`);
  const advice = status === 401 ? '\nSign in with keywright login.' : '';
  return `${answered}${more.join('')}${requestId === undefined ? '' : `\n  request ${requestId}`}${advice}`;
}

export function exitCodesPage(): string {
  const rows = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`);
  return `Exit codes\n\n${rows.join('\n')}\n`;
}
