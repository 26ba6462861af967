import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import ts from 'typescript';
import { openApiDocument } from '../functions/openapi/document.ts';
import { buildConstructs, FUNCTIONS } from './constructs-package.ts';
import { type ApiDocument, postmanCollection } from './postman-collection.ts';

/**
 * Builds the packages that are published, each into `dist` of its own folder: `node bin/build-packages.ts [folder…]`.
 * JavaScript, because Node strips no types below node_modules, with everything in it that is not a peer.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

const PACKAGES: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  lib: buildConstructsPackage,
  guard: (folder) => buildModule(folder, 'guard/keywright-guard.ts', 'keywright-guard.js'),
  client: buildClient,
  bin: buildCommand,
};

/** CommonJS parts of a bundle ask for Node's own modules. */
const REQUIRE = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};

/** CommonJS, which CommonJS and ES modules of any Node load alike. */
async function buildConstructsPackage(folder: string): Promise<void> {
  buildConstructs(folder);
  const inside = FUNCTIONS.map((name) =>
    name === 'guard' ? 'guard/keywright-guard.ts' : `functions/${name}/handler.ts`,
  );
  await writeLicenses(folder, ['lib/index.ts', ...inside], ['aws-cdk-lib', 'constructs', 'esbuild']);
}

async function buildModule(folder: string, entry: string, file: string): Promise<void> {
  await bundle(entry, join(folder, 'dist', file), {
    format: 'esm',
    target: 'node24',
    banner: REQUIRE,
  });
  if (entry.startsWith('guard/')) writeTypes(entry, join(folder, 'dist/types'));
  await writeLicenses(folder, [entry], []);
}

/** In parts that are loaded when they are called for: help comes at once. */
async function buildCommand(folder: string): Promise<void> {
  // Of the platform's own keychain; installed where there is one.
  const external = ['@napi-rs/keyring'];
  await build({
    ...{ absWorkingDir: ROOT, bundle: true, platform: 'node', target: 'node24', format: 'esm', external },
    ...{ legalComments: 'none', logLevel: 'error', minifySyntax: true },
    entryPoints: { keywright: 'bin/cli.ts' },
    outdir: join(folder, 'dist'),
    splitting: true,
    chunkNames: 'parts/[name]-[hash]',
    banner: REQUIRE,
  });
  await writeLicenses(folder, ['bin/cli.ts'], external);
}

/** For browsers and Node alike: of Node's own it has nothing, but for the part that signs. */
async function buildClient(folder: string): Promise<void> {
  const dependencies = ['openapi-fetch'];
  for (const [name, platform] of [
    ['keywright-client', 'neutral'],
    ['sigv4', 'node'],
  ] as const) {
    const options = { format: 'esm', platform, target: 'es2022', external: dependencies } as const;
    await bundle(`client/${name}.ts`, join(folder, 'dist', `${name}.js`), options);
    writeTypes(`client/${name}.ts`, join(folder, 'dist/types'));
  }
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const collection = JSON.stringify(
    postmanCollection(openApiDocument() as unknown as ApiDocument, version),
    null,
    2,
  );
  writeFileSync(join(folder, 'dist/keywright.postman_collection.json'), `${collection}\n`);
  await writeLicenses(folder, ['client/keywright-client.ts', 'client/sigv4.ts'], dependencies);
}

async function bundle(entry: string, outfile: string, options: BuildOptions): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    legalComments: 'none',
    logLevel: 'error',
    ...options,
  });
}

/** The declarations of `entry` and of what they import, with the endings of JavaScript. */
function writeTypes(entry: string, folder: string): void {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT);
  const declarations = new Map<string, string>();
  const program = ts.createProgram([join(ROOT, entry)], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
    rewriteRelativeImportExtensions: true,
    rootDir: ROOT,
    outDir: '/',
  });
  const { diagnostics } = program.emit(undefined, (path, text) => declarations.set(path, text));
  if (diagnostics.length > 0)
    throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost(options)));
  const write = (path: string) => {
    const text = declarations.get(path);
    if (!declarations.delete(path)) return;
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    // TypeScript rewrites the endings of imports in JavaScript alone.
    const published = text?.replace(
      /((?:from |import\()['"])(\.[^'"]+)\.ts(?=['"])/g,
      (_, before, imported) => {
        write(join(dirname(path), `${imported}.d.ts`));
        return `${before}${imported}.js`;
      },
    );
    writeFileSync(join(folder, path), published ?? '');
  };
  write(`/${entry.replace(/\.ts$/, '.d.ts')}`);
}

/** The licences of others' packages that are part of a bundle, as they ask for. */
async function writeLicenses(folder: string, entries: string[], external: string[]): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: entries,
    external,
    outdir: '/',
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []),
  );
  const texts = [...packages].sort().map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8'));
    const file = readdirSync(join(ROOT, path)).find((candidate) => /^licen[cs]e/i.test(candidate));
    const text = file === undefined ? '' : `\n${readFileSync(join(ROOT, path, file), 'utf8').trim()}\n`;
    return `${name} ${version} (${license})\n${text}`;
  });
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES'), texts.join(`\n${'-'.repeat(80)}\n`));
}

for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PACKAGES)) {
  const folder = join(ROOT, name);
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  await PACKAGES[name]?.(folder);
  for (const file of ['LICENSE', 'CHANGELOG.md']) cpSync(join(ROOT, file), join(folder, file));
}
