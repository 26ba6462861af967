import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Figure, pairedRatio } from './harness.ts';

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** Writes what the process has used of the processor, in microseconds, as it ends. */
const TELLING = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  require('node:fs').writeSync(2, \`cpu \${user + system}\\n\`);
});`;

/** What the installed command takes to say how it is used, with all that it loads. */
export async function commandFigures(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  try {
    const telling = join(folder, 'telling.cjs');
    writeFileSync(telling, TELLING);
    await run(process.execPath, [join(PROJECT, 'bin/build-packages.ts'), 'bin']);
    const built = join(PROJECT, 'bin/dist/keywright.js');
    const cpu = async (...words: string[]) => {
      const { stderr } = await run(process.execPath, ['--require', telling, ...words]);
      return Number(/^cpu (\d+)$/m.exec(stderr)?.[1]);
    };
    const taken: number[] = [];
    const help = async () => {
      const microseconds = await cpu(built, '--help');
      taken.push(microseconds / 1000);
      return microseconds;
    };
    // 120 ms on a machine where Node alone takes 40.
    const ratio = await pairedRatio('`keywright --help` ÷ Node alone', { promised: 3 }, async () => [
      await help(),
      await cpu('--eval', '0'),
    ]);
    taken.sort((one, other) => one - other);
    const [least = 0, most = 0] = [taken[0], taken.at(-1)];
    const value = taken[Math.floor(taken.length / 2)] ?? 0;
    return [ratio, { name: '`keywright --help`', value, unit: 'ms', spread: [least, most] }];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
