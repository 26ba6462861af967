import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { readAwsAccess } from '../../emulator/aws-access.ts';
import { freePorts } from '../../emulator/listen.ts';
import { callersOf } from '../support/deployment.ts';
import { judgementsIn } from '../support/independent-judge.ts';
import { LocalServer } from '../support/local-server.ts';
import { signedFetch } from '../support/signed-fetch.ts';

const TENANT = 'tenant_acme';
const MAIN = 'main';
const OTHER = 'eu-west-1';
/** Longer than a record lives in memory. */
const LIFE_MILLISECONDS = 4_000;

let dataDir: string;
let server: LocalServer;
let port: number;

const manage = (method: string, path: string, body?: object) =>
  callersOf({
    managementUrl: server.managementUrl,
    stageUrl: (api, name) => `http://localhost:${port + 2}/${api}/${name}`,
    tokenOf: (email) => server.token(email),
  }).manage(method, path, body);

async function askIn(region: typeof MAIN | typeof OTHER, secret: string): Promise<number> {
  const environment = secret.startsWith('sk_live_') ? 'live' : 'sandbox';
  const url = `http://localhost:${region === MAIN ? port + 2 : port + 3}/orders/${environment}/v1/orders`;
  return (await fetch(url, { headers: { 'x-api-key': secret, 'x-tn': TENANT } })).status;
}

async function until(region: typeof MAIN | typeof OTHER, secret: string, status: number): Promise<void> {
  const start = performance.now();
  while ((await askIn(region, secret)) !== status) {
    if (performance.now() - start > 30_000) throw new Error(`${region} never answered ${status}`);
    await delay(100);
  }
}

/** Sets what lies between the Regions. */
async function setReplication(state: object, headers: Record<string, string> = {}) {
  const url = `${server.managementUrl}/keywright-local/replication`;
  return fetch(url, { method: 'POST', body: JSON.stringify(state), headers });
}

/** Keys of the sandbox have limits where nobody says otherwise, and those of live have none. */
async function newKey(environment = 'live'): Promise<{ id: string; secret: string }> {
  const body = { name: 'In every Region', type: 'secret', environment, role: 'writer' };
  const { key, secret } = (await manage('POST', `/tenants/${TENANT}/keys`, body)).json<{
    key: { keyId: string };
    secret: string;
  }>();
  return { id: key.keyId, secret };
}

const revoke = async ({ id }: { id: string }) =>
  expect((await manage('POST', `/tenants/${TENANT}/keys/${id}/revoke`, {})).status).toBe(200);

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keywright-regions-'));
  port = await freePorts(5);
  server = new LocalServer(dataDir, port, {}, undefined, ['--regions', '2']);
  await server.ready();
}, 120_000);
afterEach(() => setReplication({ delayMs: 0, partitioned: false }));
afterAll(async () => {
  await server.end('SIGKILL');
  await rm(dataDir, { recursive: true });
});

test('a new key is let in in both Regions, and its revocation is refused in both', async () => {
  const key = await newKey();
  await until(OTHER, key.secret, 200);
  await until(MAIN, key.secret, 200);
  await revoke(key);
  await until(MAIN, key.secret, 401);
  await until(OTHER, key.secret, 401);
}, 60_000);

test('what replication takes comes on top, in the other Region alone', async () => {
  const key = await newKey();
  await until(OTHER, key.secret, 200);
  await setReplication({ delayMs: 600_000 });
  await revoke(key);
  await until(MAIN, key.secret, 401);
  await delay(LIFE_MILLISECONDS);
  expect(await askIn(OTHER, key.secret)).toBe(200);
  await setReplication({ delayMs: 0 });
  await until(OTHER, key.secret, 401);
}, 60_000);

test('in a partition the other Region decides by what it has, and hears of everything after it', async () => {
  const [known, revoked, limited] = [await newKey(), await newKey(), await newKey('sandbox')];
  await until(OTHER, revoked.secret, 200);
  await until(OTHER, known.secret, 200);
  await until(OTHER, limited.secret, 200);
  await setReplication({ partitioned: true });
  await revoke(revoked);
  const made = await newKey();
  await until(MAIN, revoked.secret, 401);
  await delay(LIFE_MILLISECONDS);
  expect(await askIn(OTHER, revoked.secret)).toBe(200);
  expect(await askIn(OTHER, made.secret)).toBe(401);
  // Its limit is that of all Regions together, and is counted in the main one.
  await until(OTHER, limited.secret, 503);
  await until(MAIN, limited.secret, 200);
  await setReplication({ partitioned: false });
  await until(OTHER, revoked.secret, 401);
  await until(OTHER, made.secret, 200);
  expect(await askIn(OTHER, known.secret)).toBe(200);
  await until(OTHER, limited.secret, 200);
}, 90_000);

test('what the control plane asks of the other Region’s own services reaches them, except in a partition', async () => {
  const access = readAwsAccess(dataDir);
  if (access === undefined) throw new Error('the server left no access to its AWS services');
  const depth = () =>
    signedFetch(
      access.url,
      'sqs',
      {
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'AmazonSQS.GetQueueAttributes',
        },
        body: JSON.stringify({
          QueueUrl: `https://sqs.${OTHER}.amazonaws.com/000000000000/keywright-usage-dead-letters`,
          AttributeNames: ['All'],
        }),
        region: OTHER,
      },
      access,
    );
  expect(await (await depth()).json()).toMatchObject({
    Attributes: {
      QueueArn: expect.stringContaining(`:${OTHER}:`),
      ApproximateNumberOfMessages: expect.stringMatching(/^\d+$/),
    },
  });
  await setReplication({ partitioned: true });
  await expect(depth()).rejects.toThrow();
});

test('verify of the other Region takes signatures for that Region alone', async () => {
  const { secret } = await newKey();
  await until(OTHER, secret, 200);
  const verify = (region: string) =>
    signedFetch(
      `http://localhost:${port + 4}`,
      'execute-api',
      {
        path: '/v1/verify',
        body: JSON.stringify({ key: secret }),
        headers: { 'content-type': 'application/json' },
        region,
      },
      { accessKeyId: 'local', secretAccessKey: 'local' },
    );
  const answer = await verify(OTHER);
  expect([answer.status, await answer.json()]).toMatchObject([200, { valid: true }]);
  expect((await verify('eu-central-1')).status).toBe(403);
}, 60_000);

test('no page sets replication, and nothing else than replication is set', async () => {
  expect((await setReplication({ delayMs: 1 }, { origin: 'http://localhost:3000' })).status).toBe(403);
  for (const wrong of [{ delayMs: -1 }, { delayMs: 0.5 }, { partitioned: 1 }, { delay: 1 }, 'x', null])
    expect((await setReplication(wrong as object)).status).toBe(400);
});

test('no call of a function was one that its role may not make', async () => {
  const denied = (await judgementsIn(dataDir)).filter(({ decision }) => decision !== 'allowed');
  expect(denied).toEqual([]);
});
