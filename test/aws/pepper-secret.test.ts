import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { PepperSecret } from '../../core/aws/secrets.ts';

const VERSIONS = { v1: 'a'.repeat(64), v2: 'b'.repeat(64) };
let secret: object | undefined;
let requests = 0;
let now = new Date('2026-11-22T12:00:00.000Z');
let peppers: PepperSecret;
let close: () => Promise<void>;

beforeEach(async () => {
  secret = { current: 'v1', ...VERSIONS };
  requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (secret === undefined)
      response.writeHead(400).end(JSON.stringify({ __type: 'ResourceNotFoundException' }));
    else response.end(JSON.stringify({ SecretString: JSON.stringify(secret) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new SecretsManagerClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  peppers = new PepperSecret(client, 'keywright/pepper', () => now);
  close = async () => {
    client.destroy();
    server.close();
    await once(server, 'close');
  };
});
afterEach(() => close());

const versions = async (count: number) =>
  (await Promise.all(Array.from({ length: count }, () => peppers.pepper()))).map(({ current }) => current);

test('many at once read it once, and a minute later it is read again', async () => {
  expect(await versions(5)).toEqual(['v1', 'v1', 'v1', 'v1', 'v1']);
  secret = { current: 'v2', ...VERSIONS };
  now = new Date(now.getTime() + 59_999);
  expect(await versions(1)).toEqual(['v1']);
  expect(requests).toBe(1);
  now = new Date(now.getTime() + 1);
  expect(await versions(2)).toEqual(['v2', 'v2']);
  expect(requests).toBe(2);
});

test('a failure is not kept', async () => {
  secret = undefined;
  await expect(versions(2)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  secret = { current: 'v1', ...VERSIONS };
  expect(await versions(1)).toEqual(['v1']);
});

test('what is no pepper is refused without being quoted', async () => {
  secret = { current: 'v3', ...VERSIONS };
  const error = await peppers.pepper().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(TypeError);
  expect(String(error)).not.toContain(VERSIONS.v1);
});

test('a version that a digest at hand was made under is read at once', async () => {
  await peppers.pepper(['v1', 'v2']);
  expect(requests).toBe(1);
  secret = { ...VERSIONS, current: 'v3', v3: 'c'.repeat(64) };
  expect((await peppers.pepper(['v1'])).current).toBe('v1');
  expect((await peppers.pepper(['v1', 'v3'])).current).toBe('v3');
  expect(requests).toBe(2);
});
