import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readGraphqlEvent } from '../../functions/authorizer/graphql-event.ts';
import { graphqlEvent } from '../support/gateway-events.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

const API_ID = 'api_GraphqlSand1';
const QUERY = 'query Orders($id: ID!) { order(id: $id) { id subscriptionId } }';
const MUTATION = 'mutation Cancel { cancelOrder(id: "7") { id } }';

let plane: RequestPlane;
beforeAll(async () => {
  plane = await startRequestPlane();
  await plane.putApi(API_ID, 'sandbox');
  await plane.putTenant({
    tenantId: 'tenant_graph',
    status: 'active',
    roles: {
      reader: { description: '', permissions: ['graphql:read'] },
      writer: { description: '', permissions: ['graphql:*'] },
      orders: { description: '', permissions: ['orders:read'] },
    },
  });
});
afterAll(() => plane.close());
beforeEach(() => {
  plane.calls.length = 0;
  plane.lines.length = 0;
});

const TENANT = { 'x-tn': 'tenant_graph' };
const keyOf = (role: string, change: object = {}) =>
  plane.putKey({ role, tenantId: 'tenant_graph', ...change });
const handler = (apiId = API_ID) => plane.handler(plane.authorizer({ apiId }));
const ask = (key: string, document?: string, headers: Record<string, string> = TENANT) =>
  handler()(graphqlEvent(key, { headers, ...(document !== undefined && { document }) }));
const methodOf = (document?: string) =>
  readGraphqlEvent(graphqlEvent('', document === undefined ? {} : { document })).method;

describe('AppSync is answered', () => {
  test('for a good key: with the context of every authorizer, as strings, and nothing to keep', async () => {
    const key = await keyOf('reader');
    const answer = await ask(key, QUERY);
    expect(answer).toEqual({
      isAuthorized: true,
      resolverContext: {
        keyId: `key_${key.slice(7, 19)}`,
        tenantId: 'tenant_graph',
        environment: 'sandbox',
        keyType: 'secret',
        role: 'reader',
        permissions: 'graphql:read',
        secretId: 's1',
      },
      ttlOverride: 0,
    });
    expect(await ask(`Bearer ${key}`, QUERY)).toEqual(answer);
  });

  test('for every refusal alike, and the log says why', async () => {
    const key = await keyOf('reader');
    const refused = { isAuthorized: false, ttlOverride: 0 };
    const causes: [string, string, Record<string, string>?][] = [
      ['nonsense', 'malformed_key'],
      [`${key.slice(0, 8)}zzzzzzzzzzzz${key.slice(20)}`, 'malformed_key'],
      [key, 'no_tenant', {}],
      [key, 'tenant_mismatch', { 'x-tn': 'tenant_acme' }],
      [await keyOf('reader', { status: 'revoked' }), 'key_revoked'],
      [await keyOf('orders'), 'permission_missing'],
      [await keyOf('reader', { allowedOrigins: ['https://shop.example.com'] }), 'origin_not_allowed'],
      [await keyOf('reader', { type: 'publishable' }), 'route_not_public'],
    ];
    for (const [sent, cause, headers] of causes) {
      plane.lines.length = 0;
      expect(await ask(sent, QUERY, headers)).toEqual(refused);
      expect(JSON.parse(plane.lines[0] ?? '')).toMatchObject({ cause });
      expect(plane.lines.join()).not.toContain('order(id');
    }
  });

  test('with the origin that the request had', async () => {
    const key = await keyOf('reader', { allowedOrigins: ['https://shop.example.com'] });
    const headers = { ...TENANT, origin: 'https://shop.example.com' };
    expect((await ask(key, QUERY, headers)).isAuthorized).toBe(true);
  });

  test('with no regard to what forwarding headers say: a key bound to a network is refused', async () => {
    const key = await keyOf('reader', { allowedCidrs: ['203.0.113.0/24'] });
    expect((await ask(key, QUERY)).isAuthorized).toBe(false);
    expect(JSON.parse(plane.lines[0] ?? '')).toMatchObject({ cause: 'network_not_allowed' });
  });

  test('by an error when it can’t be decided', async () => {
    const key = await keyOf('reader');
    const down = plane.authorizer({ apiId: API_ID, dynamodb: () => () => Promise.reject(new Error('down')) });
    const asking = plane.handler(down)(graphqlEvent(key, { headers: TENANT, document: QUERY }));
    await expect(asking).rejects.toThrow('authorizer_unavailable');
  });

  test('of a remembered key without a call, for queries and mutations each by themselves', async () => {
    const key = await keyOf('reader');
    const answerOf = handler();
    const asked = (document: string) => answerOf(graphqlEvent(key, { headers: TENANT, document }));
    expect((await asked(QUERY)).isAuthorized).toBe(true);
    plane.calls.length = 0;
    expect((await asked(MUTATION)).isAuthorized).toBe(false);
    expect((await asked(QUERY)).isAuthorized).toBe(true);
    expect(plane.calls).toEqual([]);
  });

  test('by the route table, where it says what queries and other operations need', async () => {
    const apiId = 'api_GraphqlRoute';
    await plane.putApi(apiId, 'sandbox', [
      { method: 'GET', path: '/graphql', permission: 'orders:read', public: true },
      { method: 'POST', path: '/graphql', permission: 'orders:write', public: false },
    ]);
    const asked = async (key: string, document: string) =>
      (await handler(apiId)(graphqlEvent(key, { headers: TENANT, document }))).isAuthorized;
    const publishable = await keyOf('reader', { type: 'publishable' });
    expect(await asked(publishable, QUERY)).toBe(true);
    expect(await asked(publishable, MUTATION)).toBe(false);
    expect(await asked(await keyOf('writer'), MUTATION)).toBe(false);
  });
});

describe('a document counts as reading only if it can hold nothing but queries', () => {
  test.each([
    '{ orders { id } }',
    QUERY,
    'query A { a } query B { b } fragment F on Order { id }',
    'query { mutations subscriptionId mutation_count }',
    '# a comment, and "a string\n{ a(text: "query") }',
  ])('reading: %s', (document) => {
    expect(methodOf(document)).toBe('GET');
  });

  test.each([
    MUTATION,
    'subscription { orderChanged { id } }',
    'query A { a } mutation B { b }',
    'fragment F on Order { id } mutation{ a }',
    '#\u2028mutation { a }',
    '# comment\rmutation { a }',
    '"""mutation"""',
    '{ a(text: "\\"") } mutation { b(text: "") }',
    ',,,\ufeffmutation{a}',
    'query Q { subscription { id } }',
  ])('more than reading: %s', (document) => {
    expect(methodOf(document)).toBe('POST');
  });

  test('no document at all, as where a socket is opened, is more than reading', () => {
    expect(methodOf()).toBe('POST');
  });
});
