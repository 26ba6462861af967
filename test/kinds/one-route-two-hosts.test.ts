import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isCustomDomain, ownPath } from '../../core/domain/ground/own-path.ts';
import { readGatewayEvent } from '../../functions/authorizer/gateway-event.ts';
import { accessRequestOf, type GuardedEvent } from '../../guard/guarded-event.ts';
import { guardIn } from '../../guard/keywright-guard.ts';

/**
 * One route by several host names is one question. What AWS puts in front of the API's own path is not
 * documented as a whole: captures show the mapping, the stage, both or neither, so all of them are tried.
 */
const AWS_HOST = 'a1b2c3.execute-api.eu-central-1.amazonaws.com';
const CUSTOM_HOST = 'api.example.com';
const FRONTS = ['', '/store', '/v1', '/store/v1', '/a/b', '/a/b/v1', '/store/store'];

/** A route, its parameters, and the path that it has without anything in front. */
const CALLS = [
  { route: '/v1/reports', own: '/v1/reports', parameters: {} },
  { route: '/v1/reports/{id}', own: '/v1/reports/7', parameters: { id: '7' } },
  { route: '/v1/reports/{id}', own: '/v1/reports/a%40b', parameters: { id: 'a@b' } },
  { route: '/v1/reports/{id}', own: '/v1/reports/a%2Fb', parameters: { id: 'a/b' } },
  { route: '/{proxy+}', own: '/v1/reports', parameters: { proxy: 'v1/reports' } },
  { route: '/{proxy+}', own: '/store/v1/reports', parameters: { proxy: 'store/v1/reports' } },
  { route: '/v1/{proxy+}', own: '/v1/reports/7', parameters: { proxy: 'reports/7' } },
  { route: '/v1/{proxy+}', own: '/v1/v1/reports', parameters: { proxy: 'v1/reports' } },
  { route: '/v1/{proxy+}', own: '/v1/reports/', parameters: { proxy: 'reports' } },
  { route: '/v1/{proxy+}', own: '/v1/..%2Freports', parameters: { proxy: '../reports' } },
] as const;

function restBackend(call: (typeof CALLS)[number], front: string, domainName: string): GuardedEvent {
  return {
    httpMethod: 'GET',
    resource: call.route,
    path: `${front}${call.own}`,
    // Some events of REST APIs behind a mapping have it.
    ...({ rawPath: `/elsewhere${call.own}` } as object),
    pathParameters: call.parameters,
    headers: {},
    requestContext: { stage: 'v1', domainName },
  };
}
const V1 = (event: GuardedEvent): GuardedEvent => ({ ...event, version: '1.0' });
function httpBackend(call: (typeof CALLS)[number], front: string, domainName: string): GuardedEvent {
  return {
    version: '2.0',
    routeKey: `GET ${call.route}`,
    rawPath: `${front}${call.own}`,
    pathParameters: call.parameters,
    headers: {},
    requestContext: { stage: 'v1', domainName, http: { method: 'GET', path: '', sourceIp: '203.0.113.7' } },
  };
}

describe.each(CALLS)('$route called as $own', (call) => {
  test.each(FRONTS)('is one path for the guard with %j in front, whatever the host and format', (front) => {
    for (const host of [AWS_HOST, CUSTOM_HOST]) {
      const events = [
        restBackend(call, front, host),
        V1(restBackend(call, front, host)),
        httpBackend(call, front, host),
      ];
      expect(events.map((event) => accessRequestOf(event).path)).toEqual([call.own, call.own, call.own]);
      expect(events.map((event) => accessRequestOf(event, 'else').path)).toEqual([
        call.own,
        call.own,
        call.own,
      ]);
    }
  });

  test('and for the authorizer of an HTTP API', () => {
    for (const front of FRONTS) {
      const { requestContext, routeKey, rawPath, pathParameters } = httpBackend(call, front, CUSTOM_HOST);
      const event = { requestContext, routeKey, rawPath, pathParameters } as object;
      const { request } = readGatewayEvent({ ...event, type: 'REQUEST', version: '2.0' });
      expect(request.path).toBe(call.own);
    }
  });

  test('which AWS’s own host name gives the stage in front of it, if it has a name', () => {
    for (const [stage, front] of [
      ['v1', '/v1'],
      ['$default', ''],
    ] as const) {
      const { requestContext, ...event } = httpBackend(call, front, AWS_HOST);
      const context = { ...requestContext, stage };
      const asked = { ...event, requestContext: context, type: 'REQUEST', version: '2.0' } as const;
      expect(readGatewayEvent(asked as never).request.path).toBe(call.own);
    }
  });
});

test('a path that does not end as its route says is granted by *:* alone', () => {
  const event = { version: '2.0', type: 'REQUEST', routeKey: 'GET /v1/{id}', rawPath: '/v1/8' } as const;
  const requestContext = { domainName: CUSTOM_HOST, http: { method: 'GET', sourceIp: '203.0.113.7' } };
  const { request } = readGatewayEvent({ ...event, requestContext, pathParameters: { id: '7' } });
  expect(request.path).toBe('');
  expect(ownPath({ path: '/v1/8', route: '/v1/{id}', parameters: null })).toBeUndefined();
});

describe('the route $default says nothing of the path', () => {
  const event = (rawPath: string, domainName: string | undefined, stage = 'v1'): GuardedEvent => ({
    version: '2.0',
    routeKey: '$default',
    rawPath,
    headers: {},
    requestContext: {
      stage,
      ...(domainName !== undefined && { domainName }),
      http: { method: 'GET', path: rawPath, sourceIp: '203.0.113.7' },
    },
  });
  const v1 = (path: string, domainName: string): GuardedEvent => ({
    version: '1.0',
    httpMethod: 'GET',
    resource: '$default',
    path,
    headers: {},
    requestContext: { stage: 'v1', domainName },
  });

  test('by AWS’s own host names it is known: the stage stands in front, once', () => {
    expect(accessRequestOf(event('/v1/orders', AWS_HOST)).path).toBe('/orders');
    expect(accessRequestOf(event('/v1/v1/orders', AWS_HOST)).path).toBe('/v1/orders');
    expect(accessRequestOf(v1('/v1/v1/orders', AWS_HOST)).path).toBe('/v1/orders');
    expect(accessRequestOf(event('/v1/orders', AWS_HOST, '$default')).path).toBe('/v1/orders');
    const functionUrl = 'abcdef.lambda-url.eu-central-1.on.aws';
    expect(accessRequestOf(event('/v1/orders', functionUrl, '$default')).path).toBe('/v1/orders');
    expect(accessRequestOf(event('/v1/orders', 'localhost', '$default')).path).toBe('/v1/orders');
  });

  test('on a custom domain the operator names what stands in front', () => {
    for (const make of [
      (path: string) => event(path, CUSTOM_HOST),
      (path: string) => v1(path, CUSTOM_HOST),
    ]) {
      expect(accessRequestOf(make('/store/v1/orders'), 'store').path).toBe('/v1/orders');
      expect(accessRequestOf(make('/store/v1/orders'), '/store/').path).toBe('/v1/orders');
      expect(accessRequestOf(make('/a/b/v1/orders'), 'a/b').path).toBe('/v1/orders');
      expect(accessRequestOf(make('/v1/orders'), '').path).toBe('/v1/orders');
      expect(accessRequestOf(make('/store'), 'store').path).toBe('/');
    }
  });

  test.each([
    ['nothing is named', '/store/v1/orders', undefined, 'basePath is not set'],
    ['another is named', '/shop/v1/orders', 'store', 'basePath is "store"'],
    ['its name only begins so', '/stores/v1/orders', 'store', 'basePath is "store"'],
  ])('where %s, whoever calls is refused, and the log says what to set', async (_, path, basePath, said) => {
    const { pathProblem, path: asked } = accessRequestOf(event(path, CUSTOM_HOST), basePath);
    expect(asked).toBe('');
    expect(pathProblem).toContain(said);
    expect(pathProblem).toContain(CUSTOM_HOST);
    expect(pathProblem).not.toContain('orders');

    const warnings: string[] = [];
    const options = { apiId: 'api_OrdersSndbox', ...(basePath !== undefined && { basePath }) };
    const guard = guardIn(options, () => ({
      now: Date.now,
      authorize: () => {
        throw new Error('nobody is to be asked');
      },
      onWarning: (message: string) => void warnings.push(message),
      write: () => undefined,
      defaultLimits: { sandbox: [], live: [] },
      limiter: undefined as never,
    }));
    const request = { event: event(path, CUSTOM_HOST), context: {}, response: undefined, internal: {} };
    expect(await guard.before(request)).toMatchObject({ statusCode: 403 });
    expect(warnings).toEqual([pathProblem]);
  });

  test('the authorizer goes by the ARN, and where that fits nothing by *:* alone', () => {
    const ask = (rawPath: string, arnPath: string | undefined, domainName = CUSTOM_HOST) =>
      readGatewayEvent({
        type: 'REQUEST',
        version: '2.0',
        routeKey: '$default',
        rawPath,
        routeArn: `arn:aws:execute-api:eu-central-1:111122223333:a1b2c3/v1${arnPath === undefined ? '/GET' : `/GET${arnPath}`}`,
        requestContext: { stage: 'v1', domainName, http: { method: 'GET', sourceIp: '203.0.113.7' } },
      }).request.path;
    expect(ask('/store/v1/orders', '/v1/orders')).toBe('/v1/orders');
    expect(ask('/v1/v1/orders', '/v1/orders')).toBe('/v1/orders');
    expect(ask('/v1/orders', '/v1/orders')).toBe('/v1/orders');
    expect(ask('/v1/orders', '/v1/orders', AWS_HOST)).toBe('/orders');
    expect(ask('/store/v1/orders', '/v1/other')).toBe('');
    expect(ask('/store/v1/orders', undefined)).toBe('');
  });
});

test('hosts of AWS’s own are told from custom domains', () => {
  for (const host of [AWS_HOST, 'a1b2c3-vpce-0.execute-api.cn-north-1.amazonaws.com.cn', undefined]) {
    expect(isCustomDomain(host)).toBe(false);
  }
  for (const host of [
    CUSTOM_HOST,
    'x.execute-api.example.com',
    'execute-api.eu-central-1.amazonaws.com.evil.com',
  ]) {
    expect(isCustomDomain(host)).toBe(true);
  }
});

test('whatever stands in front of whatever path, the own path is found by the route and its parameters', () => {
  const text = fc.stringMatching(/^[a-z0-9.@:+-]{1,6}$/);
  const segments = (minLength: number) => fc.array(text, { minLength, maxLength: 4 });
  fc.assert(
    fc.property(segments(0), segments(0), segments(1), fc.boolean(), (front, fixed, rest, slash) => {
      const own = `/${[...fixed, ...rest].join('/')}${slash ? '/' : ''}`;
      const route = `/${[...fixed, '{rest+}'].join('/')}`;
      const path = `${front.map((segment) => `/${segment}`).join('')}${own}`;
      expect(ownPath({ path, route, parameters: { rest: rest.join('/') } })).toBe(own);
    }),
    { numRuns: 500 },
  );
});

test('and found at once in the longest path that API Gateway takes', () => {
  const path = '/a'.repeat(5000);
  const started = process.cpuUsage().user;
  for (const rest of ['b', 'a/a', path.slice(1), `${path.slice(1)}/b`]) {
    const own = ownPath({ path, route: '/{rest+}', parameters: { rest } });
    expect(own).toBe(path.endsWith(`/${rest}`) ? `/${rest}` : undefined);
  }
  expect(process.cpuUsage().user - started).toBeLessThan(500_000);
});
