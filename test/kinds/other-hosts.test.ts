import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type AwsServer, startAwsServer } from '../../emulator/aws-server.ts';
import { close, listen } from '../../emulator/listen.ts';
import { loopbackServer } from '../../emulator/loopback-server.ts';
import { startIdentity } from '../../local/identity/server.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { clientOptions } from '../support/local-aws.ts';
import { PROJECT } from '../support/local-server.ts';
import { signedFetch } from '../support/signed-fetch.ts';

const PORTAL = 'http://localhost:4100';
const KINDS = ['an API', 'identity', 'the AWS services'] as const;

const dataDir = mkdtempSync(join(tmpdir(), 'keywright-hosts-'));
const ports = {} as Record<(typeof KINDS)[number], number>;
const closing: (() => unknown)[] = [];
/** How often the listener behind the API's server was reached. */
let reached = 0;
let aws: AwsServer;

beforeAll(async () => {
  const log = () => undefined;
  const now = () => new Date();
  const api = loopbackServer({}, (_, response) => {
    reached += 1;
    response.end('reached');
  });
  ports['an API'] = await listen(api, 0);
  const identity = await startIdentity({ dataDir, port: 0, portalUrl: PORTAL, now, log });
  ports.identity = Number(new URL(identity.issuer).port);
  aws = await startAwsServer({ dataDir: join(dataDir, 'aws'), credentials: CREDENTIALS, log });
  ports['the AWS services'] = Number(new URL(aws.url).port);
  closing.push(() => close(api), identity.close, aws.close);
});
afterAll(async () => {
  for (const end of closing) await end();
  rmSync(dataDir, { recursive: true });
});

/** What a server answers to bytes that no browser and no library has put in order. */
async function answerTo(port: number, ...lines: string[]): Promise<{ status: number; text: string }> {
  const socket = connect(port, '127.0.0.1');
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += chunk;
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), text };
}

const get = (port: number, ...headers: string[]) =>
  answerTo(port, 'GET /jwks HTTP/1.1', ...headers, 'Connection: close');

describe.each(KINDS)('%s', (kind) => {
  test.each([
    ['localhost', (port: number) => `localhost:${port}`],
    ['its address', (port: number) => `127.0.0.1:${port}`],
    ['its IPv6 address', (port: number) => `[::1]:${port}`],
    ['a name in capitals', (port: number) => `LocalHost:${port}`],
  ])('answers for %s', async (_, host) => {
    const port = ports[kind];
    expect((await get(port, `Host: ${host(port)}`)).status).not.toBe(421);
    const absolute = await answerTo(
      port,
      `GET http://${host(port)}/jwks HTTP/1.1`,
      `Host: ${host(port)}`,
      'Connection: close',
    );
    expect(absolute.status).not.toBe(421);
  });

  test.each([
    ['another name', (port: number) => `evil.com:${port}`],
    ['another name without a port', () => 'evil.com'],
    ['its name without a port', () => 'localhost'],
    ['another port', (port: number) => `localhost:${port + 1}`],
    ['a port with a leading zero', (port: number) => `localhost:0${port}`],
    ['a name that begins like its own', (port: number) => `localhost.evil.com:${port}`],
    ['a name that ends like its own', (port: number) => `evil-localhost:${port}`],
    ['a name below its own', (port: number) => `evil.localhost:${port}`],
    ['an address in a name', (port: number) => `127.0.0.1.nip.io:${port}`],
    ['a trailing dot', (port: number) => `localhost.:${port}`],
    ['another address', (port: number) => `192.168.1.2:${port}`],
    ['another loopback address', (port: number) => `127.0.0.2:${port}`],
    ['any address', (port: number) => `0.0.0.0:${port}`],
    ['its address as one number', (port: number) => `2130706433:${port}`],
    ['another IPv6 address', (port: number) => `[fe80::1]:${port}`],
    ['IPv6 without brackets', (port: number) => `::1:${port}`],
    ['IPv4 in IPv6', (port: number) => `[::ffff:127.0.0.1]:${port}`],
    ['a user before its name', (port: number) => `evil@localhost:${port}`],
    ['a list', (port: number) => `localhost:${port}, evil.com`],
    ['nothing', () => ''],
  ])('refuses %s', async (_, host) => {
    const port = ports[kind];
    const { status, text } = await get(port, `Host: ${host(port)}`);
    expect(status).toBe(421);
    expect(text).toContain(`localhost:${port}`);
    expect(text).not.toMatch(/access-control|reached/i);
  });

  test('refuses a request that names nobody, two, or another one in its target', async () => {
    const port = ports[kind];
    const own = `Host: localhost:${port}`;
    expect((await get(port)).status).toBe(400); // HTTP/1.1 itself asks for a Host
    expect((await answerTo(port, 'GET /jwks HTTP/1.0')).status).toBe(421);
    expect((await get(port, own, 'Host: evil.com')).status).toBe(421);
    expect((await get(port, 'Host: evil.com', own)).status).toBe(421);
    for (const target of [
      `http://evil.com:${port}/jwks`,
      'HTTPS://evil.com',
      `ws://evil.com/x?host=localhost:${port}`,
    ]) {
      expect((await answerTo(port, `GET ${target} HTTP/1.1`, own, 'Connection: close')).status).toBe(421);
    }
  });

  test('no header of a proxy gives it another name', async () => {
    const port = ports[kind];
    const forwarded = [`X-Forwarded-Host: localhost:${port}`, `Forwarded: host="localhost:${port}"`];
    expect((await get(port, 'Host: evil.com', ...forwarded)).status).toBe(421);
  });
});

test('no other name reaches what is behind a server', async () => {
  const port = ports['an API'];
  const names = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV6().map((address) => `[${address}]`),
    fc.stringMatching(/^[\x21-\x7e]{1,30}$/),
  );
  const own = ['localhost', '127.0.0.1', '[::1]'];
  await fc.assert(
    fc.asyncProperty(names, fc.option(fc.nat(65_535)), async (name, other) => {
      fc.pre(!own.includes(name.toLowerCase()));
      const before = reached;
      const { status } = await get(port, `Host: ${name}:${other ?? port}`);
      expect([400, 421]).toContain(status);
      expect(reached).toBe(before);
    }),
    { numRuns: 100 },
  );
});

test('every server of this machine is made where names are checked', () => {
  const makers = globSync('{emulator,local}/**/*.{ts,js}', { cwd: PROJECT }).filter((path) => {
    const text = readFileSync(join(PROJECT, path), 'utf8');
    return /\bcreate(?:Secure)?Server\b/.test(text.replaceAll(/import .* from 'node:net';/g, ''));
  });
  // The one beside it looks whether ports are free, and takes no connection.
  expect(makers.sort()).toEqual(['emulator/listen.ts', 'emulator/loopback-server.ts']);
});

describe('pages of other origins', () => {
  const foreign = ['http://evil.com', 'null', 'http://localhost:4101', 'http://localhost.evil.com:4100'];
  const asked = ['/.well-known/openid-configuration', '/jwks', '/token', '/nowhere', '/auth'];

  test.each(foreign)('identity lets none from %s read an answer', async (origin) => {
    for (const path of asked) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const { text } = await answerTo(
          ports.identity,
          `${method} ${path} HTTP/1.1`,
          `Host: localhost:${ports.identity}`,
          `Origin: ${origin}`,
          'Access-Control-Request-Method: POST',
          'Content-Length: 0',
          'Connection: close',
        );
        expect(text).toMatch(/^HTTP\/1\.1 \d/);
        expect(text).not.toMatch(/^access-control-/im);
      }
    }
  });

  test('the portal reads keys and discovery', async () => {
    const { text } = await get(ports.identity, `Host: localhost:${ports.identity}`, `Origin: ${PORTAL}`);
    expect(text).toMatch(new RegExp(`^access-control-allow-origin: ${PORTAL}\\r$`, 'im'));
  });
});

describe('the signature of a call of the AWS services', () => {
  const client = (credentials = CREDENTIALS, region = 'eu-central-1') =>
    new DynamoDBClient({ ...clientOptions(aws), credentials, region });
  const list = async (of: DynamoDBClient) => {
    try {
      return await of.send(new ListTablesCommand());
    } finally {
      of.destroy();
    }
  };

  test('is made by the pair that the server was started with', async () => {
    expect((await list(client())).TableNames).toEqual([]);
  });

  test.each([
    ['another key', { ...CREDENTIALS, accessKeyId: 'other' }, 'UnrecognizedClientException'],
    ['another secret', { ...CREDENTIALS, secretAccessKey: 'other' }, 'InvalidSignatureException'],
  ])('is not made by %s', async (_, credentials, name) => {
    await expect(list(client(credentials))).rejects.toMatchObject({ name });
  });

  test('is for this Region', async () => {
    const elsewhere = list(client(CREDENTIALS, 'us-east-1'));
    await expect(elsewhere).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });

  test('covers the body, the target and the query', async () => {
    const headers = { 'x-amz-target': 'DynamoDB_20120810.ListTables' };
    const sent: { url: string; init: RequestInit }[] = [];
    const { fetch } = globalThis;
    globalThis.fetch = async (url, init = {}) => {
      sent.push({ url: String(url), init });
      return new Response();
    };
    try {
      await signedFetch(aws.url, 'dynamodb', { body: '{}', headers });
    } finally {
      globalThis.fetch = fetch;
    }
    const [{ url, init } = { url: '', init: {} }] = sent;
    expect((await fetch(url, init)).status).toBe(200);
    const changed: [string, RequestInit][] = [
      [url, { ...init, body: '{ }' }],
      [`${url}?x=1`, init],
      [url, { ...init, headers: { ...init.headers, 'x-amz-target': 'DynamoDB_20120810.GetItem' } }],
      [url, { ...init, headers: { ...init.headers, 'x-amz-security-token': 'token' } }],
    ];
    for (const [address, request] of changed) {
      expect(await (await fetch(address, request)).json()).toMatchObject({
        __type: expect.stringContaining('InvalidSignatureException'),
      });
    }
  });

  test('is asked for before anything is said of what there is', async () => {
    for (const init of [{ method: 'GET' }, { method: 'POST', body: 'Action=Publish' }]) {
      expect(await (await fetch(aws.url, init)).json()).toMatchObject({
        __type: 'MissingAuthenticationTokenException',
      });
    }
  });
});
