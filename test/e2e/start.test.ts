import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts } from '../../emulator/listen.ts';
import { DEMO_KEYS } from '../../local/demo.ts';
import { LocalServer, PROJECT } from '../support/local-server.ts';
import { payByLibrary } from '../support/payments.ts';

const START_MILLISECONDS = 120_000;

let dataDir: string;
let port: number;
let server: LocalServer;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "keywright's "));
  port = await freePorts();
  server = await LocalServer.ready(dataDir, port);
}, START_MILLISECONDS);

afterAll(async () => {
  await server.end('SIGKILL');
  rmSync(dataDir, { recursive: true });
});

/** The commands that a banner offers, each with the status that it promises. */
function examplesIn(banner: string): { status: number; about: string; command: string }[] {
  return [...banner.matchAll(/^ {2}# (\d{3}) (.+)\n {2}(curl .+)$/gm)].map(
    ([, status, about = '', command = '']) => ({ status: Number(status), about, command }),
  );
}

async function statusOf(command: string): Promise<number> {
  const { stdout } = await promisify(execFile)('bash', ['-c', command], { cwd: PROJECT });
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(stdout)?.[1]);
}

/** A script of package.json, for this server. */
function runScript(name: string): Promise<{ stdout: string }> {
  const env = server.variables();
  return promisify(execFile)(process.execPath, ['local/launch.js', name], { cwd: PROJECT, env });
}

test('every curl line of the banner answers as it says', async () => {
  const examples = examplesIn(await server.ready());
  expect(examples.length).toBeGreaterThanOrEqual(16);
  const answers: unknown[] = [];
  for (const { about, command } of examples) answers.push({ about, status: await statusOf(command) });
  expect(answers).toEqual(examples.map(({ about, status }) => ({ about, status })));
}, 60_000);

test('every port refuses a request for another name than its own', async () => {
  const { stdout } = await runScript('aws');
  const awsPort = Number(/AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:(\d+)/.exec(stdout)?.[1]);
  const statuses = [port, port + 1, port + 2, awsPort].map((at) =>
    statusOf(`curl -si -H 'Host: evil.com:${at}' http://127.0.0.1:${at}/openapi.json`),
  );
  expect(await Promise.all(statuses)).toEqual([421, 421, 421, 421]);
});

test('the AWS services are called by whoever can read the data folder, with what `npm run aws` prints', async () => {
  const call = `curl -si --aws-sigv4 aws:amz:$AWS_REGION:dynamodb -H 'x-amz-target: DynamoDB_20120810.ListTables' -d '{}' $AWS_ENDPOINT_URL`;
  const { stdout } = await runScript('aws');
  const status = (user: string) => statusOf(`${stdout}\n${call} --user ${user}`);
  expect(await status('$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY')).toBe(200);
  expect(await status('local:local')).toBe(400);
  expect(statSync(join(dataDir, 'aws', 'access.json')).mode & 0o077).toBe(0);
});

test('a key over its limit is told so by the guard, and by verify what to answer', async () => {
  const examples = examplesIn(await server.ready());
  const run = async (isIt: (example: (typeof examples)[number]) => boolean) => {
    const command = String(examples.find(isIt)?.command);
    return (await promisify(execFile)('bash', ['-c', command], { cwd: PROJECT })).stdout.toLowerCase();
  };
  const refused = await run(({ status }) => status === 429);
  for (const field of ['retry-after: ', 'ratelimit: "60s";r=0;t=', 'ratelimit-policy: "60s";q=5;w=60']) {
    expect(refused).toContain(field);
  }
  const verified = await run(({ command }) => command.includes('"cost":3'));
  const { results } = JSON.parse(verified.split('\r\n\r\n')[1] ?? '');
  expect(results[1]).toMatchObject({ valid: false, code: 'rate_limit_exceeded', answer: { status: 429 } });
});

/** The statuses of the payments API and of the management API for the token of a standard client library. */
async function payAndManage(): Promise<{ payments: number; management: number }> {
  const { status: payments, authorization } = await payByLibrary(server);
  const management = await fetch(`${server.managementUrl}/v1/tenants`, { headers: { authorization } });
  return { payments, management: management.status };
}

test('a standard client library gets a token that payments take and the management API does not', async () => {
  expect(await payAndManage()).toEqual({ payments: 200, management: 401 });
});

test('npm run people shows passwords and codes that fit the people', async () => {
  const { stdout } = await runScript('people');
  expect(
    stdout.match(/^\S+@keywright\.test \(\w+, \S+\)\n {2}password {2}\w{20}\n {2}code {6}\d{6}$/gm),
  ).toHaveLength(4);
});

test('the description of the API is open to everybody', async () => {
  const response = await fetch(`${server.managementUrl}/openapi.json`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ openapi: '3.1.0' });
});

test('without a token the management API answers 401', async () => {
  const response = await fetch(`${server.managementUrl}/v1/tenants`);
  expect(response.status).toBe(401);
});

test('keys lie in demo.json alone, and every file is for its owner', () => {
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const secrets = Object.keys(DEMO_KEYS).map((name) => server.demoKey(name).secret);
  const holders = files.filter((file) => {
    const text = readFileSync(file, 'latin1');
    return secrets.some((secret) => text.includes(secret));
  });
  expect(holders).toEqual([join(dataDir, 'demo.json')]);
  expect(files.filter((file) => (statSync(file).mode & 0o077) !== 0)).toEqual([]);
});

describe('a restart', () => {
  async function restart(signal: 'SIGINT' | 'SIGTERM'): Promise<string> {
    const begun = performance.now();
    const { code, stderr } = await server.end(signal);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // The promise is one second; the rest is for a machine that runs other tests meanwhile.
    expect(performance.now() - begun).toBeLessThan(2000);
    server = await LocalServer.ready(dataDir, port);
    return server.ready();
  }

  test(
    'offers the same lines',
    async () => {
      const before = examplesIn(await server.ready());
      expect(examplesIn(await restart('SIGINT'))).toEqual(before);
    },
    START_MILLISECONDS,
  );

  test(
    'finishes a seeding that was cut off between a key and its note',
    async () => {
      const path = join(dataDir, 'demo.json');
      const notes = JSON.parse(readFileSync(path, 'utf8'));
      const { secretSandbox: lost, ...kept } = notes.keys;
      const { pendingSandbox: forgotten, ...keptSubscriptions } = notes.subscriptions;
      writeFileSync(path, JSON.stringify({ ...notes, keys: kept, subscriptions: keptSubscriptions }));
      const examples = examplesIn(await restart('SIGTERM'));
      const found = server.demoKey('secretSandbox');
      expect(found.keyId).toBe(lost.keyId);
      expect(found.secret).not.toBe(lost.secret);
      const first = examples[0];
      expect(await statusOf(String(first?.command))).toBe(200);
      expect(await statusOf(String(first?.command.replace(found.secret, lost.secret)))).toBe(401);
      expect({ ...server.demoKey('secretLive') }).toEqual(kept.secretLive);
      const { subscriptions } = JSON.parse(readFileSync(path, 'utf8'));
      expect(subscriptions).toEqual({ ...keptSubscriptions, pendingSandbox: forgotten });
    },
    START_MILLISECONDS,
  );

  test(
    'on another port takes the payments API along to the new issuer',
    async () => {
      port = await freePorts();
      await restart('SIGTERM');
      expect(await payAndManage()).toEqual({ payments: 200, management: 401 });
    },
    START_MILLISECONDS,
  );

  test('is refused while the server runs', async () => {
    const second = new LocalServer(dataDir, port);
    const { code, stderr } = await second.end();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Another Keywright uses the data folder .*\n$/);
  });
});
