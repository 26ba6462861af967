import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-check-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A project of these files, by their paths. */
function plant(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Runs a program in the folder; its exit code and all that it says. */
function run(...program: string[]): Promise<{ code: unknown; said: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; said: string }>();
  execFile(process.execPath, program, { cwd: folder }, (error, stdout, stderr) => {
    resolve({ code: error === null ? 0 : error.code, said: stdout + stderr });
  });
  return promise;
}

describe('what the domain’s own check says', () => {
  const check = () => run(resolve('bin/check-domain.ts'));

  test('of a rule with a test of its name, and of a file of types alone: nothing', async () => {
    plant({
      'core/domain/keys/rule.ts': 'export const isDay = (at: Date) => new Date(at).getTime() % 864e5 === 0;',
      'test/domain/keys/rule.test.ts': '',
      'core/domain/keys/shape.ts':
        "import type { Digest } from './pepper.ts';\nexport interface Shape { readonly digest: Digest }\nexport type Shapes = readonly Shape[];",
    });
    expect(await check()).toEqual({ code: 0, said: '' });
  });

  test('of each rule that waits, and of each that reads a clock or draws at random: its line and why', async () => {
    const lines = [
      "import { randomBytes as draw } from 'node:crypto';",
      'export async function one() {}',
      'export const two = async () => 2;',
      'export const three = (given: { then(): void }): PromiseLike<number> => given as never;',
      'export class Four { async four() {} }',
      'export const five = (later: () => void) => setTimeout(later, 5);',
      "export const six = () => import('./rule.ts');",
      'export const seven = () => Promise.resolve(7);',
      'export const eight = () => Date.now();',
      'export const nine = () => new Date();',
      'export const ten = () => Math.random();',
    ];
    plant({ 'core/domain/keys/rule.ts': lines.join('\n'), 'test/domain/keys/rule.test.ts': '' });
    const { code, said } = await check();
    expect(code).toBe(1);
    for (const number of lines.keys()) expect(said).toContain(`core/domain/keys/rule.ts:${number + 1}: `);
    expect(said).toMatch(/waits for nothing: take what was read as an argument/);
    expect(said).toMatch(/neither clock nor chance: take the time or the random bytes as an argument/);
  });

  test.each([
    ['that has none', 'test/domain/rule.test.ts'],
    ['whose test stands in another room', 'test/domain/products/rule.test.ts'],
  ])('of a rule %s: the test to write', async (_, test) => {
    plant({ 'core/domain/keys/rule.ts': 'export const MOST = 5;', [test]: '' });
    const said = 'core/domain/keys/rule.ts has no test of its name: write test/domain/keys/rule.test.ts.\n';
    expect(await check()).toEqual({ code: 1, said });
  });

  test('of a folder without a domain: that there is none', async () => {
    expect(await check()).toEqual({ code: 1, said: 'There is no core/domain in .\n' });
  });
});

describe('what the directions of imports say', () => {
  beforeEach(() => {
    for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
      copyFileSync(name, join(folder, name));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    plant({
      'core/contract/given.ts': 'export const GIVEN = 1;',
      'core/domain/ground/given.ts': 'export const GIVEN = 1;',
      'core/domain/decision/given.ts': 'export const GIVEN = 1;',
      'core/access/given.ts': 'export const GIVEN = 1;',
      'core/domain/loose.ts': 'export const GIVEN = 1;',
      'emulator/given.ts': 'export const GIVEN = 1;',
    });
  });
  const cruise = () =>
    run(resolve('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'), 'core', 'emulator');
  const importing = (path: string) => `export { GIVEN } from '${path}';`;

  test('of imports that point the right way: nothing', async () => {
    plant({
      'core/domain/decision/planted.ts': importing('../ground/given.ts'),
      'core/access/planted.ts': importing('../domain/decision/given.ts'),
      'emulator/planted.ts': importing('./given.ts'),
    });
    expect((await cruise()).code).toBe(0);
  });

  test('of those that do not: each by the rule that it breaks', async () => {
    const planted = {
      'core/domain/keys/planted.ts': importing('../decision/given.ts'),
      'core/domain/products/planted.ts': importing('../../access/given.ts'),
      'core/access/planted.ts': importing('../domain/loose.ts'),
      'core/contract/planted.ts': importing('../domain/ground/given.ts'),
      'emulator/planted.ts': importing('../core/contract/given.ts'),
      'core/domain/usage/planted.ts': "export { readFileSync } from 'node:fs';",
    };
    plant(planted);
    const { code, said } = await cruise();
    expect(code).not.toBe(0);
    const broken = [...said.matchAll(/error (\S+): (\S+) →/g)].map(([, rule, from]) => `${rule}: ${from}`);
    expect(broken.sort()).toEqual([
      'contract-imports-nothing: core/contract/planted.ts',
      'domain-is-pure: core/domain/usage/planted.ts',
      'each-file-of-the-domain-is-in-a-room: core/access/planted.ts',
      'emulator-knows-nothing-of-ours: emulator/planted.ts',
      'room-keys-sees-those-before-it: core/domain/keys/planted.ts',
      'room-products-sees-those-before-it: core/domain/products/planted.ts',
    ]);
  });
});
