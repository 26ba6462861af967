import { readDocument } from '../body.ts';
import { EXIT, Exit, type ExitCode, exitOf, usage } from '../exit.ts';
import { type Change, planOf, readDesired } from '../plan.ts';
import { readActual, write } from '../plan-api.ts';
import { checkPlan } from '../plan-check.ts';
import type { Run } from '../run.ts';
import type { Verb } from '../verb.ts';
import { wholeLink } from './members.ts';

const SIGNS = { create: '+', update: '~' } as const;
const STYLES = { create: 'green', update: 'yellow' } as const;

/** The plan in words: what would be made, and which fields would be changed from what to what. */
function show(run: Run, changes: readonly Change[]): void {
  if (run.out.isJson) run.out.line(JSON.stringify({ changes }, null, run.out.options.jsonl ? 0 : 2));
  else showInWords(run, changes);
}

function showInWords(run: Run, changes: readonly Change[]): void {
  for (const { action, kind, name, fields } of changes) {
    run.out.line(`${run.out.style(STYLES[action], SIGNS[action])} ${kind} ${name}`);
    for (const { field, from, to } of fields)
      run.out.line(
        `    ${field}: ${action === 'create' ? '' : `${JSON.stringify(from)} → `}${JSON.stringify(to)}`,
      );
  }
  const made = changes.filter(({ action }) => action === 'create').length;
  run.out.note(
    changes.length === 0 ? 'Nothing to change.' : `${made} to create, ${changes.length - made} to change.`,
  );
}

async function planned(run: Run): Promise<Change[]> {
  const desired = readDesired(readDocument(run.options.file ?? 'keywright.yaml'));
  const changes = planOf(desired, await readActual(run.api, desired));
  checkPlan(changes);
  return changes;
}

async function diff(run: Run): Promise<void> {
  const changes = await planned(run);
  show(run, changes);
  if (changes.length > 0) throw new Exit(EXIT.no);
}

async function apply(run: Run): Promise<void> {
  const changes = await planned(run);
  show(run, changes);
  if (changes.length === 0 || run.options.dryRun) return;
  if (changes.some(invites) && !run.options.showSecret && !run.out.isTerminal)
    throw usage(
      'The file invites people, whose links may be shown this once, and standard output is no terminal: give --show-secret, or use keywright members invite',
    );
  if (!run.options.yes) {
    if (!run.mayAsk) throw new Exit(EXIT.usage, 'Nobody can be asked here: give --yes');
    const { confirm } = await import('@clack/prompts');
    if ((await confirm({ message: 'Do this?', initialValue: false })) !== true)
      throw new Exit(EXIT.interrupted);
  }
  await carryOut(run, changes);
}

/** One that is refused stops none of the others; all of them together are told at the end. */
async function carryOut(run: Run, changes: readonly Change[]): Promise<void> {
  const waiting: string[] = [];
  const refused: { change: Change; error: unknown }[] = [];
  let ended: ExitCode | undefined;
  for (const change of changes) {
    try {
      if (ended !== undefined) throw new Exit(ended, 'not tried');
      const { approvalId, link } = await write(run.api, change);
      if (approvalId !== undefined) waiting.push(approvalId);
      run.out.done(`${nameOf(change)}${approvalId === undefined ? '' : ` waits: ${approvalId}`}`);
      if (link !== undefined) showLink(run, change.name, wholeLink(run, link));
    } catch (error) {
      refused.push({ change, error });
      const { code } = exitOf(error);
      if (code === EXIT.signedOut || code === EXIT.unavailable) ended = code;
    }
  }
  if (waiting.length > 0 && !run.out.isTerminal) run.out.line(waiting.join('\n'));
  if (refused.length === changes.length && refused.length === 1) throw refused[0]?.error;
  if (refused.length > 0) throw partly(changes.length, refused);
  if (waiting.length > 0) throw new Exit(EXIT.waiting);
}

/** Which were not done, and why. Where none was, it ends as the first of them would alone. */
function partly(all: number, refused: readonly { change: Change; error: unknown }[]): Exit {
  const exits = refused.map(({ error }) => exitOf(error));
  const lines = refused.map(({ change }, at) => `\n${nameOf(change)}: ${exits[at]?.message}`);
  const code = refused.length === all ? exits[0]?.code : EXIT.partial;
  return new Exit(code ?? EXIT.partial, `${refused.length} of ${all} changes not made:${lines.join('')}`);
}

const nameOf = ({ kind, name }: Change) => `${kind} ${name}`;

const invites = ({ kind, id }: Change) => kind === 'member' && id === undefined;

function showLink(run: Run, member: string, link: string): void {
  run.out.line(run.out.isJson ? JSON.stringify({ member, link }) : link);
}

const FILE = ['-f, --file <file>', 'keywright.yaml unless given; - for standard input'] as const;

export const diffVerbs: readonly Verb[] = [
  {
    name: '',
    about: 'show how what is there differs from a file: 1 where it does',
    options: [FILE],
    run: diff,
  },
];
export const applyVerbs: readonly Verb[] = [
  {
    name: '',
    about: 'make APIs, products, roles and members as a file says',
    options: [
      FILE,
      ['--dry-run', 'only show the plan'],
      ['--show-secret', 'print links of invitations though standard output is no terminal'],
    ],
    run: apply,
  },
];
