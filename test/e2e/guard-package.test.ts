import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { PROJECT } from '../support/local-server.ts';

const run = promisify(execFile);

test('the guard packs, installs without a network or another package, imports, and has its types', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-guard-'));
  try {
    const built = join(folder, 'built');
    await run(process.execPath, ['guard/build.ts', built], { cwd: PROJECT });
    await run('npm', ['pack', built, '--pack-destination', folder], { cwd: folder });
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${tarball}`], { cwd: folder });
    expect(await readdir(join(folder, 'node_modules'))).toEqual(expect.not.arrayContaining(['@middy']));

    const use = `import { keywrightGuard } from 'keywright-guard';
      const answer = await keywrightGuard().before({ event: {}, context: {}, internal: {}, response: undefined });
      console.log(answer.statusCode);`;
    await writeFile(join(folder, 'use.js'), use);
    const env = { PATH: process.env.PATH, AWS_REGION: 'eu-central-1', KEYWRIGHT_TABLE: 'keywright' };
    const { stdout } = await run(process.execPath, ['use.js'], { cwd: folder, env });
    expect(stdout.trim().split('\n').at(-1)).toBe('401');

    const typed = `import { type GuardedCaller, keywrightGuard } from 'keywright-guard';
      keywrightGuard({ permission: 'orders:read', cost: 2 });
      export const name = (caller: GuardedCaller): string => caller.keyId;
      // @ts-expect-error a misspelt option
      keywrightGuard({ permisson: 'orders:read' });`;
    await writeFile(join(folder, 'typed.ts'), typed);
    const tsc = [
      join(PROJECT, 'node_modules/typescript/bin/tsc'),
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      'false',
    ];
    const checked = await run(
      process.execPath,
      [...tsc, '--module', 'nodenext', '--target', 'es2024', 'typed.ts'],
      {
        cwd: folder,
      },
    );
    expect(checked.stdout).toBe('');
  } finally {
    await rm(folder, { recursive: true });
  }
});
