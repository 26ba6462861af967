import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { policyAllows } from '../../core/domain/decision/access-policy.ts';
import type { GatewayAnswer } from '../../functions/authorizer/gateway-answer.ts';
import type * as protectedApis from '../infra/protected-apis.ts';
import { SynthesizedStacks } from '../infra/synthesized-stacks.ts';
import { httpEvent, restEvent, type Sent, STAGE_ARN, tokenEvent } from '../support/gateway-events.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

/** What the platform keeps of one request it gives to all that its cache takes for the same. */
const apis = loadOnce<typeof protectedApis>('../infra/protected-apis.ts');
const KEEPING = { gatewayCacheSeconds: 1 };
const protect = (...how: Parameters<typeof apis.protect>) => new SynthesizedStacks(apis.protect(...how));

let plane: RequestPlane;
let keys: string[];
beforeAll(async () => {
  plane = await startRequestPlane();
  await plane.putApi('api_OrdersSndbox', 'sandbox', [
    { method: 'GET', path: '/v1/orders/{id}', permission: 'orders:read', public: false },
    { method: 'GET', path: '/v1/orders', permission: 'listing:write', public: false },
    { method: 'GET', path: '/v1/{area}/summary', public: true },
  ]);
  keys = [
    await plane.putKey(),
    await plane.putKey({ role: 'reader' }),
    await plane.putKey({ role: 'orders-reader' }),
    await plane.putKey({ role: 'orders-reader', allowedCidrs: ['203.0.113.0/24'] }),
    await plane.putKey({ allowedOrigins: ['https://shop.example'] }),
    await plane.putKey({ type: 'publishable' }),
    await plane.putKey({ tenantId: 'tenant_other' }),
    await plane.putKey({ status: 'revoked' }),
    'no key',
  ];
});
afterAll(() => plane.close());

/** The sources of a deployed authorizer's cache key, as API Gateway reads them of a request. */
type Sources = (sent: Sent) => readonly string[];

function readSource(source: string, { headers, method = 'GET', path = '', sourceIp = '' }: Sent): string {
  const name = source.replace(/^\$|^method\./, '');
  if (name.startsWith('request.header.')) return headers[name.slice('request.header.'.length)] ?? '';
  const values: Record<string, string> = {
    'context.identity.sourceIp': sourceIp,
    'context.httpMethod': method,
    'context.path': `/sandbox${path}`,
    'context.routeKey': 'ANY /{proxy+}',
  };
  const value = values[name];
  if (value === undefined) throw new Error(`the test does not know the source ${source}`);
  return value;
}

const sourcesOf = (declared: readonly string[]): Sources => {
  expect(declared.length).toBeGreaterThan(0);
  return (sent) => declared.map((source) => readSource(source, sent));
};
const constructs = {
  'forRestApi()': {
    sources: () => {
      const { IdentitySource } = protect(apis.restApi, KEEPING).one('AWS::ApiGateway::Authorizer').Properties;
      return sourcesOf(String(IdentitySource).split(','));
    },
    event: restEvent,
  },
  'forHttpApi()': {
    sources: () => {
      const { IdentitySource } = protect(apis.httpApi, KEEPING).one(
        'AWS::ApiGatewayV2::Authorizer',
      ).Properties;
      return sourcesOf(IdentitySource as string[]);
    },
    event: httpEvent,
  },
};

/** What API Gateway makes of an answer for a request; undefined for an error, which it does not keep. */
function judged(answer: GatewayAnswer | Error, { method = 'GET', path = '' }: Sent): boolean | undefined {
  if (answer instanceof Error) return undefined;
  if ('isAuthorized' in answer) return answer.isAuthorized;
  return policyAllows(answer.policyDocument, `${STAGE_ARN}/${method}${path}`);
}

const PATHS = [
  '/v1/orders',
  '/v1/orders/7',
  '/v1/orders/',
  '/v1/x/summary',
  '/v1/orders/..;/x',
  '/v1/orders/*',
];
const IPS = ['203.0.113.7', '198.51.100.1'];
const request = () => {
  const key = fc.constantFrom(...keys);
  const other = fc.option(fc.oneof(key, fc.constantFrom('Bearer x.y.z', 'sub_dev_x')), { nil: undefined });
  return fc
    .record({
      key: fc.option(key, { nil: undefined }),
      tenant: fc.constantFrom('tenant_acme', 'tenant_other'),
      authorization: other,
      subscription: fc.option(key, { nil: undefined, freq: 6 }),
      clientKey: other,
      origin: fc.constantFrom(undefined, 'https://shop.example', 'https://evil.example'),
      method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST'),
      path: fc.constantFrom(...PATHS),
      sourceIp: fc.constantFrom(...IPS),
    })
    .map(({ key: own, tenant, authorization, subscription, clientKey, origin, ...sent }): Sent => {
      const headers = {
        'x-api-key': own,
        'x-tn': tenant,
        authorization,
        'ocp-apim-subscription-key': subscription,
        'client-key': clientKey,
        origin,
      };
      const given = Object.entries(headers).filter(([, value]) => value !== undefined);
      return { ...sent, headers: Object.fromEntries(given) as Record<string, string> };
    });
};

describe.each(Object.entries(constructs))('%s with a cache', (_, { sources: read, event }) => {
  const ask = async (sent: Sent): Promise<GatewayAnswer | Error> => {
    const handle = plane.handler(plane.authorizer({ gatewayCaches: true }), { gatewayCaches: true });
    return handle(event(sent)).catch((error: Error) => error);
  };

  test('what is kept of one request is the decision on every other that gets it', async () => {
    const sources = read();
    let shared = 0;
    await fc.assert(
      fc.asyncProperty(request(), request(), fc.boolean(), async (a, drawn, same) => {
        const headers = { ...drawn.headers };
        for (const name of ['x-api-key', 'x-tn']) delete headers[name];
        for (const name of ['x-api-key', 'x-tn']) if (a.headers[name]) headers[name] = a.headers[name];
        const b = same ? { ...a, headers } : drawn;
        // API Gateway refuses by itself where a source is missing.
        if (sources(a).includes('') || sources(a).join('\n') !== sources(b).join('\n')) return;
        const kept = await ask(a);
        const decided = await ask(b);
        if (judged(kept, b) === undefined) return;
        shared++;
        // A second key that the cache does not see is refused by an error whenever it is seen.
        if (decided instanceof Error) expect(Object.keys(headers).length).toBeGreaterThan(2);
        else expect(judged(decided, b)).toBe(judged(kept, b));
      }),
      { numRuns: 250 },
    );
    expect(shared).toBeGreaterThan(40);
  });

  test('every route, role and address has an answer of its own', () => {
    const sources = read();
    const headers = { 'x-api-key': 'k', 'x-tn': 't' };
    const sent = (change: Partial<Sent>): Sent => ({
      headers,
      method: 'GET',
      path: '/v1/a',
      sourceIp: '1',
      ...change,
    });
    const different = [
      sent({}),
      sent({ method: 'POST' }),
      sent({ path: '/v1/b' }),
      sent({ sourceIp: '2' }),
      sent({ headers: { ...headers, 'x-tn': 'u' } }),
      sent({ headers: { ...headers, 'x-api-key': 'l' } }),
    ].map((each) => JSON.stringify(sources(each)));
    expect(new Set(different).size).toBe(different.length);
  });

  test('a key that came by another header than the cache tells apart is not admitted', async () => {
    const [key = ''] = keys;
    const context = { 'x-tn': 'tenant_acme' };
    for (const own of ['', ' ', ',', 'x']) {
      const headers = { ...context, 'x-api-key': own, authorization: `Bearer ${key}` };
      expect(await ask({ headers })).toBeInstanceOf(Error);
    }
    await plane.putProduct('prod_Payments0000', ['api_OrdersSndbox']);
    const { primary } = await plane.putSubscription();
    const headers = { ...context, 'x-api-key': primary, 'ocp-apim-subscription-key': primary };
    expect(await ask({ headers })).toBeInstanceOf(Error);
  });
});

describe('nothing is kept', () => {
  test('by TOKEN authorizers: synthesis says why and what to do', () => {
    expect(() => protect(apis.tokenRestApi, KEEPING)).toThrow(
      /^gatewayCacheSeconds is 1; expected 0 for a TOKEN authorizer, because .+ Use forRestApi\(\)/,
    );
    const { Properties } = protect(apis.tokenRestApi).one('AWS::ApiGateway::Authorizer');
    expect(Properties.AuthorizerResultTtlInSeconds).toBe(0);
  });

  test('and should somebody turn it on by hand, a TOKEN authorizer admits nobody', async () => {
    const handle = plane.handler(plane.authorizer({ gatewayCaches: true }), { gatewayCaches: true });
    await expect(handle(tokenEvent(keys[0] ?? ''))).rejects.toThrow('Unauthorized');
  });

  test('by WebSocket and GraphQL APIs, whatever is asked', () => {
    const socket = protect(apis.webSocketApi, KEEPING).one('AWS::ApiGatewayV2::Authorizer').Properties;
    expect([socket.AuthorizerResultTtlInSeconds ?? 0, socket.IdentitySource]).toEqual([0, []]);
    const graphql = protect(apis.graphqlApi, KEEPING).one('AWS::AppSync::GraphQLApi').Properties;
    expect(graphql.LambdaAuthorizerConfig).toMatchObject({ AuthorizerResultTtlInSeconds: 0 });
  });
});
