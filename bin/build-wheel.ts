import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWheel } from './constructs-package.ts';

/** Builds the wheel of what `node bin/build-packages.ts lib` left: `node bin/build-wheel.ts <folder>`. */
const folder = resolve(process.argv[2] ?? '.');
const made = mkdtempSync(join(tmpdir(), 'keywright-wheel-'));
try {
  buildWheel(fileURLToPath(new URL('../lib', import.meta.url)), made);
  for (const name of readdirSync(join(made, 'python')).filter((file) => file.endsWith('.whl'))) {
    cpSync(join(made, 'python', name), join(folder, name));
    console.log(join(folder, name));
  }
} finally {
  rmSync(made, { recursive: true });
}
