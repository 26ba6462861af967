import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { type IdentityServer, startIdentity } from '../../local/identity/server.ts';
import type { TestDynamoDb } from '../support/dynamodb.ts';
import { PROJECT } from '../support/local-server.ts';
import { type TestClaims, TestManagement } from '../support/management.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';
import { Browser, credentialsOf } from './identity-browser.ts';

const EMAIL = 'admin@keywright.test';
const home = mkdtempSync(join(tmpdir(), 'keywright-login-'));
const tokenFile = join(home, 'keywright/tokens.json');
let identity: IdentityServer;
let server: ManagementServer;
let management: TestManagement;

beforeAll(async () => {
  const now = () => new Date();
  identity = await startIdentity({
    dataDir: home,
    port: 0,
    portalUrl: 'http://localhost:4100',
    now,
    log: () => undefined,
  });
  // Nothing is stored or read to answer.
  management = new TestManagement({ main: {}, audit: {}, regional: {}, settle() {} } as TestDynamoDb);
  Object.assign(management.discovery, { issuer: identity.issuer, clientId: 'keywright-cli' });
  server = await startManagementServer(management, claimsOf);
});
afterAll(async () => {
  await server.close();
  await identity.close();
  rmSync(home, { recursive: true });
});

/** As API Gateway passes them on, of a token that has not ended. */
function claimsOf(token: string): TestClaims | undefined {
  const claims = decodeJwt(token);
  if (Number(claims.exp) * 1000 < Date.now()) return undefined;
  const entries = Object.entries(claims).map(([name, value]) => [
    name,
    Array.isArray(value) ? `[${value.join(' ')}]` : String(value),
  ]);
  return Object.fromEntries(entries);
}

function keywright(...words: string[]): ChildProcess {
  const env = { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, KEYWRIGHT_NO_KEYCHAIN: '1' };
  return spawn(process.execPath, [join(PROJECT, 'bin/cli.ts'), ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function ended(child: ChildProcess): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    once(child, 'exit'),
  ]);
  return { code, stdout, stderr };
}

/** What the command prints until it names the address to open. */
function addressIn(child: ChildProcess): Promise<URL> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk) => {
      said += chunk;
      const [address] = /http:\S+(?=\s)/.exec(said) ?? [];
      if (address !== undefined) resolve(new URL(address));
    });
    child.on('exit', () => reject(new Error(`no address: ${said}`)));
  });
}

/** Password and code, and that the command may act; where the browser is then sent. */
async function signedIn(address: URL): Promise<URL> {
  const browser = new Browser();
  const { password, code } = credentialsOf(home, EMAIL);
  const page = await browser.follow(await browser.get(address), identity.issuer);
  const codePage = await browser.follow(
    await browser.post(page.url, { step: 'password', email: EMAIL, password }),
    identity.issuer,
  );
  const asked = await browser.follow(
    await browser.post(codePage.url, { step: 'code', code: code() }),
    identity.issuer,
  );
  return (await browser.follow(await browser.post(asked.url, { step: 'consent' }), identity.issuer)).url;
}

test('an address alone signs in; tokens are the owner’s alone, are refreshed as they end, and are gone after', async () => {
  const login = keywright('login', server.url, '--no-browser');
  const over = once(login, 'exit');
  const address = await addressIn(login);
  expect(Object.fromEntries(address.searchParams)).toMatchObject({
    code_challenge_method: 'S256',
    client_id: 'keywright-cli',
  });
  const callback = await signedIn(address);
  expect(callback.origin).toMatch(/^http:\/\/localhost:897[678]$/);
  // Whoever else calls the command's port ends nothing and learns nothing.
  for (const path of ['/', '//']) expect((await fetch(callback.origin + path)).status).toBe(404);
  for (const query of ['', '?error=access_denied&state=bogus', '?code=stolen&state=forged']) {
    const answer = await fetch(`${callback.origin}/callback${query}`);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('which goes on')]);
  }
  expect(await (await fetch(callback)).text()).toContain('You are signed in');
  expect(await over).toEqual([0, null]);

  expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
  const whoami = async () => JSON.parse((await ended(keywright('whoami', '--json'))).stdout);
  expect(await whoami()).toMatchObject({ email: EMAIL, role: 'admin', mfa: true });

  const before = JSON.parse(readFileSync(tokenFile, 'utf8'));
  before.default.expiresAt = new Date().toISOString();
  writeFileSync(tokenFile, JSON.stringify(before));
  // Two at once: a refresh token is good for one of them.
  expect(await Promise.all([whoami(), whoami()])).toMatchObject([{ email: EMAIL }, { email: EMAIL }]);
  const after = JSON.parse(readFileSync(tokenFile, 'utf8'));
  expect(after.default.refreshToken).not.toBe(before.default.refreshToken);

  expect(await ended(keywright('logout'))).toMatchObject({ code: 0 });
  expect(readFileSync(tokenFile, 'utf8')).not.toContain('accessToken');
  expect(await ended(keywright('whoami'))).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('keywright login'),
  });
  // The issuer has forgotten it too.
  writeFileSync(
    tokenFile,
    JSON.stringify({ default: { ...after.default, expiresAt: new Date().toISOString() } }),
  );
  expect(await ended(keywright('whoami'))).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('has ended'),
  });
});

test('the page says that nobody was signed in, and why, where the issuer refuses or takes no such code', async () => {
  for (const [query, why] of [
    [
      'error=access_denied&error_description=No+%3Cb%3Ethanks',
      'You were not signed in: No &#60;b&#62;thanks.',
    ],
    ['code=stolen', 'You were not signed in: '],
  ]) {
    const login = keywright('login', server.url, '--no-browser');
    const over = once(login, 'exit');
    const { searchParams } = await addressIn(login);
    const state = searchParams.get('state');
    const answer = await fetch(
      `${searchParams.get('redirect_uri')}?${query}&state=${state}&iss=${identity.issuer}`,
    );
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(`${why}`)]);
    expect(await over).toEqual([3, null]);
  }
});

test('a machine without a browser is signed in by a code that is typed elsewhere', async () => {
  const login = keywright('login', server.url, '--device');
  const over = once(login, 'exit');
  const address = await addressIn(login);
  expect(address.origin).toBe(identity.issuer);
  const userCode = address.searchParams.get('user_code') ?? '';
  expect(userCode).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);

  const browser = new Browser();
  const entry = new URL(address.pathname, identity.issuer);
  const send = async (page: Response, form: Record<string, string>) => {
    const xsrf = /name="xsrf" value="(\w+)"/.exec(await page.text())?.[1] ?? '';
    return browser.post(entry, { xsrf, ...form });
  };
  const wrong = await send(await browser.get(entry), { user_code: 'BBBB-BBBB' });
  const confirming = await send(wrong, { user_code: userCode });
  const confirmed = await send(confirming, { user_code: userCode, confirm: 'yes' });
  const { password, code } = credentialsOf(home, EMAIL);
  const step = async (at: URL, form: Record<string, string>) =>
    browser.follow(await browser.post(at, form), identity.issuer);
  const signIn = await browser.follow(confirmed, identity.issuer);
  const codePage = await step(signIn.url, { step: 'password', email: EMAIL, password });
  // Each code is good once, and an earlier test has used one.
  const asked = await step(codePage.url, { step: 'code', code: code(1) });
  expect(await asked.response.text()).toContain('on another machine');
  const done = await step(asked.url, { step: 'consent' });
  expect(await done.response.text()).toContain('You are signed in there');

  expect(await over).toEqual([0, null]);
  const whoami = await ended(keywright('whoami', '--json'));
  expect(JSON.parse(whoami.stdout)).toMatchObject({ email: EMAIL, role: 'admin', mfa: true });
  expect(JSON.parse(readFileSync(tokenFile, 'utf8')).default.refreshToken).toBeDefined();
}, 60_000);

test('a sign-in by device that the person cancels signs nobody in', async () => {
  const login = keywright('login', server.url, '--device');
  const over = once(login, 'exit');
  const address = await addressIn(login);
  const userCode = address.searchParams.get('user_code') ?? '';
  const browser = new Browser();
  const entry = new URL(address.pathname, identity.issuer);
  const xsrf = /name="xsrf" value="(\w+)"/.exec(await (await browser.get(entry)).text())?.[1] ?? '';
  await browser.post(entry, { xsrf, user_code: userCode, confirm: 'yes', abort: 'yes' });
  expect(await over).toEqual([3, null]);
}, 60_000);

test('an issuer without sign-in by device says so', async () => {
  const { issuer } = identity;
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  const { device_authorization_endpoint: _, ...others } = (await response.json()) as Record<string, string>;
  const without = createServer((_request, answer) =>
    answer
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...others, issuer: `http://localhost:${portOf(without)}` })),
  );
  await once(without.listen(0, 'localhost'), 'listening');
  Object.assign(management.discovery, { issuer: `http://localhost:${portOf(without)}` });
  try {
    const said = await ended(keywright('login', server.url, '--device'));
    expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining('no sign-in by device') });
  } finally {
    Object.assign(management.discovery, { issuer });
    without.close();
  }
});

const portOf = (of: Server) => (of.address() as AddressInfo).port;
