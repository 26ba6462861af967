import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Place } from './uses.ts';

/** What a test file makes run. */
export interface Reach {
  readonly test: string;
  /** How long it took, loading included. */
  readonly milliseconds: number;
  /** The project's files that it loads, each with the lines that ran; undefined where that isn't known. */
  readonly files: Readonly<Record<string, readonly number[] | undefined>>;
}

/** The same as it is kept: with the digest that each file had. */
export interface Kept extends Omit<Reach, 'files'> {
  readonly files: Readonly<Record<string, { readonly digest: string; readonly lines: readonly number[] }>>;
}

export function cacheFolder(root: string): string {
  return join(root, 'node_modules/.cache/mutants');
}

export function reachFile(root: string, test: string): string {
  return join(cacheFolder(root), 'reach', `${test.replaceAll('/', '~')}.json`);
}

export function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('base64url');
}

/**
 * What each test file reaches. Those that are new or were changed since they were last asked are run, and with
 * `afresh` all of them; of another file that was changed they are taken to reach every line.
 * @throws Error when one of those fails, since nothing could be told from it
 */
export function reaches(root: string, tests: readonly string[], afresh: boolean): Reach[] {
  mkdirSync(join(cacheFolder(root), 'reach'), { recursive: true });
  const digests = new Map<string, string | undefined>();
  const digest = (file: string) => {
    if (!digests.has(file)) {
      const path = join(root, file);
      digests.set(file, existsSync(path) ? digestOf(path) : undefined);
    }
    return digests.get(file);
  };
  const old = tests.filter((test) => afresh || known(root, test)?.files[test]?.digest !== digest(test));
  if (old.length > 0) {
    console.log(`${old.length} test files are run to see what they reach`);
    for (const test of old) rmSync(reachFile(root, test), { force: true });
    const { status } = spawnSync(process.execPath, [...JEST, ...COVERAGE, '--runTestsByPath', ...old], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const missing = old.filter((test) => !existsSync(reachFile(root, test)));
    if (status !== 0 || missing.length > 0)
      throw new Error(
        `the tests must pass before mutants are tried; see npm test -- ${missing.join(' ') || 'of them all'}`,
      );
  }
  return tests.flatMap((test) => {
    const reach = known(root, test);
    if (reach === undefined) return [];
    const files = Object.entries(reach.files).map(([file, { digest: then, lines }]) =>
      then === digest(file) ? [file, lines] : [file, undefined],
    );
    return [{ ...reach, files: Object.fromEntries(files) }];
  });
}

/** How a test file is run by Jest: each in a realm of its own, so that none finds what another has left. */
export const JEST = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
  '--config=jest.isolated.config.js',
];

/**
 * A worker that is given up after each file, since a module that Node loads runs once in a process. Its limit is
 * in bytes: up to 1 Jest takes it for a share of the machine's memory, which no worker reaches.
 */
const COVERAGE = [
  '--maxWorkers=2',
  '--workerIdleMemoryLimit=2',
  '--silent',
  '--testEnvironment=<rootDir>/test/mutants/coverage-environment.ts',
];

function known(root: string, test: string): Kept | undefined {
  const path = reachFile(root, test);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** The test files that `npm test` runs, but for those of the emulator, which is not mutated. */
export function testFiles(root: string): string[] {
  const list = ['--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', '--listTests'];
  const { status, stdout } = spawnSync(process.execPath, list, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error('Jest could not list the tests; see npm test -- --listTests');
  return stdout
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => relative(root, path).replaceAll('\\', '/'))
    .filter((file) => !file.startsWith('test/emulator/'))
    .toSorted();
}

/**
 * The test files that make one of these lines run, those that are likely to notice a change soonest
 * first: the quick ones, and before them those that load little else.
 */
export function testsOf(all: readonly Reach[], places: readonly Place[]): Reach[] {
  const byFile = Map.groupBy(places, ({ file }) => file);
  const wanted = [...byFile].map(([file, some]) => [file, new Set(some.map(({ line }) => line))] as const);
  const reaching = all.filter(({ files }) =>
    wanted.some(([file, lines]) => file in files && (files[file]?.some((line) => lines.has(line)) ?? true)),
  );
  const cost = ({ milliseconds, files }: Reach) => milliseconds * Math.sqrt(Object.keys(files).length);
  return reaching.toSorted((a, b) => cost(a) - cost(b));
}
