import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { BuildOptions, OutputFile } from 'esbuild';

const ROOT = join(import.meta.dirname, '../..');
const FUNCTIONS = join(ROOT, 'functions');
const GUARD = 'guard';

/** In the package that is published, what is made of sources here lies in their place. */
const isPackage = (): boolean => existsSync(join(FUNCTIONS, GUARD));

/** The file that a function starts with. */
const CODE = 'index.js';
/** How long bundles of sources that are no more are kept: somebody may be reading them. */
const KEPT_MILLISECONDS = 24 * 3600 * 1000;

/** Needed in the repository alone. */
const ofRepository = createRequire(join(ROOT, 'package.json'));
const esbuild = (): typeof import('esbuild') => ofRepository('esbuild');
const swc = (): typeof import('@swc/core') => ofRepository('@swc/core');

/** Loaded while a request waits: minified a second time, which takes another twentieth away. */
const REQUEST_PLANE: ReadonlySet<string> = new Set(['authorizer']);

/**
 * What a function loads late or never is a CommonJS file of its own beside it: its name, and its source. The ending
 * says what it is to `import()`, whatever a package.json somewhere above it says of `.js`.
 */
const LOADED_LATE = {
  '#token-verifier': { file: './token-verifier.cjs', entry: 'core/oauth/token-verifier.ts' },
};

/** A function's code: CommonJS, and its digest, the same wherever and whenever it is built. */
export interface Bundle {
  /** What is loaded as the function starts. */
  readonly code: Uint8Array;
  /** What it may load later, by file name. */
  readonly later: ReadonlyMap<string, Uint8Array>;
  readonly hash: string;
}

let built: ReadonlyMap<string, Bundle> | undefined;

/**
 * The bundle of `functions/<name>/handler.ts`, or of `guard` for backends, as it lies in the package. In the repository the first call builds
 * every function in one pass of esbuild: no Docker, no network, some seconds unless `buildBundles` has been waited
 * for. Throws when the function has no handler.ts.
 */
export function bundleOf(name: string): Bundle {
  built ??= isPackage() ? bundlesIn(FUNCTIONS) : bundlesOf(esbuild().buildSync(buildOptions()).outputFiles);
  const found = built.get(name);
  if (found === undefined) {
    throw new Error(`functions/${name}/handler.ts does not exist; expected the entry point of "${name}".`);
  }
  return found;
}

/**
 * Builds every function ahead of `bundleOf`: beside this thread, which may load the CDK meanwhile.
 * @param kept a folder named by the sources: from there they are taken, or laid there for the next who builds
 *   from the same
 */
export async function buildBundles(kept?: string): Promise<void> {
  if (kept !== undefined && takeBundles(kept)) return;
  const { outputFiles } = await esbuild().build(buildOptions());
  built = bundlesOf(outputFiles);
  if (kept !== undefined) keep(built, kept);
}

/** Takes what `buildBundles` has kept there; false where there is nothing, or not all of it. */
export function takeBundles(kept: string): boolean {
  built = keptBundles(kept);
  return built !== undefined;
}

/** Undefined where one is missing, or they may not be read. */
function keptBundles(folder: string): ReadonlyMap<string, Bundle> | undefined {
  try {
    const found = bundlesIn(folder);
    return functionNames().every((name) => found.has(name)) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all, since others may build at the same time; what was kept of earlier sources goes. */
function keep(bundles: ReadonlyMap<string, Bundle>, folder: string): void {
  const all = dirname(folder);
  try {
    mkdirSync(all, { recursive: true });
    for (const name of readdirSync(all)) {
      const isOld = statSync(join(all, name)).mtimeMs < Date.now() - KEPT_MILLISECONDS;
      if (isOld) rmSync(join(all, name), { recursive: true, force: true });
    }
    const made = mkdtempSync(`${folder}-`);
    for (const [name, bundle] of bundles) writeBundle(bundle, join(made, name));
    rmSync(folder, { recursive: true, force: true });
    renameSync(made, folder);
  } catch {
    // Somebody else was first, or there is no room: then the next builds them again.
  }
}

/** A bundle's files, as they lie in the package. */
export function writeBundle({ code, later }: Pick<Bundle, 'code' | 'later'>, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [file, contents] of [[CODE, code] as const, ...later])
    writeFileSync(join(folder, file), contents);
}

function functionNames(): string[] {
  return [...readdirSync(FUNCTIONS).filter((name) => existsSync(entryOf(name))), GUARD];
}

/** Minified CommonJS loads about twice as fast as unbundled modules; so does `module` before `main`. */
function buildOptions(): BuildOptions & { write: false } {
  const names = functionNames();
  const late = Object.entries(LOADED_LATE);
  return {
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries([
      ...names.map((name) => [name, entryOf(name)]),
      ...late.map(([, { file, entry }]) => [basename(file, '.cjs'), entry]),
    ]),
    alias: Object.fromEntries(late.map(([name, { file }]) => [name, file])),
    external: late.map(([, { file }]) => file),
    outdir: '/',
    write: false,
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    // The same numbers in fewer letters.
    define: { 'Number.POSITIVE_INFINITY': 'Infinity', 'Number.NaN': 'NaN' },
    charset: 'utf8',
    // A table that is made from nothing but itself goes where nobody uses it.
    pure: ['Array.from', 'Int32Array.from'],
    legalComments: 'none',
    logLevel: 'error',
  };
}

function bundlesOf(outputFiles: readonly OutputFile[]): ReadonlyMap<string, Bundle> {
  const outputs = new Map(outputFiles.map((output) => [basename(output.path), output]));
  return new Map(
    outputFiles.map(({ path, contents, text }) => {
      const later = new Map<string, Uint8Array>();
      for (const { file } of Object.values(LOADED_LATE)) {
        const output = outputs.get(`${basename(file, '.cjs')}.js`);
        if (output !== undefined && text.includes(`import("${file}")`))
          later.set(basename(file), output.contents);
      }
      const name = basename(path, '.js');
      return [name, bundle(REQUEST_PLANE.has(name) ? minifiedOnceMore(text) : contents, later)];
    }),
  );
}

/** Of what stays after one pass the next one finds more, up to the third. */
function minifiedOnceMore(code: string): Uint8Array {
  const options = { compress: { passes: 3, toplevel: true, keep_fargs: false }, mangle: { toplevel: true } };
  return Buffer.from(swc().minifySync(code, { ...options, ecma: 2022, module: false }).code);
}

function bundlesIn(folder: string): ReadonlyMap<string, Bundle> {
  return new Map(
    readdirSync(folder).map((name) => {
      const read = (file: string) => readFileSync(join(folder, name, file));
      const later = Object.values(LOADED_LATE)
        .map(({ file }) => basename(file))
        .filter((file) => existsSync(join(folder, name, file)));
      return [name, bundle(read(CODE), new Map(later.map((file) => [file, read(file)])))];
    }),
  );
}

function bundle(code: Uint8Array, later: ReadonlyMap<string, Uint8Array>): Bundle {
  const hash = createHash('sha256').update(code);
  for (const contents of later.values()) hash.update(contents);
  return { code, later, hash: hash.digest('hex') };
}

function entryOf(name: string): string {
  if (name === GUARD) return join(ROOT, 'guard/keywright-guard.ts');
  return join(FUNCTIONS, name, 'handler.ts');
}
