import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { admit, personOf } from '../../core/domain/people/person.ts';
import { readPasswords, seedPeople } from '../../local/identity/people.ts';
import { seedPortalSecret } from '../../local/identity/portal-client.ts';
import { type IdentityServer, startIdentity } from '../../local/identity/server.ts';
import { authenticatorOf } from '../../local/identity/sign-in.ts';
import { Browser } from './identity-browser.ts';

const PORTAL = 'http://localhost:4100';
const email = 'admin@keywright.test';
const CHANGES = { roles: ['admin'], mfa: true } as const;

let dataDir: string;
let identity: IdentityServer;
let clock: Date;

beforeEach(async () => {
  clock = new Date();
  dataDir = mkdtempSync(join(tmpdir(), 'keywright-first-'));
  await seedPeople(dataDir);
  // Somebody whom an administrator has just created: with a password, and nothing else.
  const path = join(dataDir, 'identity', 'people.json');
  const file = JSON.parse(readFileSync(path, 'utf8'));
  for (const person of file.people) if (person.email === email) person.totpSecret = null;
  writeFileSync(path, JSON.stringify(file));
  identity = await start();
});
afterEach(async () => {
  await identity.close();
  rmSync(dataDir, { recursive: true });
});

const start = () =>
  startIdentity({ dataDir, port: 0, portalUrl: PORTAL, now: () => clock, log: () => undefined });

/** Goes to the page after the password. */
async function givePassword(browser: Browser) {
  const configuration = await client.discovery(
    new URL(identity.issuer),
    'keywright-portal',
    undefined,
    client.ClientSecretBasic(seedPortalSecret(dataDir)),
    { execute: [client.allowInsecureRequests] },
  );
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: `${PORTAL}/auth/callback`,
    scope: 'openid',
    prompt: 'login',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const page = await browser.follow(await browser.get(url), identity.issuer);
  const password = String(readPasswords(dataDir)[email]);
  const posted = await browser.post(page.url, { step: 'password', email, password });
  const { response, url: at } = await browser.follow(posted, identity.issuer);
  const html = await response.text();
  return {
    secret: /<code id="secret">([A-Z2-7]+)<\/code>/.exec(html)?.[1],
    at,
    claimsAfter: async (code: string) => {
      const landed = await browser.follow(await browser.post(at, { step: 'code', code }), identity.issuer);
      expect(landed.url.origin).toBe(PORTAL);
      const grant = await client.authorizationCodeGrant(configuration, landed.url, {
        pkceCodeVerifier: verifier,
      });
      return decodeJwt(grant.access_token);
    },
  };
}

const codeOf = (secret: string) =>
  authenticatorOf({ email }, secret).generate({ timestamp: clock.getTime() });

test('a first sign-in has no second factor, and management says what to do; the next one has it', async () => {
  const first = await givePassword(new Browser());
  const secret = String(first.secret);
  const claims = await first.claimsAfter(codeOf(secret));
  expect(claims.amr).toEqual(['pwd']);
  expect(() => admit(personOf(claims), CHANGES, undefined)).toThrow(
    /second factor\. A first sign-in has none.*set up a one-time code.*sign in again/,
  );

  // Also after a restart.
  await identity.close();
  clock = new Date(clock.getTime() + 60_000);
  identity = await start();
  const second = await givePassword(new Browser());
  expect(second.secret).toBeUndefined();
  const later = await second.claimsAfter(codeOf(secret));
  expect(later.amr).toEqual(['pwd', 'otp', 'mfa']);
  expect(() => admit(personOf(later), CHANGES, undefined)).not.toThrow();
});

test('a wrong code sets nothing up, and neither does a form that brings a secret of its own', async () => {
  const browser = new Browser();
  const { secret, at } = await givePassword(browser);
  const other = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const form = { step: 'code', settingUp: other, secret: other, code: codeOf(other) };
  expect((await browser.post(at, form)).status).toBe(422);
  expect((await givePassword(new Browser())).secret).not.toBe(secret);
});

test('of two sign-ins that set an app up at once, one app is the person’s', async () => {
  const [one, two] = [await givePassword(new Browser()), await givePassword(new Browser())];
  await one.claimsAfter(codeOf(String(one.secret)));
  clock = new Date(clock.getTime() + 60_000);
  const late = { step: 'code', code: codeOf(String(two.secret)) };
  const browser = new Browser();
  expect((await browser.post(two.at, late)).status).toBeGreaterThanOrEqual(400);
  expect((await givePassword(new Browser())).secret).toBeUndefined();
});
