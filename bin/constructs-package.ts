import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleOf } from '../lib/constructs/bundle.ts';

/**
 * `@keywright/cdk` by jsii, which makes CommonJS of the sources and a description of their classes, from which bindings
 * for other languages are made: what it can't describe is an error. It takes no endings in imports, and finds the kind of
 * module in package.json, so it is given copies.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ENTRY = 'lib/index.ts';
const program = (name: string) => join(ROOT, 'node_modules', name, 'bin', name);

/** Code that the constructs of the package deploy into other people's stacks. */
export const FUNCTIONS = ['authorizer', 'guard', 'registration', 'secret-rotation'];

/** Into `dist` of a folder, and `.jsii` beside it. */
export function buildConstructs(folder: string): void {
  const dist = join(folder, 'dist');
  const sources = copySources(ENTRY, dist);
  const { type: _, exports: __, scripts: ___, ...manifest } = manifestOf(folder);
  const staged = { ...manifest, main: 'lib/index.js', types: 'lib/index.d.ts' };
  writeFileSync(join(dist, 'package.json'), JSON.stringify(staged));
  cpSync(join(folder, 'README.md'), join(dist, 'README.md'));
  // Of the two warnings one is of packages for development, of which there are none here, and one of Java and C#.
  const silent = ['metadata/missing-dev-dependency', 'reserved-word'];
  run('jsii', [dist, ...silent.flatMap((name) => ['--silence-warnings', name])]);
  renameSync(join(dist, '.jsii'), join(folder, '.jsii'));
  for (const left of [...sources, 'README.md', 'tsconfig.json', 'tsconfig.tsbuildinfo'])
    rmSync(join(dist, left), { force: true });
  writeFileSync(join(dist, 'package.json'), '{"type":"commonjs"}\n');
  for (const name of FUNCTIONS) writeFunction(name, join(dist, 'functions', name));
}

/** What a file imports and so on, without endings in imports. @returns their paths */
function copySources(entry: string, into: string, copied = new Set<string>()): ReadonlySet<string> {
  if (copied.has(entry)) return copied;
  copied.add(entry);
  const text = readFileSync(join(ROOT, entry), 'utf8');
  const place = join(into, entry);
  mkdirSync(dirname(place), { recursive: true });
  const imported: string[] = [];
  const source = text.replace(/(from '|import\(')(\.[^']+)\.ts(?=')/g, (_, before, path) => {
    imported.push(join(dirname(entry), `${path}.ts`));
    return before + path;
  });
  writeFileSync(place, source.replaceAll('import.meta.dirname', '__dirname'));
  for (const path of imported) copySources(path, into, copied);
  return copied;
}

function writeFunction(name: string, folder: string): void {
  const { code, later } = bundleOf(name);
  mkdirSync(folder, { recursive: true });
  for (const [file, contents] of [['index.js', code], ...later] as const)
    writeFileSync(join(folder, file), contents);
}

/** Bindings for Python of what was built in a folder, as a wheel in `into/python`. Needs Python 3 with venv, and PyPI. */
export function buildWheel(folder: string, into: string): void {
  const pack = `npm pack --ignore-scripts ${JSON.stringify(folder)}`;
  run('jsii-pacmak', [
    '--targets',
    'python',
    '--outdir',
    into,
    '--force-subdirectory',
    '--no-npmignore',
    '--pack-command',
    pack,
    folder,
  ]);
}

function manifestOf(folder: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function run(name: string, words: readonly string[], cwd = ROOT): void {
  execFileSync(process.execPath, [program(name), ...words], { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
}
