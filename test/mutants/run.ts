import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Randomness } from '../../bench/randomness.ts';
import { Compiler } from './compiler.ts';
import { changedLines, judgedEquivalents, staleEquivalents } from './equivalents.ts';
import { type Mutation, mutationsOf } from './mutations.ts';
import { cacheFolder, reaches, testFiles, testsOf } from './reach.ts';
import { mutated, TrialCopy, type Verdict } from './trial.ts';
import { Uses } from './uses.ts';

/** What the whole program's score is of, and each folder's. */
const PROMISED = { overall: 0.92, folder: 0.9 };

/** What is changed when no folder is named: the program, and of what deploys it the permissions. */
const PROGRAM =
  /^(core|functions|guard)\/.*\.ts$|^lib\/constructs\/(.*permissions|grant|key-upkeep|function|usage-consumer|publisher|sweep)\.ts$/;

interface Trial {
  readonly mutation: Mutation;
  readonly verdict: Verdict | { readonly outcome: 'refused' };
}

const ROOT = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    since: { type: 'string' },
    folder: { type: 'string', multiple: true },
    seed: { type: 'string' },
    count: { type: 'string', default: '250' },
    afresh: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const git = (...words: string[]) => execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' });

const lines = (text: string) => text.split('\n').filter((line) => line !== '');
const deleted = new Set(lines(git('ls-files', '--deleted')));
const files = lines(git('ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate')).filter(
  (file) => !deleted.has(file),
);
await main();

async function main(): Promise<void> {
  for (const { file, from } of staleEquivalents(ROOT)) {
    console.error(`equivalents.json: ${file} no longer has «${from}»; judge its mutants again`);
    process.exitCode = 1;
  }
  const drawn = draw();
  console.log(`seed ${seed}: ${drawn.length} mutants`);
  const all = reaches(ROOT, testFiles(ROOT), values.afresh);
  const uses = new Uses(
    ROOT,
    files.filter((file) => file.endsWith('.ts') && !/\.test\.ts$|\.d\.ts$/.test(file)),
  );
  const compiler = new Compiler(ROOT);
  const trials: Trial[] = [];
  const copies = Array.from({ length: Number(values.workers) }, () => new TrialCopy(ROOT, files));
  const waiting = drawn.values();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      for (const copy of copies) copy.remove();
      report(trials);
      process.exit(1);
    });
  }
  try {
    await Promise.all(
      copies.map(async (copy) => {
        for (const mutation of waiting) {
          const verdict = await copy.try(mutation, testsOf(all, uses.of(mutation)));
          const isRefused = lives(verdict) && !compiler.accepts(mutation.file, textWith(mutation));
          const trial: Trial = { mutation, verdict: isRefused ? { outcome: 'refused' } : verdict };
          trials.push(trial);
          tell(trial, trials.length, drawn.length);
        }
      }),
    );
  } finally {
    for (const copy of copies) copy.remove();
  }
  report(trials);
}

function lives({ outcome }: Trial['verdict']): boolean {
  return outcome === 'survived' || outcome === 'unreached';
}

function textWith(mutation: Mutation): string {
  return mutated(read(mutation.file), mutation);
}

/** The mutants that are tried, drawn by the seed from all that are possible in what was asked for. */
function draw(): Mutation[] {
  const folders = values.folder ?? [];
  const wanted = files.filter((file) =>
    folders.length > 0
      ? file.endsWith('.ts') && !file.startsWith('test/') && folders.some((folder) => file.startsWith(folder))
      : PROGRAM.test(file),
  );
  const isChanged = values.since === undefined ? () => true : changedSince(values.since);
  const judged = new Set(judgedEquivalents().map(({ file, from, to }) => JSON.stringify([file, from, to])));
  const possible = wanted.flatMap((file) => {
    const text = read(file);
    return mutationsOf(file, text).filter((mutation) => {
      const { from, to } = changedLines(text, mutation);
      return isChanged(mutation) && !judged.has(JSON.stringify([file, from, to]));
    });
  });
  return new Randomness(seed).some(possible, Number(values.count));
}

/** Whether a mutant's line was written since the commit. */
function changedSince(commit: string): (mutation: Mutation) => boolean {
  const lines = new Set<string>();
  let file = '';
  for (const line of git('diff', '--unified=0', '--no-color', commit, '--').split('\n')) {
    if (line.startsWith('+++ b/')) file = line.slice('+++ b/'.length);
    const [, start, count = '1'] = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    for (let index = 0; start !== undefined && index < Number(count); index += 1)
      lines.add(`${file}:${Number(start) + index}`);
  }
  return ({ file, line }) => lines.has(`${file}:${line}`);
}

function tell({ mutation, verdict }: Trial, done: number, total: number): void {
  if (!lives(verdict)) return;
  const { from, to } = changedLines(read(mutation.file), mutation);
  const why = verdict.outcome === 'unreached' ? 'no test runs this line' : 'survived';
  console.log(`\n${done}/${total} ${mutation.file}:${mutation.line} ${mutation.kind}: ${why}`);
  for (const line of from.split('\n')) console.log(`  - ${line}`);
  for (const line of to.split('\n')) console.log(`  + ${line}`);
}

function report(trials: readonly Trial[]): void {
  const folders = new Map<string, Trial[]>();
  for (const trial of trials) {
    const [top = '', second = ''] = trial.mutation.file.split('/');
    const folder = top === 'core' ? `core/${second}` : top;
    folders.set(folder, [...(folders.get(folder) ?? []), trial]);
  }
  console.log(`\nfolder                 mutants  killed  late  survived  refused by tsc  score`);
  for (const [folder, some] of [...folders].toSorted()) row(folder, some, PROMISED.folder);
  row('overall', trials, PROMISED.overall);
  console.log(`repeat with --seed ${seed} --count ${values.count}`);
  const path = join(cacheFolder(ROOT), `report-${seed}.json`);
  mkdirSync(cacheFolder(ROOT), { recursive: true });
  writeFileSync(path, JSON.stringify(trials, null, 2));
}

function row(name: string, trials: readonly Trial[], promised: number): void {
  const count = (...outcomes: string[]) =>
    trials.filter(({ verdict }) => outcomes.includes(verdict.outcome)).length;
  const noticed = count('killed', 'late');
  const lived = trials.filter(({ verdict }) => lives(verdict)).length;
  const score = noticed + lived === 0 ? 1 : noticed / (noticed + lived);
  if (score < promised) process.exitCode = 1;
  const numbers = [trials.length, count('killed'), count('late'), lived, count('refused')];
  const [mutants = '', killed = '', late = '', survived = '', refused = ''] = numbers.map(String);
  console.log(
    `${name.padEnd(22)} ${mutants.padStart(7)} ${killed.padStart(7)} ${late.padStart(5)} ${survived.padStart(9)} ${refused.padStart(15)} ${(100 * score).toFixed(0).padStart(5)} %`,
  );
}
