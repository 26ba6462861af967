import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePorts } from '../../emulator/listen.ts';
import { signAccessToken } from '../../local/identity/access-token.ts';
import { readPeople } from '../../local/identity/people.ts';
import { readSigningKeys } from '../../local/identity/signing-keys.ts';
import { LocalServer, PROJECT } from '../support/local-server.ts';
import { machineToken } from '../support/machine-token.ts';

let dataDir: string;
let server: LocalServer;
let admin: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'keywright-smoke-'));
  server = await LocalServer.ready(dataDir, await freePorts());
  admin = await server.token('admin@keywright.test');
}, 120_000);

afterAll(async () => {
  await server.end('SIGTERM');
  rmSync(dataDir, { recursive: true });
});

/** The command as `npm run smoke` starts it, with tokens by the environment. */
function smoke(variables: NodeJS.ProcessEnv, ...options: string[]): ChildProcess {
  const { AWS_PROFILE, KEYWRIGHT_TOKEN, ...env } = process.env;
  return spawn(process.execPath, ['bin/launch.js', 'smoke', '--url', server.managementUrl, ...options], {
    cwd: PROJECT,
    env: { ...env, ...variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

async function ended(child: ChildProcess): Promise<{ code: number; page: string; errors: string }> {
  if (child.stdout === null || child.stderr === null) throw new Error('it has no output');
  const [page, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, page, errors };
}

/** Keys and subscriptions of the smoke test's tenant that still open something. */
async function live(): Promise<unknown[]> {
  const headers = { authorization: `Bearer ${admin}` };
  const items = async (path: string) =>
    ((await (await fetch(`${server.managementUrl}/v1${path}`, { headers })).json()) as { items: object[] })
      .items;
  return [
    ...(await items('/tenants/tenant_keywright_smoke/keys?status=active&limit=100')),
    ...(await items('/subscriptions?tenantId=tenant_keywright_smoke&state=active&limit=100')),
  ];
}

async function firstToken(): Promise<string> {
  const [person] = readPeople(dataDir) ?? [];
  const keys = readSigningKeys(dataDir);
  if (person === undefined || keys === undefined) throw new Error('nobody is seeded');
  const issuer = `http://localhost:${server.port + 1}`;
  return signAccessToken({ person, keys, issuer, now: new Date(), signIn: 'first' });
}

test('against npm start everything that can be asked there holds, and nothing live is left', async () => {
  const [first, payments] = [
    await firstToken(),
    await machineToken(dataDir, `http://localhost:${server.port + 1}`),
  ];
  const { code, page } = await ended(
    smoke({ KEYWRIGHT_TOKEN: admin, KEYWRIGHT_FIRST_TOKEN: first, KEYWRIGHT_SMOKE_OAUTH_TOKEN: payments }),
  );
  expect(page.split('\n').filter((line) => /NOT HELD|unclear/.test(line))).toEqual([]);
  expect(page).toMatch(/\d\d held, 0 not held, 1 not asked, in \d+ seconds\.\n$/);
  expect(code).toBe(0);
  for (const line of [
    /orders \(REST API\), sandbox\n +held +a key is let in: 200/,
    /payments \(REST API\), live\n(.*\n)* +held +a subscriber who has everything is let in: 200/,
    /catalog \(HTTP API\), live\n(.*\n)* +held +an HTTP API answers 401 to a key that is none: 401/,
    /held +a revoked key is refused within 5 s: .* after \d\.\d s/,
    /held +a key is disabled by a signed call/,
    /held +the audit log is as it was written/,
    /held +the audit table’s own policy.*deployed:?/,
    /held +a message names the key that was revoked: key_\w{12}/,
    /held +requests are counted/,
    /held +the token of a first sign-in reads and changes nothing: 200 and 403 mfa_required/,
  ]) {
    expect(page).toMatch(line);
  }
  expect(page).not.toMatch(/(sk|pk|sub|ck)_(dev|live)_\w{20}|eyJ/);
  expect(await live()).toEqual([]);
}, 200_000);

test('an API that nothing guards is found', async () => {
  const open = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(open, 'listening');
  const url = `http://127.0.0.1:${(open.address() as AddressInfo).port}/v1/orders`;
  const child = smoke({ KEYWRIGHT_TOKEN: admin }, '--api', `rest:api_OrdersSndbox=${url}`);
  // What it lets in has been told of by then; its changes and counts are waited for in vain.
  const stop = sleep(20_000).then(() => child.kill('SIGINT'));
  const { code, page } = await ended(child);
  open.close();
  expect(page).toMatch(/NOT HELD +6 who may not are refused: 200 no key, 200 no such key/);
  expect(page).toMatch(/lets in who may not/);
  expect(code).toBe(1);
  expect(await live()).toEqual([]);
  await stop;
}, 100_000);

test('Ctrl-C ends it, after it has taken away what it made', async () => {
  const child = smoke({}, '--token-stdin');
  child.stdin?.end(`${admin}\n`);
  const deadline = Date.now() + 30_000;
  while ((await live()).length === 0 && Date.now() < deadline) await sleep(50);
  child.kill('SIGINT');
  const { code, page } = await ended(child);
  expect(page).toMatch(/Cut short: it was stopped/);
  expect(code).toBe(2);
  expect(await live()).toEqual([]);
}, 60_000);

test.each<[string, () => NodeJS.ProcessEnv, string[], RegExp]>([
  ['no token', () => ({}), [], /Give your access token in KEYWRIGHT_TOKEN/],
  ['a token that is none', () => ({ KEYWRIGHT_TOKEN: 'none' }), [], /answered 401 to the token/],
  [
    'an API of no kind',
    () => ({ KEYWRIGHT_TOKEN: admin }),
    ['--api', 'soap:x=y'],
    /expected <kind>:<apiId>=/,
  ],
])('with %s it says what to give, and there is no answer', async (_, variables, options, said) => {
  const { code, page, errors } = await ended(smoke(variables(), ...options));
  expect(page + errors).toMatch(said);
  expect(code).toBe(2);
});
