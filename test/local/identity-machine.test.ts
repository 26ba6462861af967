import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { type Machine, readMachine } from '../../local/identity/machine.ts';
import { type IdentityServer, startIdentity } from '../../local/identity/server.ts';

let dataDir: string;
let identity: IdentityServer;
let machine: Machine;
const problems: string[] = [];

const start = () =>
  startIdentity({
    dataDir,
    port: 0,
    portalUrl: 'http://localhost:4100',
    now: () => new Date(),
    log: (line) => problems.push(line),
  });

function seeded(): Machine {
  const found = readMachine(dataDir);
  if (found === undefined) throw new Error('no machine');
  return found;
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'keywright-machine-'));
  identity = await start();
  machine = seeded();
});

afterAll(async () => {
  await identity.close();
  rmSync(dataDir, { recursive: true });
  expect(problems).toEqual([]);
});

/** Discovers the issuer as the machine, with openid-client. */
function discover(clientSecret = machine.clientSecret) {
  const authentication = client.ClientSecretBasic(clientSecret);
  return client.discovery(new URL(identity.issuer), machine.clientId, undefined, authentication, {
    execute: [client.allowInsecureRequests],
  });
}

test('a standard client library gets a token for the payments API that its keys verify', async () => {
  const configuration = await discover();
  const { access_token, expires_in, scope, token_type, ...others } = await client.clientCredentialsGrant(
    configuration,
    { scope: 'payments.write' },
  );
  expect({ token_type, expires_in, scope, others }).toEqual({
    token_type: 'bearer',
    expires_in: 3600,
    scope: 'payments.write',
    others: {},
  });
  const { jwks_uri, grant_types_supported } = configuration.serverMetadata();
  expect(grant_types_supported).toContain('client_credentials');
  const { payload, protectedHeader } = await jwtVerify(
    access_token,
    createRemoteJWKSet(new URL(String(jwks_uri))),
    { issuer: identity.issuer, audience: 'keywright-payments', algorithms: ['RS256'] },
  );
  expect(protectedHeader.typ).toBe('at+jwt');
  expect(payload).toMatchObject({
    aud: 'keywright-payments',
    scope: 'payments.write',
    client_id: machine.clientId,
    sub: machine.clientId,
  });
  expect(Object.keys(payload).filter((name) => name.startsWith('keywright:'))).toEqual([]);
});

test('so does curl', async () => {
  const { stdout } = await promisify(execFile)('curl', [
    ...['-s', '-u', `${machine.clientId}:${machine.clientSecret}`, `${identity.issuer}/token`],
    ...['-d', 'grant_type=client_credentials', '-d', 'scope=payments.write'],
  ]);
  const { access_token } = JSON.parse(stdout);
  expect(decodeJwt(access_token)).toMatchObject({ aud: 'keywright-payments', scope: 'payments.write' });
});

test('a token has the scopes that were asked for and that the API knows', async () => {
  const configuration = await discover();
  const scopeOf = async (parameters: Record<string, string>) =>
    decodeJwt((await client.clientCredentialsGrant(configuration, parameters)).access_token).scope;
  expect(await scopeOf({})).toBeUndefined();
  expect(await scopeOf({ scope: 'payments.write payments.refund openid' })).toBe('payments.write');
});

test('the secret stays the same over a restart', async () => {
  await identity.close();
  identity = await start();
  expect(seeded()).toEqual(machine);
  const { access_token } = await client.clientCredentialsGrant(await discover(), {});
  expect(decodeJwt(access_token).client_id).toBe(machine.clientId);
});

describe('the token endpoint refuses', () => {
  async function answer(parameters: Record<string, string>, credentials?: string) {
    const response = await fetch(`${identity.issuer}/token`, {
      method: 'POST',
      headers:
        credentials === undefined
          ? {}
          : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...parameters }),
    });
    const { error, error_description: why } = (await response.json()) as Record<string, string>;
    return { status: response.status, error, why };
  }
  const own = () => `${machine.clientId}:${machine.clientSecret}`;

  test('a wrong secret and none', async () => {
    const refused = { status: 401, error: 'invalid_client' };
    expect(await answer({}, `${machine.clientId}:wrong`)).toMatchObject(refused);
    expect(await answer({ client_id: machine.clientId })).toMatchObject(refused);
    expect((await answer({}, own())).status).toBe(200);
  });

  test('a token for the management API, or for anything else', async () => {
    for (const resource of ['urn:keywright:management-api', 'https://example.com']) {
      expect(await answer({ resource }, own())).toMatchObject({ status: 400, error: 'invalid_target' });
    }
  });

  test('any other grant', async () => {
    const grant = { grant_type: 'authorization_code', code: 'x', redirect_uri: 'http://localhost/' };
    expect(await answer(grant, own())).toMatchObject({
      status: 400,
      why: 'requested grant type is not allowed for this client',
    });
  });
});
