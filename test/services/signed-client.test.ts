import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { pepperSource } from '../../core/aws/pepper-source.ts';
import { type AwsCall, signedClient } from '../../core/aws/signed-client.ts';

type Behaviour = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that treats its n-th request by the n-th behaviour, and the last one ever after. */
async function serving(...behaviours: Behaviour[]): Promise<{ url: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  server = createServer((request, response) => {
    const behave = behaviours[Math.min(requests.length, behaviours.length - 1)];
    requests.push(request);
    let body = '';
    request.on('data', (chunk) => (body += chunk)).on('end', () => behave?.(request, response, body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const answer =
  (status: number, body: string, headers: Record<string, string> = {}): Behaviour =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);
const error = (status: number, type: string, headers = {}) =>
  answer(status, JSON.stringify({ __type: `com.amazon#${type}`, message: 'refused' }), headers);
const fine = answer(200, '{"Item":{}}');
const hang: Behaviour = () => undefined;
const reset: Behaviour = (request) => void request.socket.destroy();

function clientFor(url: string, change: Partial<Parameters<typeof signedClient>[0]> = {}): AwsCall {
  return signedClient({
    service: 'dynamodb',
    region: 'eu-central-1',
    endpoint: url,
    credentials: () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' }),
    attemptMilliseconds: 150,
    deadlineMilliseconds: 600,
    now: Date.now,
    random: () => 0.5,
    ...change,
  });
}

test('a call is signed for its service and Region and names its operation', async () => {
  const { url, requests } = await serving(fine);
  expect(await clientFor(url)('GetItem', { TableName: 't' })).toEqual({ Item: {} });
  expect(requests[0]?.headers).toMatchObject({
    'x-amz-target': 'DynamoDB_20120810.GetItem',
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-security-token': 'session',
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/dynamodb\/aws4_request/,
    ),
  });
});

test.each([
  ['a reset connection', reset],
  ['a server that never answers', hang],
  ['throttling', error(400, 'ProvisionedThroughputExceededException')],
  ['a fault of the service', error(500, 'InternalServerError')],
  ['a proxy’s error page', answer(502, '<html>')],
  [
    'an answer cut off in the middle',
    ((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"It', () => response.socket?.destroy());
    }) satisfies Behaviour,
  ],
])('%s is tried again', async (_, behaviour) => {
  const { url, requests } = await serving(behaviour, fine);
  expect(await clientFor(url)('GetItem', {})).toEqual({ Item: {} });
  expect(requests).toHaveLength(2);
});

test('a refusal that would be repeated is not', async () => {
  const { url, requests } = await serving(error(400, 'ConditionalCheckFailedException'));
  await expect(clientFor(url)('PutItem', {})).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
    status: 400,
  });
  expect(requests).toHaveLength(1);
});

test('three attempts, and never longer than the deadline', async () => {
  const down = await serving(error(500, 'InternalServerError'));
  await expect(clientFor(down.url)('GetItem', {})).rejects.toMatchObject({ status: 500 });
  expect(down.requests).toHaveLength(3);
  server?.close();
  const silent = await serving(hang);
  const startedAt = Date.now();
  await expect(clientFor(silent.url, { deadlineMilliseconds: 200 })('GetItem', {})).rejects.toThrow();
  expect(Date.now() - startedAt).toBeLessThan(2000);
  expect(silent.requests.length).toBeLessThanOrEqual(2);
});

test('a clock that is off is corrected by the server’s date and the call made again', async () => {
  const hour = 3_600_000;
  const skewed = error(400, 'InvalidSignatureException', { date: new Date(Date.now() + hour).toUTCString() });
  const { url, requests } = await serving(skewed, fine);
  const call = clientFor(url);
  await call('GetItem', {});
  await call('GetItem', {});
  const dates = requests.map(({ headers }) => String(headers['x-amz-date']));
  expect(requests).toHaveLength(3);
  const [before = '', corrected = '', later = ''] = dates;
  const milliseconds = (text: string) =>
    Date.parse(text.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'));
  expect(milliseconds(corrected) - milliseconds(before)).toBeGreaterThan(hour - 60_000);
  expect(milliseconds(later)).toBeGreaterThanOrEqual(milliseconds(corrected));
});

test('the pepper is read once for many, and while it can’t be read anew the last one serves', async () => {
  const json = JSON.stringify({ current: 'v1', v1: 'p'.repeat(64) });
  const { url, requests } = await serving(
    answer(200, JSON.stringify({ SecretString: json })),
    error(500, 'InternalServiceError'),
  );
  let now = Date.now();
  const peppers = pepperSource(clientFor(url, { service: 'secretsmanager' }), 'keywright/pepper', () => now);
  const [first, second] = await Promise.all([peppers.current(), peppers.current()]);
  expect(first).toBe(second);
  expect(requests).toHaveLength(1);
  expect(requests[0]?.headers['x-amz-target']).toBe('secretsmanager.GetSecretValue');
  now += 6 * 60_000;
  expect(await peppers.current()).toBe(first);
  expect(requests.length).toBeGreaterThan(1);
});

test('an unknown pepper version makes one reading a second, however often it is asked for', async () => {
  const json = JSON.stringify({ current: 'v1', v1: 'p'.repeat(64) });
  const { url, requests } = await serving(answer(200, JSON.stringify({ SecretString: json })));
  let now = Date.now();
  const peppers = pepperSource(clientFor(url, { service: 'secretsmanager' }), 'keywright/pepper', () => now);
  await peppers.current();
  for (let i = 0; i < 5; i++) await peppers.knowing('v9');
  expect(requests).toHaveLength(1);
  now += 1000;
  for (let i = 0; i < 5; i++) await peppers.knowing('v9');
  expect(requests).toHaveLength(2);
});
