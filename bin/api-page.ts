import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Writes `lib/API.md` from what `node bin/build-packages.ts lib` left. With `--check` nothing is written, and the exit
 * code is 1 where the page is not what would be.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = join(ROOT, 'lib/API.md');

/** The package and those that it takes types of lie together, as they are installed. */
function pageOf(folder: string): string {
  for (const file of ['package.json', '.jsii']) cpSync(join(ROOT, 'lib', file), join(folder, file));
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['aws-cdk-lib', 'constructs'])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  const program = join(ROOT, 'node_modules/jsii-docgen/bin/jsii-docgen');
  execFileSync(process.execPath, [program], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  return readFileSync(join(folder, 'API.md'), 'utf8');
}

const folder = mkdtempSync(join(tmpdir(), 'keywright-api-'));
try {
  const page = pageOf(folder);
  if (!process.argv.includes('--check')) {
    writeFileSync(PAGE, page);
  } else if (readFileSync(PAGE, 'utf8') !== page) {
    process.stderr.write('lib/API.md is older than the constructs: run npm run docs:api\n');
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
