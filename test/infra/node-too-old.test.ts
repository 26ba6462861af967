import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const { nodeProblem } = loadOnce<{
  nodeProblem: (node: { version: string; runsTypeScript: boolean }) => string | undefined;
}>('../../core/contract/node-problem.js');
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(`${ROOT}/${path}`, 'utf8'));

/** Runs what npm and the CDK run, on a Node that can't run TypeScript. */
function onOldNode(command: string[]): Promise<{ code: unknown; said: string }> {
  const env = { ...process.env, NODE_OPTIONS: '--no-experimental-strip-types' };
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: ROOT, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: `${stdout}${stderr}` }),
    );
  });
}

describe('a Node that can’t run TypeScript dies with ERR_UNKNOWN_FILE_EXTENSION and no word of what to do', () => {
  test.each([
    ['the CDK app, as cdk.json starts it', () => String(json('cdk.json').app).split(' ').slice(1)],
    [
      'the command, as npm links it',
      () => [`bin/${json('bin/package.json').bin.keywright}`, 'keys', 'inspect', 'x'],
    ],
    ['npm start', () => ['local/launch.js', 'start']],
  ])('%s says in one sentence which Node it needs', async (_, command) => {
    const { code, said } = await onOldNode(command());
    expect(code).toBe(1);
    expect(said).toMatch(/^Keywright needs a Node that runs TypeScript, [^\n]+ install Node 24[^\n]+\.\n$/);
  });

  test.each([
    ['v18.20.0', false, /^Keywright needs Node 24 or newer and this is v18.20.0; .*npm install/],
    ['v20.19.4', false, /this is v20.19.4/],
    // It runs TypeScript, and lacks what came after it.
    ['v22.18.0', true, /this is v22.18.0/],
    ['v24.0.0', false, /runs TypeScript/],
  ])('%s is told: %s', (version, runsTypeScript, sentence) => {
    expect(nodeProblem({ version, runsTypeScript })).toMatch(sentence);
  });

  test.each(['v24.0.0', 'v24.18.1', 'v26.1.0'])('%s is good enough', (version) => {
    expect(nodeProblem({ version, runsTypeScript: true })).toBeUndefined();
  });
});

test('engines tells the same, and what npm brings along fits it', () => {
  const { engines, optionalDependencies } = json('package.json');
  expect(engines.node).toBe('>=24');
  for (const version of Object.values(optionalDependencies)) {
    expect(nodeProblem({ version: `v${version}`, runsTypeScript: true })).toBeUndefined();
  }
});
