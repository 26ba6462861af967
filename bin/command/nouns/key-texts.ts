import { text as textOf } from 'node:stream/consumers';
import { KeyFormat } from '../../../core/domain/keys/key-format.ts';
import { malformationOf, scannerPattern } from '../../../core/domain/keys/key-search.ts';
import { EXIT, Exit, usage } from '../exit.ts';
import type { Run } from '../run.ts';

const TYPE_NAMES = { pk: 'publishable', sk: 'secret', sub: 'subscription', ck: 'client' } as const;

/**
 * A secret as it was given: from standard input, or, with a warning, as an argument, which shells write down.
 * @throws Exit where there is none
 */
export async function secretGiven(run: Run, argument: string): Promise<string> {
  if (argument !== '' && argument !== '-') {
    run.out.warn('an argument stays in your shell’s history; give the key on standard input, with -');
    return argument;
  }
  if (process.stdin.isTTY && run.mayAsk) {
    const { password, isCancel } = await import('@clack/prompts');
    const typed = await password({ message: 'The key:' });
    if (isCancel(typed)) throw new Exit(EXIT.interrupted);
    return typed.trim();
  }
  if (argument === '' && process.stdin.isTTY) throw usage('Give the key on standard input');
  const text = (await textOf(process.stdin)).trim();
  if (text === '') throw usage('There is no key on standard input');
  return text;
}

/** Parses a key without a network and reports on it by the exit code: 0 for a key, 1 for none. */
export async function inspect(run: Run): Promise<void> {
  const { out, options } = run;
  const format = formatOf(options.vendor);
  const text = await secretGiven(run, run.arg(0));
  const key = format.parse(text);
  if (key !== undefined) {
    const { kind, environment, id } = key;
    if (out.isJson) out.line(JSON.stringify({ valid: true, type: kind, environment, id }));
    else out.line(`type ${kind} (${TYPE_NAMES[kind]}), environment ${environment}, id ${id}`);
    return;
  }
  const problem = malformationOf(text, format) ?? { reason: 'unknown', message: 'not a key' };
  if (out.isJson)
    out.line(JSON.stringify({ valid: false, reason: problem.reason, message: problem.message }));
  throw new Exit(EXIT.no, out.isJson ? '' : `not a key: ${problem.message}`);
}

/** What strangers must not see; publishable keys are meant to be seen. */
const SCANNED = ['sk', 'sub', 'ck'] as const;

/** Prints what scanners of secrets, such as GitHub's, have to know to find the operator's keys. */
export async function pattern({ out, options: { vendor = '' } }: Run): Promise<void> {
  const format = formatOf(vendor);
  const own = vendor === '' ? 'keywright' : vendor;
  const patterns = SCANNED.map((kind) => ({
    name: `${own}_${TYPE_NAMES[kind]}_key`,
    type: kind,
    keywords: [`${vendor === '' ? '' : `${vendor}_`}${kind}_`],
    regex: scannerPattern(kind, format),
  }));
  if (out.isJson) out.line(JSON.stringify({ patterns }));
  else for (const { name, regex } of patterns) out.line(`${name}  ${regex}`);
}

function formatOf(vendor = ''): KeyFormat {
  try {
    return new KeyFormat(vendor);
  } catch (error) {
    throw usage(`--vendor: ${error instanceof Error ? error.message : error}`);
  }
}
