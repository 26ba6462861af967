import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import aws4 from 'aws4';
import { freePorts } from '../../emulator/listen.ts';
import { sha256Of } from '../support/imports.ts';
import { iamFindings, judgementsIn } from '../support/independent-judge.ts';
import { LocalServer, PROJECT } from '../support/local-server.ts';
import { demoSubscriptions, payByLibrary } from '../support/payments.ts';

const START_MILLISECONDS = 120_000;
const ISSUED_ELSEWHERE = 'legacy-7Qm3ZkT0vRb9LxWc';

let folder: string;
let project: string;
let port: number;
let server: LocalServer;

/** cdk.json of the copy, as an operator writes it. */
function configure(keywright: object): void {
  writeFileSync(join(project, 'cdk.json'), JSON.stringify({ context: { keywright } }));
}

function start(): LocalServer {
  return new LocalServer(join(folder, 'data'), port, {}, project);
}

const madeFrom = () => readFileSync(join(folder, 'data', 'cloud-assembly.json'), 'utf8');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-configured-'));
  project = join(folder, 'project');
  for (const part of [
    'bin',
    'client',
    'core',
    'functions',
    'guard',
    'lib',
    'emulator',
    'local',
    'portal',
    'NOTICE',
    'package-lock.json',
    'package.json',
  ]) {
    cpSync(join(PROJECT, part), join(project, part), { recursive: true });
  }
  cpSync(join(PROJECT, 'tsconfig.json'), join(project, 'tsconfig.json'));
  symlinkSync(join(PROJECT, 'node_modules'), join(project, 'node_modules'));
  configure({ vendor: 'acme', acceptImportedKeys: true, usageFiles: {} });
  port = await freePorts();
  server = start();
  await server.ready();
}, START_MILLISECONDS);
afterAll(async () => {
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true });
});

test('keys begin with the vendor that cdk.json names, and work', async () => {
  const { secret } = server.demoKey('secretSandbox');
  expect(secret).toMatch(/^acme_sk_dev_/);
  expect(await orders(secret)).toBe(200);
});

test('keys that were issued elsewhere are imported and then accepted, as docs/use/import.md has it', async () => {
  const rows = [
    {
      name: 'Partner',
      type: 'secret',
      environment: 'sandbox',
      role: 'writer',
      sha256: sha256Of(ISSUED_ELSEWHERE),
    },
  ];
  const imported = await fetch(`${server.managementUrl}/v1/tenants/tenant_acme/keys/import`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await server.token('admin@keywright.test')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ rows }),
  });
  expect(await imported.json()).toMatchObject({ counts: { created: 1 } });
  expect(await verify({ key: ISSUED_ELSEWHERE, scheme: 'tenant' })).toMatchObject({ valid: true });
  expect(await orders(ISSUED_ELSEWHERE)).toBe(200);
});

test('requests are counted from files, each once, with the time of the last one', async () => {
  const { keyId, secret } = server.demoKey('readerSandbox');
  for (let i = 0; i < 5; i++) expect(await orders(secret)).toBe(200);
  expect((await verify({ key: secret, scheme: 'tenant' })) as object).toMatchObject({ valid: true });
  // Lines of the payments API go straight to files.
  const { subscriptionId } = demoSubscriptions(server).subscriptions.activeLive;
  for (let i = 0; i < 3; i++) expect(await payByLibrary(server)).toMatchObject({ status: 200 });
  const authorization = `Bearer ${await server.token('admin@keywright.test')}`;
  const manage = async (path: string) => {
    const answer = await fetch(`${server.managementUrl}/v1${path}`, { headers: { authorization } });
    return (await answer.json()) as { total?: { requests: number }; lastUsedAt?: string | null };
  };
  const count = async (id: string) => (await manage(`/usage?keyId=${id}`)).total?.requests ?? 0;
  const counts = async () => [await count(keyId), await count(subscriptionId)];
  const deadline = Date.now() + 60_000;
  const isAllThere = ([of = 0, ofSubscription = 0]: number[]) => of >= 6 && ofSubscription >= 3;
  while (!isAllThere(await counts()) && Date.now() < deadline) await delay(200);
  // What would be counted a second time is by then.
  await delay(1_500);
  expect(await counts()).toEqual([6, 3]);
  expect((await manage(`/tenants/tenant_acme/keys/${keyId}`)).lastUsedAt).toMatch(/^20/);
  const buckets = readdirSync(join(folder, 'data', 'aws', 'buckets'));
  expect(buckets).toEqual(['keywright-usage-000000000000-eu-central-1']);
  // Nothing was denied, and an evaluator of others’ says the same of each call.
  const judged = await judgementsIn(join(folder, 'data'));
  expect(judged.map(({ request }) => request.action)).toContain('s3:GetObject');
  expect(await iamFindings(join(folder, 'data'))).toEqual([]);
}, 90_000);

test(
  'what has changed since the last start is there after the next one, and nothing is made anew for nothing',
  async () => {
    const first = madeFrom();
    await server.end('SIGTERM');
    server = start();
    await server.ready();
    expect(madeFrom()).toBe(first);

    await server.end('SIGTERM');
    configure({ vendor: 'acme' });
    appendFileSync(join(project, 'emulator', 'deploy.ts'), '\n// changed\n');
    rmSync(join(folder, 'data', 'cloud-assembly'), { recursive: true });
    server = start();
    await server.ready();
    expect(madeFrom()).not.toBe(first);
    expect(await orders(server.demoKey('secretSandbox').secret)).toBe(200);
    expect(await orders(ISSUED_ELSEWHERE)).toBe(401);
  },
  2 * START_MILLISECONDS,
);

test(
  'a cdk.json that is wrong, or whose vendor the keys have not, is told in one sentence',
  async () => {
    await server.end('SIGTERM');
    for (const [settings, sentence] of [
      [{ vendor: 'other' }, /begin with the vendor acme, and cdk\.json now says the vendor other/],
      [{ vendor: 'acme', cacheSecs: 1 }, /cdk\.json: .*cacheSecs/],
    ] as const) {
      configure(settings);
      server = start();
      const { code, stderr } = await server.end();
      expect(code).toBe(1);
      expect(stderr).toMatch(sentence);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  },
  START_MILLISECONDS,
);

async function orders(key: string): Promise<number> {
  const url = `http://localhost:${port + 2}/orders/sandbox/v1/orders`;
  const { status } = await fetch(url, { headers: { 'x-api-key': key, 'x-tn': 'tenant_acme' } });
  return status;
}

async function verify(question: object): Promise<unknown> {
  const body = JSON.stringify(question);
  const request = {
    host: `localhost:${port}`,
    path: '/v1/verify',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    service: 'execute-api',
    region: 'eu-central-1',
  };
  const { headers } = aws4.sign(request, { accessKeyId: 'local', secretAccessKey: 'local' });
  const answer = await fetch(`${server.managementUrl}/v1/verify`, {
    method: 'POST',
    headers: headers as Record<string, string>,
    body,
  });
  return answer.json();
}
