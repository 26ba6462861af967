import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/**
 * Builds `dist/guard`, the package `keywright-guard`: one file of JavaScript with everything in it, because
 * Node strips no types below node_modules, and one of types. It needs no other package when it is installed.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = process.argv[2] ?? join(ROOT, 'dist/guard');
const ENTRY = join(ROOT, 'guard/keywright-guard.ts');

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
buildSync({
  absWorkingDir: ROOT,
  entryPoints: [ENTRY],
  outdir: OUT,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // CommonJS parts of the bundle ask for Node's own modules.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'error',
});
execFileSync(
  process.execPath,
  [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    '-p',
    'guard/tsconfig.build.json',
    '--outDir',
    join(OUT, 'types'),
  ],
  { cwd: ROOT, stdio: 'inherit' },
);
for (const file of ['keywright-guard.d.ts', 'caller.d.ts'])
  cpSync(join(OUT, 'types/guard', file), join(OUT, file));
rmSync(join(OUT, 'types'), { recursive: true });
for (const file of ['guard/package.json', 'guard/README.md', 'LICENSE']) {
  cpSync(join(ROOT, file), join(OUT, file.split('/').at(-1) ?? ''));
}
