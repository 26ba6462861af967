import { spawn } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Mutation } from './mutations.ts';
import { cacheFolder, JEST, type Reach } from './reach.ts';
import { NOTICED, VERDICT } from './trial-environment.ts';
import { ORDER } from './trial-order.ts';

/** What became of a mutant: noticed by a test, by the time it took, or by nobody. */
export type Verdict =
  | { readonly outcome: 'killed'; readonly by: string }
  | { readonly outcome: 'late' | 'survived' | 'unreached' };

/** What a trial may take besides the time that its tests take without a change, and how often that. */
const SPARE_MILLISECONDS = 40_000;
const SLOWNESS = 5;

/** A copy of the project in which one mutant at a time is tried. */
export class TrialCopy {
  readonly #root: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'keywright-mutants-'));
  readonly #project = join(this.#folder, 'project');
  #running: number | undefined;

  /** @param files what the copy has, by paths from `root` */
  constructor(root: string, files: readonly string[]) {
    this.#root = root;
    for (const file of files) {
      mkdirSync(dirname(join(this.#project, file)), { recursive: true });
      copyFileSync(join(root, file), join(this.#project, file));
    }
    symlinkSync(join(root, 'node_modules'), join(this.#project, 'node_modules'));
  }

  /** Ends what is being tried, and removes the copy. */
  remove(): void {
    endGroup(this.#running);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Applies the mutant, runs the tests until one fails, and takes the mutant back. */
  async try(mutation: Mutation, tests: readonly Reach[]): Promise<Verdict> {
    if (tests.length === 0) return { outcome: 'unreached' };
    const path = join(this.#project, mutation.file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, mutated(text, mutation));
    try {
      return await this.#run(tests);
    } finally {
      writeFileSync(path, text);
    }
  }

  async #run(tests: readonly Reach[]): Promise<Verdict> {
    const temporary = join(this.#folder, 'tmp');
    const verdict = join(this.#folder, 'verdict');
    mkdirSync(temporary, { recursive: true });
    writeFileSync(verdict, '');
    const paths = tests.map(({ test }) => join(this.#project, test));
    const usual = tests.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const jest = spawn(process.execPath, [...JEST, ...this.#options(), '--runTestsByPath', ...paths], {
      cwd: this.#project,
      stdio: 'ignore',
      // A group of its own, so that what the tests have started ends with it.
      detached: true,
      env: { ...process.env, TMPDIR: temporary, [VERDICT]: verdict, [ORDER]: paths.join('\n') },
    });
    this.#running = jest.pid;
    const ended = new Promise<number | null>((resolve) => {
      jest.on('exit', (code) => resolve(code));
    });
    let isLate = false;
    const timer = setTimeout(
      () => {
        isLate = true;
        endGroup(jest.pid);
      },
      SPARE_MILLISECONDS + SLOWNESS * usual,
    );
    const code = await ended;
    clearTimeout(timer);
    endGroup(jest.pid);
    this.#running = undefined;
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
    if (isLate) return { outcome: 'late' };
    if (code === 0) return { outcome: 'survived' };
    const by = code === NOTICED ? readFileSync(verdict, 'utf8').replace(`${this.#project}/`, '') : 'loading';
    return { outcome: 'killed', by };
  }

  #options(): string[] {
    return [
      '--runInBand',
      '--bail=1',
      '--silent',
      `--cacheDirectory=${join(cacheFolder(this.#root), 'jest')}`,
      '--testEnvironment=<rootDir>/test/mutants/trial-environment.ts',
      '--testSequencer=<rootDir>/test/mutants/trial-order.ts',
    ];
  }
}

export function mutated(text: string, { start, end, replacement }: Mutation): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

/** Ends a process and all that it has started; nothing is left to end where that has happened already. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone.
  }
}
