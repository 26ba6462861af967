import { afterEach, describe, expect, test } from '@jest/globals';
import aws4 from 'aws4';
import fc from 'fast-check';
import { type AwsCall, AwsError, type AwsService } from '../../core/aws/aws-call.ts';
import type { Patience } from '../../core/aws/resilient-call.ts';
import { sdkClient } from '../../core/aws/sdk-client.ts';
import { signedHeaders } from '../../core/aws/signature.ts';
import { signedClient } from '../../core/aws/signed-client.ts';
import {
  answer,
  type Behaviour,
  type HostileServer,
  oversized,
  refusal,
  reset,
  silence,
  startHostileServer,
  trickling,
  truncated,
} from '../support/hostile-server.ts';

const fine = answer(200, '{"Item":{"pk":{"S":"a"}}}');
const get = { TableName: 't', Key: { pk: { S: 'a' }, sk: { S: 'b' } } };
const secret = { SecretId: 's' };

const opened: HostileServer[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

async function serving(...behaviours: Behaviour[]): Promise<HostileServer> {
  const server = await startHostileServer(...behaviours);
  opened.push(server);
  return server;
}

describe.each([
  ['the signed client', signedClient],
  ['the SDK’s client', sdkClient],
])('%s', (_, client) => {
  const clientFor = ({ url }: HostileServer, change: Partial<AwsService & Patience> = {}): AwsCall =>
    client({
      service: 'dynamodb',
      region: 'eu-central-1',
      endpoint: url,
      credentials: () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' }),
      // Enough for a busy machine; what is slow on purpose never answers.
      attemptMilliseconds: 500,
      deadlineMilliseconds: 3000,
      now: Date.now,
      random: () => 0.5,
      ...change,
    });

  test('signs a call for its service and Region and names its operation', async () => {
    const dynamodb = await serving(fine);
    expect(await clientFor(dynamodb)('GetItem', get)).toEqual({ Item: { pk: { S: 'a' } } });
    expect(dynamodb.requests[0]?.headers).toMatchObject({
      'x-amz-target': 'DynamoDB_20120810.GetItem',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-security-token': 'session',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/dynamodb\/aws4_request/,
      ),
    });
    expect(JSON.parse(dynamodb.requests[0]?.body ?? '')).toEqual(get);
    const secrets = await serving(answer(200, '{"SecretString":"{}"}'));
    const call = clientFor(secrets, { service: 'secretsmanager' });
    expect(await call('GetSecretValue', secret)).toEqual({ SecretString: '{}' });
    expect(secrets.requests[0]?.headers).toMatchObject({
      'x-amz-target': 'secretsmanager.GetSecretValue',
      'content-type': 'application/x-amz-json-1.1',
    });
  });

  test.each<[string, Behaviour]>([
    ['a reset connection', reset],
    ['a server that never answers', silence],
    ['an answer that never ends', trickling],
    ['an answer cut off in the middle', truncated],
    ['an answer larger than any that we ask for', oversized(5 * 1024 * 1024)],
    ['throttling', refusal(400, 'ProvisionedThroughputExceededException')],
    ['throttling by another name', refusal(400, 'ThrottlingException')],
    ['another Region’s write at once', refusal(400, 'ReplicatedWriteConflictException')],
    ['a fault of the service', refusal(500, 'InternalServerError')],
    ['a proxy’s error page', answer(502, '<html>Bad gateway</html>', { 'content-type': 'text/html' })],
    ['an answer that is no JSON', answer(200, '<html>Welcome to the hotel</html>')],
    ['an answer that is half a JSON', answer(200, '{"Item":')],
  ])('tries again after %s', async (_, behaviour) => {
    const server = await serving(behaviour, fine);
    expect(await clientFor(server)('GetItem', get)).toEqual({ Item: { pk: { S: 'a' } } });
    expect(server.requests).toHaveLength(2);
  });

  test('does not repeat what would be refused again, and gives the refusal’s fields', async () => {
    const item = { Item: { pk: { S: 'a' } } };
    const server = await serving(refusal(400, 'ConditionalCheckFailedException', {}, item));
    const failure = clientFor(server)('PutItem', { TableName: 't', Item: get.Key });
    await expect(failure).rejects.toBeInstanceOf(AwsError);
    await expect(failure).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      status: 400,
      fields: item,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('follows no redirect', async () => {
    const elsewhere = await serving(fine);
    const server = await serving(answer(307, '', { location: `${elsewhere.url}/` }));
    await expect(clientFor(server)('GetItem', get)).rejects.toThrow();
    expect(elsewhere.requests).toHaveLength(0);
  });

  test('makes three attempts at most, within its deadline', async () => {
    const down = await serving(refusal(500, 'InternalServerError'));
    await expect(clientFor(down)('GetItem', get)).rejects.toMatchObject({ status: 500 });
    expect(down.requests).toHaveLength(3);
    const silent = await serving(silence);
    const call = clientFor(silent, { attemptMilliseconds: 1000, deadlineMilliseconds: 200 });
    const startedAt = performance.now();
    await expect(call('GetItem', get)).rejects.toThrow();
    // The deadline is 200 ms; a second leaves room for a busy machine, and none for a second attempt.
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(silent.requests).toHaveLength(1);
  });

  test('takes an answer that came in time though this process was too busy to look', async () => {
    const server = await serving((request, response, body) => {
      fine(request, response, body);
      const busyUntil = performance.now() + 1100;
      while (performance.now() < busyUntil);
    });
    const call = clientFor(server, { attemptMilliseconds: 1000 });
    expect(await call('GetItem', get)).toEqual({ Item: { pk: { S: 'a' } } });
    expect(server.requests).toHaveLength(1);
  });

  test('corrects a clock that is off by the server’s date, and calls again', async () => {
    const hour = 3_600_000;
    const date = new Date(Date.now() + hour).toUTCString();
    const skewed = refusal(400, 'InvalidSignatureException', { date });
    const server = await serving(skewed, answer(200, '{}', { date }));
    const call = clientFor(server);
    await call('GetItem', get);
    await call('GetItem', get);
    const times = server.requests.map(({ headers }) => fromAmzDate(String(headers['x-amz-date'])));
    expect(times).toHaveLength(3);
    const [before = 0, corrected = 0, later = 0] = times;
    expect(corrected - before).toBeGreaterThan(hour - 60_000);
    expect(later - before).toBeGreaterThan(hour - 60_000);
  });

  test('opens new connections when a kept one turns out to be dead, instead of trying the others', async () => {
    const lastSocket = new Set<unknown>();
    let deaf = false;
    const behaviour: Behaviour = (request, response, body) => {
      if (deaf && lastSocket.has(request.socket)) return;
      lastSocket.add(request.socket);
      fine(request, response, body);
    };
    const server = await serving(behaviour);
    const call = clientFor(server);
    await Promise.all(Array.from({ length: 5 }, () => call('GetItem', get)));
    expect(lastSocket.size).toBeGreaterThan(1);
    deaf = true;
    await expect(call('GetItem', get)).resolves.toHaveProperty('Item');
    expect(server.requests).toHaveLength(7);
  });

  test('asks for the rest of a batch that was answered in part', async () => {
    const keys = ['a', 'b', 'c'].map((pk) => ({ pk: { S: pk }, sk: { S: 's' } }));
    const part = (responses: unknown[], left: unknown[]) =>
      answer(
        200,
        JSON.stringify({
          Responses: { t: responses },
          UnprocessedKeys: left.length > 0 ? { t: { Keys: left, ConsistentRead: true } } : {},
        }),
      );
    const server = await serving(
      part([keys[0]], keys.slice(1)),
      part([keys[1]], keys.slice(2)),
      part([keys[2]], []),
    );
    const request = { RequestItems: { t: { Keys: keys, ConsistentRead: true } } };
    const { Responses } = await clientFor(server)('BatchGetItem', request);
    expect(Responses).toEqual({ t: keys });
    expect(server.requests.map(({ body }) => JSON.parse(body).RequestItems.t)).toEqual([
      { Keys: keys, ConsistentRead: true },
      { Keys: keys.slice(1), ConsistentRead: true },
      { Keys: keys.slice(2), ConsistentRead: true },
    ]);
  });

  test('gives no part of a batch for the whole', async () => {
    const left = { t: { Keys: [get.Key], ConsistentRead: true } };
    const server = await serving(
      answer(200, JSON.stringify({ Responses: { t: [] }, UnprocessedKeys: left })),
    );
    await expect(clientFor(server)('BatchGetItem', { RequestItems: left })).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
    });
  });
});

function fromAmzDate(text: string): number {
  return Date.parse(text.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'));
}

test('the signature is the one that an independent signer makes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('dynamodb', 'secretsmanager', 'apigateway'),
      fc.constantFrom('eu-central-1', 'us-west-2'),
      fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{1,40}$/), { nil: undefined }),
      fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
      fc.constantFrom(
        { method: 'POST', path: '/', query: '' },
        { method: 'GET', path: '/apikeys', query: 'includeValues=false&limit=500&name=key_a1B2c3D4e5F6' },
        { method: 'DELETE', path: '/apikeys/a1b2c3', query: '' },
      ),
      (body, service, region, sessionToken, time, line) => {
        const pair = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI' };
        const host = `${service}.${region}.amazonaws.com`;
        const length = `${Buffer.byteLength(body)}`;
        const headers = {
          host,
          'content-type': 'application/x-amz-json-1.0',
          'content-length': length,
          'x-amz-target': 'T.Op',
        };
        const ours = signedHeaders(headers, body, { service, region, ...pair, sessionToken, time }, line);
        const theirs = aws4.sign(
          {
            service,
            region,
            host,
            method: line.method,
            path: line.query === '' ? line.path : `${line.path}?${line.query}`,
            body,
            headers: {
              Host: host,
              'Content-Type': 'application/x-amz-json-1.0',
              'Content-Length': length,
              'X-Amz-Target': 'T.Op',
              'X-Amz-Date': ours['x-amz-date'],
            },
          },
          { ...pair, ...(sessionToken && { sessionToken }) },
        );
        expect(ours.authorization).toBe((theirs.headers as Record<string, string>).Authorization);
      },
    ),
  );
});
