import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { PROJECT } from '../support/local-server.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: {
    readonly steps: readonly { readonly env: Record<string, string>; readonly run: string }[];
  };
}

const folder = mkdtempSync(join(tmpdir(), 'keywright-action-'));
const action = (path: string): Action => parse(readFileSync(join(PROJECT, path), 'utf8'));
let dynamodb: TestDynamoDb;
let management: TestManagement;
let server: ManagementServer;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_acme', name: 'Acme' } });
  server = await startManagementServer(management, (token) => (token === 'token-1' ? ADMIN : undefined));
});
afterAll(async () => {
  await server.close();
  await dynamodb.close();
  rmSync(folder, { recursive: true });
});

/** A program of the runner's, as far as the action knows it. */
const program = (name: string, script: string) =>
  writeFileSync(join(folder, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });

/** Runs an action's only step as GitHub's runner does, and gives what it wrote. */
async function run(path: string, inputs: Readonly<Record<string, string>>) {
  const { inputs: declared, runs } = action(path);
  const [step] = runs.steps;
  const given = (name: string) => inputs[name] ?? declared[name]?.default ?? '';
  const own = Object.entries(step?.env ?? {}).map(([name, value]) => [
    name,
    value.replace(/\$\{\{ inputs\.([\w-]+) \}\}/, (_, input) => given(input)),
  ]);
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const aws = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  const env = {
    ...aws,
    PATH: `${folder}:${process.env.PATH}`,
    HOME: folder,
    ...files,
    ...Object.fromEntries(own),
  };
  const child = spawn('bash', ['-eo', 'pipefail', '-c', step?.run ?? ''], { cwd: folder, env });
  child.stdin.end();
  const [out, said, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return {
    code,
    said: out + said,
    output: readFileSync(files.GITHUB_OUTPUT, 'utf8'),
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
  };
}

test.each(['action/action.yml', 'action/write-key/action.yml'])(
  '%s takes nothing of a workflow into its script',
  (path) => {
    for (const step of action(path).runs.steps) expect(step.run).not.toContain('${{');
  },
);

describe('the action', () => {
  beforeAll(() => {
    // `npx --yes keywright@version …`, from the sources.
    program('npx', `shift 2; exec ${process.execPath} ${join(PROJECT, 'bin/cli.ts')} "$@"`);
    const roles = { billing: { permissions: ['invoices:*'] } };
    writeFileSync(join(folder, 'keywright.yaml'), JSON.stringify({ tenants: { tenant_acme: { roles } } }));
  });
  const role = async () => (await management.call('GET /v1/tenants/tenant_acme/roles/billing')).status;
  const given = () => ({ url: server.url, token: 'token-1' });

  test('shows what would change, and changes it once', async () => {
    const shown = await run('action/action.yml', { ...given(), command: 'diff' });
    expect([shown.code, shown.output, await role()]).toEqual([0, 'changed=true\n', 404]);
    expect(shown.summary).toContain('billing');
    const applied = await run('action/action.yml', given());
    expect([applied.code, applied.output, await role()]).toEqual([0, 'changed=true\n', 200]);
    // Signed by the job's AWS credentials.
    const again = await run('action/action.yml', { url: server.url });
    expect([again.code, again.output]).toEqual([0, 'changed=false\n']);
  });

  test('fails as the command does, and for what is no command', async () => {
    expect((await run('action/action.yml', { ...given(), token: 'token-old' })).code).toBe(3);
    const hostile = await run('action/action.yml', { ...given(), command: 'apply; touch hacked' });
    expect([hostile.code, hostile.output]).toEqual([2, '']);
    expect((await run('action/action.yml', { ...given(), file: '$(touch hacked).yaml' })).code).toBe(2);
    expect(() => readFileSync(join(folder, 'hacked'))).toThrow('ENOENT');
  });
});

describe('the action that writes a key', () => {
  const inputs = { 'secret-id': 'ci/keywright', name: 'KEY', repository: 'acme/shop', token: 'gh-1' };
  // In parts: no scanner of this repository should take it for one.
  const key = ['sk', 'live', '0123456789abcdefghijklmnop'].join('_');
  const kept = () => readFileSync(join(folder, 'kept'), 'utf8');

  beforeAll(() => program('gh', `echo "$@" > ${join(folder, 'asked')}; cat > ${join(folder, 'kept')}`));
  const secret = (value: string) => program('aws', `cat <<'END'\n${value}\nEND`);

  test('hands it on without printing it', async () => {
    secret(JSON.stringify({ keywright: { type: 'apiKey' }, key }));
    const { code, said } = await run('action/write-key/action.yml', inputs);
    expect([code, said, kept()]).toEqual([0, '', key]);
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('secret set KEY --repo acme/shop\n');
  });

  test.each(['{"other":1}', '{"key":""}', '{"key":7}', 'not JSON'])(
    'leaves the one before for %s',
    async (value) => {
      writeFileSync(join(folder, 'kept'), 'before');
      secret(value);
      const { code, said } = await run('action/write-key/action.yml', inputs);
      expect([code, said, kept()]).toEqual([1, expect.stringContaining('holds no key'), 'before']);
    },
  );
});
