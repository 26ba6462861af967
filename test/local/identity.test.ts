import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { signAccessToken } from '../../local/identity/access-token.ts';
import { PORTAL_CLIENT_ID, seedPortalSecret } from '../../local/identity/portal-client.ts';
import type { IdentityServer } from '../../local/identity/server.ts';
import { startIdentity } from '../../local/identity/server.ts';
import { readSigningKeys } from '../../local/identity/signing-keys.ts';
import { Browser, credentialsOf } from './identity-browser.ts';

const PORTAL = 'http://localhost:4100';
const CLI_REDIRECT = 'http://127.0.0.1:53682/callback';

let dataDir: string;
let identity: IdentityServer;
const problems: string[] = [];

const start = () =>
  startIdentity({
    dataDir,
    port: 0,
    portalUrl: PORTAL,
    now: () => new Date(),
    log: (line) => problems.push(line),
  });

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'keywright-identity-'));
  identity = await start();
});

afterAll(async () => {
  await identity.close();
  rmSync(dataDir, { recursive: true });
  expect(problems).toEqual([]);
});

async function beginSignIn(clientId: string, redirectUri: string, parameters: Record<string, string> = {}) {
  const proof =
    clientId === PORTAL_CLIENT_ID ? client.ClientSecretBasic(seedPortalSecret(dataDir)) : client.None();
  const configuration = await client.discovery(new URL(identity.issuer), clientId, undefined, proof, {
    execute: [client.allowInsecureRequests],
  });
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: 'openid',
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  });
  const redeem = (callback: URL) =>
    client.authorizationCodeGrant(configuration, callback, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
  return { configuration, url, redeem };
}

/** Gives password and code in the browser; where that led. */
async function signIn(browser: Browser, url: URL, email: string, periods = 0) {
  const { password, code } = credentialsOf(dataDir, email);
  const page = await browser.follow(await browser.get(url), identity.issuer);
  const posted = await browser.post(page.url, { step: 'password', email, password });
  const codePage = await browser.follow(posted, identity.issuer);
  const finished = await browser.post(codePage.url, { step: 'code', code: code(periods) });
  return browser.follow(finished, identity.issuer);
}

describe('signing in to the portal', () => {
  test('password and code give an access token that says who the person is', async () => {
    const flow = await beginSignIn('keywright-portal', `${PORTAL}/auth/callback`);
    const landed = await signIn(new Browser(), flow.url, 'developer@keywright.test');
    expect(landed.url.origin).toBe(PORTAL);
    const tokens = await flow.redeem(landed.url);

    const { jwks_uri } = flow.configuration.serverMetadata();
    const { payload, protectedHeader } = await jwtVerify(
      tokens.access_token,
      createRemoteJWKSet(new URL(String(jwks_uri))),
      { issuer: identity.issuer, audience: 'keywright', algorithms: ['RS256'] },
    );
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({
      sub: credentialsOf(dataDir, 'developer@keywright.test').person.sub,
      email: 'developer@keywright.test',
      'keywright:role': 'developer',
      'keywright:tenants': ['tenant_acme'],
      amr: ['pwd', 'otp', 'mfa'],
    });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(3600);
    expect(decodeJwt(String(tokens.id_token))).toMatchObject({
      email: 'developer@keywright.test',
      'keywright:role': 'developer',
    });
    const renewed = await client.refreshTokenGrant(flow.configuration, String(tokens.refresh_token));
    expect(decodeJwt(renewed.access_token)).toMatchObject({ sub: payload.sub, auth_time: payload.auth_time });
  });

  test('a session signs in again without asking, also after a restart', async () => {
    const browser = new Browser();
    const first = await beginSignIn('keywright-portal', `${PORTAL}/auth/callback`);
    await signIn(browser, first.url, 'auditor@keywright.test');
    await identity.close();
    identity = await start();

    const again = await beginSignIn('keywright-portal', `${PORTAL}/auth/callback`, { prompt: 'none' });
    const landed = await browser.follow(await browser.get(again.url), identity.issuer);
    const tokens = await again.redeem(landed.url);
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      email: 'auditor@keywright.test',
      amr: ['pwd', 'otp', 'mfa'],
    });
  });

  test('cancelling tells the application so', async () => {
    const browser = new Browser();
    const flow = await beginSignIn('keywright-portal', `${PORTAL}/auth/callback`);
    const page = await browser.follow(await browser.get(flow.url), identity.issuer);
    const landed = await browser.follow(await browser.post(page.url, { step: 'cancel' }), identity.issuer);
    expect(landed.url.searchParams.get('error')).toBe('access_denied');
  });

  test('signing out ends the session', async () => {
    const browser = new Browser();
    const flow = await beginSignIn('keywright-portal', `${PORTAL}/auth/callback`);
    const landed = await signIn(browser, flow.url, 'developer@keywright.test', 1);
    const tokens = await flow.redeem(landed.url);
    const page = await browser.get(
      client.buildEndSessionUrl(flow.configuration, {
        id_token_hint: String(tokens.id_token),
        post_logout_redirect_uri: `${PORTAL}/`,
      }),
    );
    const html = await page.text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(html)?.[1];
    const confirmed = await browser.post(`${identity.issuer}/session/end/confirm`, {
      xsrf: String(xsrf),
      logout: 'yes',
    });
    expect(confirmed.headers.get('location')).toMatch(`${PORTAL}/`);
    const again = await beginSignIn('keywright-portal', `${PORTAL}/auth/callback`, { prompt: 'none' });
    const refused = await browser.follow(await browser.get(again.url), identity.issuer);
    expect(refused.url.searchParams.get('error')).toBe('login_required');
  });
});

test('a portal that does not prove who it is gets no tokens', async () => {
  const flow = await beginSignIn('keywright-portal', `${PORTAL}/auth/callback`);
  const landed = await signIn(new Browser(), flow.url, 'second-admin@keywright.test', -1);
  const body = new URLSearchParams({
    ...{ grant_type: 'authorization_code', client_id: 'keywright-portal' },
    ...{ code: String(landed.url.searchParams.get('code')), redirect_uri: `${PORTAL}/auth/callback` },
  });
  const response = await fetch(`${identity.issuer}/token`, { method: 'POST', body });
  expect([response.status, await response.json()]).toMatchObject([401, { error: 'invalid_client' }]);
});

describe('the command', () => {
  test('signs in on any loopback port after consent, and refreshes', async () => {
    const browser = new Browser();
    const flow = await beginSignIn('keywright-cli', CLI_REDIRECT, {
      scope: 'openid offline_access',
      prompt: 'consent',
    });
    const consent = await signIn(browser, flow.url, 'second-admin@keywright.test');
    expect(await consent.response.text()).toContain('second-admin@keywright.test');
    const allowed = await browser.post(consent.url, { step: 'consent' });
    const landed = await browser.follow(allowed, identity.issuer);
    expect(landed.url.href.startsWith(CLI_REDIRECT)).toBe(true);
    const tokens = await flow.redeem(landed.url);
    const fresh = await client.refreshTokenGrant(flow.configuration, String(tokens.refresh_token));
    expect(decodeJwt(fresh.access_token)).toMatchObject({
      aud: 'keywright',
      email: 'second-admin@keywright.test',
      'keywright:role': 'admin',
      amr: ['pwd', 'otp', 'mfa'],
    });
    await expect(
      client.refreshTokenGrant(flow.configuration, String(tokens.refresh_token)),
    ).rejects.toThrow();
  });

  test('may not send the code to another machine', async () => {
    const flow = await beginSignIn('keywright-cli', 'http://example.com/callback');
    const response = await new Browser().get(flow.url);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('role="alert"');
  });
});

describe('what sign-in refuses', () => {
  const portalFlow = () => beginSignIn('keywright-portal', `${PORTAL}/auth/callback`);

  async function passwordPage(browser: Browser) {
    const flow = await portalFlow();
    return (await browser.follow(await browser.get(flow.url), identity.issuer)).url;
  }

  test('an authorization request without PKCE', async () => {
    const { url } = await portalFlow();
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    const response = await new Browser().get(url);
    expect(new URL(String(response.headers.get('location'))).searchParams.get('error')).toBe(
      'invalid_request',
    );
  });

  test('a code before the password', async () => {
    const browser = new Browser();
    const url = await passwordPage(browser);
    const { code } = credentialsOf(dataDir, 'admin@keywright.test');
    const response = await browser.post(url, { step: 'code', code: code() });
    expect(await response.text()).toContain('name="password"');
    expect(response.headers.get('location')).toBeNull();
  });

  test('a wrong password and an unknown e-mail, in the same words', async () => {
    const browser = new Browser();
    const url = await passwordPage(browser);
    const answers = await Promise.all(
      ['admin@keywright.test', 'nobody@keywright.test'].map(async (email) => {
        const response = await browser.post(url, { step: 'password', email, password: 'wrong' });
        return `${response.status} ${(await response.text()).replaceAll(email, '')}`;
      }),
    );
    expect(answers[0]).toMatch(/^422 .*e-mail or the password is wrong/s);
    expect(answers[1]).toBe(answers[0]);
  });

  test('a form from another origin', async () => {
    const browser = new Browser();
    const url = await passwordPage(browser);
    const response = await browser.post(url, { step: 'cancel' }, { origin: 'http://localhost:4102' });
    expect(response.status).toBe(403);
  });

  test("somebody else's sign-in", async () => {
    const url = await passwordPage(new Browser());
    const response = await new Browser().get(url);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('has expired');
  });

  test('markup in the e-mail field', async () => {
    const browser = new Browser();
    const url = await passwordPage(browser);
    const email = '"><script>alert(1)</script>';
    const response = await browser.post(url, { step: 'password', email, password: 'x' });
    expect(await response.text()).not.toContain('<script');
  });

  test('a client-credentials request of a client that has no secret', async () => {
    const response = await fetch(`${identity.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'keywright-cli' }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error_description: 'requested grant type is not allowed for this client',
    });
  });
});

test('a token for scripts verifies against the published keys', async () => {
  const keys = readSigningKeys(dataDir);
  if (keys === undefined) throw new Error('no keys');
  const { person } = credentialsOf(dataDir, 'admin@keywright.test');
  const token = await signAccessToken({ person, keys, issuer: identity.issuer, now: new Date() });
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(`${identity.issuer}/jwks`)), {
    issuer: identity.issuer,
    audience: 'keywright',
  });
  expect(payload['keywright:tenants']).toEqual(['*']);
});

test('the published keys hold nothing private, and secrets are for their owner alone', async () => {
  const { keys } = (await (await fetch(`${identity.issuer}/jwks`)).json()) as { keys: object[] };
  expect(Object.keys(keys[0] ?? {})).not.toContain('d');
  for (const file of ['people.json', 'passwords.json', 'machine.json', 'portal-client.json', 'keys.json']) {
    expect(statSync(join(dataDir, 'identity', file)).mode & 0o077).toBe(0);
  }
});

test('damaged files are named in one sentence', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-identity-'));
  const other = { dataDir: folder, port: 0, portalUrl: PORTAL, now: () => new Date(), log: () => undefined };
  await (await startIdentity(other)).close();
  for (const file of ['people.json', 'machine.json', 'portal-client.json', 'keys.json', 'sessions.sqlite']) {
    const path = join(folder, 'identity', file);
    writeFileSync(path, 'x'.repeat(5000));
    await expect(startIdentity(other)).rejects.toThrow(`${path} is damaged`);
    rmSync(path);
  }
  rmSync(folder, { recursive: true });
});
