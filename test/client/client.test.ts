import { afterEach, describe, expect, test } from '@jest/globals';
import aws4 from 'aws4';
import { build } from 'esbuild';
import {
  type ClientOptions,
  isWaiting,
  KeywrightError,
  keywrightClient,
} from '../../client/keywright-client.ts';
import { signer } from '../../client/sigv4.ts';
import {
  answer,
  type Behaviour,
  type HostileServer,
  reset,
  silence,
  startHostileServer,
} from '../support/hostile-server.ts';
import { PROJECT } from '../support/local-server.ts';

const FOUND = answer(200, '{"items":[],"nextCursor":null}');
const MADE = answer(201, '{"key":{"keyId":"key_0123456789AB"},"secret":"sk"}');
const busy = (status: number, seconds?: string) =>
  answer(status, '{"message":"Busy"}', seconds === undefined ? {} : { 'retry-after': seconds });

const tenant = { params: { path: { tenantId: 'tenant_acme' } } };
const NEW_KEY = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' } as const;

let server: HostileServer;
afterEach(() => server?.close());

/** A client of a server that does these in turn, and how long it waited. */
async function clientOf(behaviours: Behaviour[], options: Partial<ClientOptions> = {}) {
  server = await startHostileServer(...behaviours);
  const waits: number[] = [];
  const client = keywrightClient({
    url: `${server.url}/`,
    credentials: { token: 'token-1' },
    random: () => 0.5,
    wait: async (milliseconds) => void waits.push(milliseconds),
    ...options,
  });
  return { client, waits };
}

describe('what is sent again', () => {
  const list = (client: ReturnType<typeof keywrightClient>) => client.GET('/v1/apis');
  const create = (client: ReturnType<typeof keywrightClient>) =>
    client.POST('/v1/tenants/{tenantId}/keys', { ...tenant, body: NEW_KEY });
  const disable = (client: ReturnType<typeof keywrightClient>) =>
    client.POST('/v1/tenants/{tenantId}/keys/{keyId}/disable', {
      params: { path: { ...tenant.params.path, keyId: 'key_0123456789AB' } },
      body: {},
    });

  test.each([
    [
      'a list that is refused for the moment, as long after as was asked for and a little more',
      list,
      [busy(429, '3'), FOUND],
      [3300],
    ],
    [
      'a list, by pauses that double where nothing was asked for',
      list,
      [busy(503), busy(502), reset, FOUND],
      [150, 300, 600],
    ],
    ['a creation, whatever became of the one before', create, [reset, busy(500), MADE], [150, 300]],
    ['a change that was refused for the moment', disable, [busy(503, '2'), FOUND], [2200]],
  ])('%s', async (_, call, behaviours, expected) => {
    const { client, waits } = await clientOf(behaviours);
    await call(client);
    expect(waits).toEqual(expected);
    expect(server.requests).toHaveLength(behaviours.length);
    // Each time the same, and whole.
    const [first] = server.requests;
    for (const { headers, body } of server.requests)
      expect([headers['idempotency-key'], body]).toEqual([first?.headers['idempotency-key'], first?.body]);
  });

  test.each([
    ['a change of which nobody knows whether it was made', disable, [reset, FOUND], 0, 'unreachable'],
    ['a change that failed', disable, [busy(500), FOUND], 500, 'unexpected_answer'],
    [
      'what is asked to wait for longer than one does',
      list,
      [busy(429, '31'), FOUND],
      429,
      'too_many_requests',
    ],
    ['what is refused for good', list, [busy(404), FOUND], 404, 'not_found'],
  ])('not %s', async (_, call, behaviours, status, code) => {
    const { client, waits } = await clientOf(behaviours);
    await expect(call(client)).rejects.toMatchObject({ name: 'KeywrightError', status, code });
    expect([waits, server.requests.length]).toEqual([[], 1]);
  });

  test('nor anything for ever', async () => {
    const { client, waits } = await clientOf([busy(503)]);
    await expect(list(client)).rejects.toMatchObject({ status: 503, message: 'Busy' });
    expect([waits.length, server.requests.length]).toEqual([3, 4]);
  });

  test('nor what its caller gave up, while it waits too', async () => {
    const { client } = await clientOf([busy(503, '20'), FOUND], { wait: undefined });
    const controller = new AbortController();
    const asked = client.GET('/v1/apis', { signal: controller.signal });
    while (server.requests.length === 0) await new Promise(setImmediate);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.requests).toHaveLength(1);
  });
});

test('what is created has an Idempotency-Key of its own, or the caller’s', async () => {
  const { client } = await clientOf([MADE]);
  const path = '/v1/tenants/{tenantId}/keys';
  await client.POST(path, { ...tenant, body: NEW_KEY });
  await client.POST(path, { ...tenant, body: NEW_KEY });
  const header = { 'Idempotency-Key': 'mine' };
  await client.POST(path, { params: { ...tenant.params, header }, body: NEW_KEY });
  await client.PATCH('/v1/tenants/{tenantId}', { ...tenant, body: { name: 'Acme' } });
  const [one, two, own, none] = server.requests.map(({ headers }) => headers['idempotency-key']);
  expect([one, two]).toEqual([
    expect.stringMatching(/^[0-9a-f-]{36}$/),
    expect.not.stringContaining(String(one)),
  ]);
  expect([own, none]).toEqual(['mine', undefined]);
});

test('an error says what the API said', async () => {
  const error = {
    ...{ code: 'invalid_request', message: 'name: too long', type: 'invalid_request_error' },
    ...{ param: 'name', details: [{ param: 'name', message: 'too long' }], requestId: 'request-7' },
  };
  const { client } = await clientOf([
    answer(400, JSON.stringify({ error })),
    answer(401, 'no JSON', { 'x-request-id': 'r-8' }),
  ]);
  const refused = await client.GET('/v1/apis').catch((thrown: unknown) => thrown);
  expect(refused).toBeInstanceOf(KeywrightError);
  const { type: _, ...told } = error;
  expect(refused).toMatchObject({ status: 400, ...told });
  await expect(client.GET('/v1/apis')).rejects.toMatchObject({ code: 'unauthenticated', requestId: 'r-8' });
});

test('a list is read page after page, by the caller’s filter, and only as far as it is taken', async () => {
  const page = (id: number, next: string | null) =>
    answer(
      200,
      JSON.stringify({ items: [{ keyId: `key_${id}` }, { keyId: `key_${id + 1}` }], nextCursor: next }),
    );
  const asked: (string | undefined)[] = [];
  const noting =
    (behaviour: Behaviour): Behaviour =>
    (request, response, body) => {
      asked.push(request.url);
      behaviour(request, response, body);
    };
  const { client } = await clientOf([page(1, 'c1'), page(3, 'c2'), page(5, null)].map(noting));
  const query = { status: 'active', limit: 2 } as const;
  const found: string[] = [];
  for await (const { keyId } of client.items('/v1/tenants/{tenantId}/keys', {
    params: { ...tenant.params, query },
  })) {
    found.push(keyId);
    if (found.length === 3) break;
  }
  expect(found).toEqual(['key_1', 'key_2', 'key_3']);
  const path = '/v1/tenants/tenant_acme/keys?status=active&limit=2';
  expect(asked).toEqual([path, `${path}&cursor=c1`]);
});

test('an export of nothing is an empty text, and no answer without one', async () => {
  const { client } = await clientOf([answer(200, '', { 'content-length': '0' })]);
  const { data } = await client.GET('/v1/audit/export', { parseAs: 'text' });
  expect(data).toBe('');
});

test('what waits for a second admin is told apart', async () => {
  const { client } = await clientOf([answer(202, '{"approval":{"approvalId":"apr_0123456789AB"}}'), MADE]);
  const create = () => client.POST('/v1/tenants/{tenantId}/keys', { ...tenant, body: NEW_KEY });
  expect(isWaiting((await create()).data)).toBe(true);
  expect(isWaiting((await create()).data)).toBe(false);
});

describe('who calls', () => {
  test('by a token that is asked for each time', async () => {
    let asked = 0;
    const { client } = await clientOf([busy(503), FOUND], {
      credentials: { token: async () => `token-${++asked}` },
    });
    await client.GET('/v1/apis');
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  test('by the page’s cookie, with the header that no other page can send', async () => {
    const { client } = await clientOf([FOUND], { credentials: { cookie: true } });
    await client.GET('/v1/apis');
    expect(server.requests[0]?.headers).toMatchObject({ 'x-keywright': '1' });
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('signed, below the path that takes signatures where people call it too, and nowhere else', async () => {
    const sign = async (request: Request) => request;
    const found = answer(200, '{}');
    const { client } = await clientOf([found, found, found, found], { credentials: { sign } });
    await client.GET('/v1/apis/{apiId}', { params: { path: { apiId: 'api_Orders000000' } } });
    await client.PATCH('/v1/apis/{apiId}', {
      params: { path: { apiId: 'api_Orders000000' } },
      body: { name: 'orders' },
    });
    await client.POST('/v1/verify', { body: { key: 'sk_live_x' } });
    await client.GET('/v1/tenants');
    expect(server.requests.map(({ call }) => call)).toEqual([
      'GET /iam/v1/apis/api_Orders000000',
      'PATCH /iam/v1/apis/api_Orders000000',
      'POST /v1/verify',
      'GET /v1/tenants',
    ]);
  });

  test.each([
    ['https://Keys.example.com:443', 'https://keys.example.com/iam/v1/apis'],
    ['https://keys.example.com/', 'https://keys.example.com/iam/v1/apis'],
    ['https://keys.example.com/base//', 'https://keys.example.com/base/iam/v1/apis'],
  ])('signed, however the address is spelled: %s', async (url, expected) => {
    const sent: string[] = [];
    const client = keywrightClient({
      url,
      credentials: { sign: async (request) => request },
      fetch: async (request) => {
        sent.push(request.url);
        return Response.json({ items: [], nextCursor: null });
      },
    });
    await client.GET('/v1/apis');
    expect(sent).toEqual([expected]);
  });

  test('by a signature that another program makes of the same request', async () => {
    const now = new Date('2026-11-22T12:00:00.000Z');
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' };
    const { client } = await clientOf([FOUND], {
      credentials: {
        sign: signer({ region: 'eu-central-1', credentials: async () => credentials, now: () => now }),
      },
    });
    const body = { key: 'sk_live_x', permission: 'orders:read' };
    await client.POST('/v1/verify', { body });
    await client.GET('/v1/tenants/{tenantId}', { params: { path: { tenantId: 'tenant_(é)' } } });
    const query = { tenantId: 'tenant_acme', subject: "it's (a) *" };
    await client.GET('/v1/audit', { params: { query } });
    const { host } = new URL(server.url);
    const paths = [
      '/v1/verify',
      '/v1/tenants/tenant_(%C3%A9)',
      "/v1/audit?tenantId=tenant_acme&subject=it's%20(a)%20*",
    ];
    for (const [index, path] of paths.entries()) {
      const { headers, body: sent } = server.requests[index] as HostileServer['requests'][number];
      const request = {
        ...{ host, path, service: 'execute-api', region: 'eu-central-1' },
        extraHeadersToIgnore: { 'content-length': true },
        ...{ method: index === 0 ? 'POST' : 'GET', body: sent },
        headers: {
          ...(index === 0 && { 'Content-Type': 'application/json' }),
          'X-Amz-Date': '20261122T120000Z',
        },
      };
      const theirs = aws4.sign(request, credentials).headers as Record<string, string>;
      const signature = (text = '') => /Signature=(\w+)/.exec(text)?.[1];
      expect([path, signature(headers.authorization)]).toEqual([path, signature(theirs.Authorization)]);
    }
  });
});

test('what does not answer is given up after a time, and asked again where that can do no harm', async () => {
  const { client } = await clientOf([silence, silence, FOUND], { attemptMilliseconds: 100 });
  expect((await client.GET('/v1/apis')).data).toEqual({ items: [], nextCursor: null });
  expect(server.requests).toHaveLength(3);
  await server.close();
  const { client: other } = await clientOf([silence], { attemptMilliseconds: 100 });
  const body = NEW_KEY;
  const asked = other.PATCH('/v1/tenants/{tenantId}', { ...tenant, body: { name: body.name } });
  await expect(asked).rejects.toMatchObject({ status: 0, code: 'unreachable' });
  expect(server.requests).toHaveLength(1);
});

test('a token that can be none is sent nowhere, and repeated by no error', async () => {
  for (const token of ['eyJabc\ntail', 'eyJabc tail', 'eyJabcü', '']) {
    const { client } = await clientOf([FOUND], { credentials: { token } });
    const error = await client.GET('/v1/apis').catch((error) => error);
    expect(error).toBeInstanceOf(KeywrightError);
    expect(error).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(String(error)).not.toContain('eyJabc');
    expect(server.requests).toEqual([]);
    await server.close();
  }
  const { client } = await clientOf([FOUND], { credentials: { token: 'token-1\n' } });
  await client.GET('/v1/apis');
  expect(server.requests[0]?.headers.authorization).toBe('Bearer token-1');
});

test('nothing is sent on to where an answer points: neither token, nor signature, nor a key in a body', async () => {
  const elsewhere = await startHostileServer(FOUND);
  try {
    const { client } = await clientOf([answer(307, '', { location: `${elsewhere.url}/v1/verify` })]);
    const asked = client.POST('/v1/verify', { body: { key: 'sk_live_x' } });
    await expect(asked).rejects.toMatchObject({
      status: 307,
      message: expect.stringContaining(elsewhere.url),
    });
    expect(elsewhere.requests).toEqual([]);
  } finally {
    await elsewhere.close();
  }
});

test('a browser gets nothing of Node’s, and of what it does not use nothing', async () => {
  const bundled = async (contents: string) => {
    const stdin = { contents, resolveDir: PROJECT, loader: 'ts' } as const;
    const { outputFiles } = await build({
      ...{
        stdin,
        bundle: true,
        write: false,
        minify: true,
        platform: 'browser',
        format: 'esm',
        logLevel: 'silent',
      },
    });
    return outputFiles[0]?.text.length;
  };
  const from = "from './client/keywright-client.ts'";
  expect(await bundled(`export { keywrightClient } ${from}`)).toBeLessThan(13_000);
  expect(await bundled(`export { isWaiting } ${from}`)).toBeLessThan(100);
});
