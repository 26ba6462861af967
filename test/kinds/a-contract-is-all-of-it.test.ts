import { describe, expect, test } from '@jest/globals';
import { type LimitState, windowAt } from '../../core/domain/decision/limit.ts';
import { costFaultAnswer, refusalAnswer } from '../../core/domain/decision/refusal-answer.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import type { Verification } from '../../core/management/schemas/verify-schemas.ts';
import { identifiedBy } from '../../guard/guarded-caller.ts';
import { accessRequestOf } from '../../guard/guarded-event.ts';
import { verifyAccess } from '../../guard/verify-access.ts';

/** What a backend, a gateway or a caller is handed, field by field: nothing left out, and nothing besides. */

const NOW = Date.parse('2026-06-02T16:58:40Z');
const ID = '0123456789AB';
const CONTEXT = { keyId: `key_${ID}`, tenantId: 'tenant_acme', keyType: 'secret' };
const NONE = {
  role: undefined,
  subscriptionId: undefined,
  productId: undefined,
  slot: undefined,
  oauthClientId: undefined,
};

describe('the caller that a backend is given', () => {
  test.each([
    ['an API key', {}, { permissions: [] }],
    ['of the live environment', { environment: 'live' }, { environment: 'live', permissions: [] }],
    ['of no known environment', { environment: 'test' }, { permissions: [] }],
    ['that is publishable', { keyType: 'publishable' }, { keyType: 'publishable', permissions: [] }],
    ['of no known kind', { keyType: 'master' }, { permissions: [] }],
    [
      'with a role and permissions',
      { role: 'reader', permissions: 'orders:read  a:*' },
      { role: 'reader', permissions: ['orders:read', 'a:*'] },
    ],
    ['with a role that is no text', { role: 7, oauthClientId: true }, { permissions: [] }],
    [
      'a subscription',
      {
        ...{ keyId: `sub_${ID}`, keyType: 'subscription', permissions: 'orders:read' },
        ...{ subscriptionId: `sub_${ID}`, productId: 'prod_1', slot: 'secondary', oauthClientId: 'app' },
      },
      {
        ...{ keyId: `sub_${ID}`, keyType: 'subscription', permissions: ['*:*'] },
        ...{ subscriptionId: `sub_${ID}`, productId: 'prod_1', slot: 'secondary', oauthClientId: 'app' },
      },
    ],
  ])('%s', (_, context, caller) => {
    const whole = { ...CONTEXT, environment: 'sandbox', ...NONE, ...caller };
    const { tenantId, environment, keyType } = whole;
    expect(identifiedBy({ ...CONTEXT, ...context })).toEqual({
      credentialId: ID,
      limits: [],
      owner: { tenantId, environment, keyType },
      caller: whole,
    });
  });

  test('has the limits that are written down, shortest first as they stand', () => {
    expect(identifiedBy({ ...CONTEXT, limits: '2/1 60/3600 5/day 100/month' })?.limits).toEqual([
      { limit: 2, period: 1 },
      { limit: 60, period: 3600 },
      { limit: 5, period: 'day' },
      { limit: 100, period: 'month' },
    ]);
  });

  test.each([
    undefined,
    7,
    '',
    ID,
    `key_${ID}C`,
    `key_${ID.slice(1)}`,
    `xkey_${ID}`,
    `ck_${ID}`,
    `key_${ID.slice(1)}-`,
  ])('is nobody where the context names no key of ours: %p', (keyId) => {
    expect(identifiedBy({ ...CONTEXT, keyId })).toBeUndefined();
  });
});

describe('the request that a guard decides on', () => {
  const EMPTY = { headers: {}, method: '', path: '/', sourceIp: undefined, requestId: '' };
  const of = (event: object, basePath?: string) => accessRequestOf(event as never, basePath);

  test('of an event that says nothing is empty, and its tenant header counts', () => {
    expect(of({})).toEqual({ ...EMPTY, tenantHeaderVisible: true });
    expect(of({ requestContext: { identity: { sourceIp: null } }, headers: null })).toEqual({
      ...EMPTY,
      tenantHeaderVisible: true,
    });
  });

  test('has what either kind of API says, the many values of a header before its last', () => {
    const requestContext = { requestId: 'r', identity: { sourceIp: '203.0.113.7' } };
    const rest = {
      httpMethod: 'PUT',
      path: '/v1/a',
      headers: { a: '1' },
      multiValueHeaders: { a: ['1', '2'] },
    };
    expect(of({ ...rest, requestContext })).toEqual({
      ...{ headers: { a: ['1', '2'] }, method: 'PUT', path: '/v1/a', sourceIp: '203.0.113.7' },
      ...{ requestId: 'r', tenantHeaderVisible: true },
    });
    const http = { method: 'GET', path: '/x', sourceIp: '198.51.100.1' };
    expect(
      of({ version: '2.0', rawPath: '/v1/b', headers: { b: '1' }, requestContext: { requestId: 'q', http } }),
    ).toEqual({
      ...{ headers: { b: '1' }, method: 'GET', path: '/v1/b', sourceIp: '198.51.100.1' },
      ...{ requestId: 'q', tenantHeaderVisible: true },
    });
  });

  test.each([
    ['nothing', '', '/store/v1/a'],
    ['the mapping', 'store', '/v1/a'],
    ['the mapping with slashes around it', '//store/', '/v1/a'],
    ['the whole path', 'store/v1/a', '/'],
  ])('on a custom domain goes on after %s', (_, basePath, path) => {
    const event = { path: '/store/v1/a', requestContext: { domainName: 'api.acme.example' } };
    expect(of(event, basePath)).toEqual({ ...EMPTY, path, tenantHeaderVisible: true });
  });

  test.each([
    [undefined, 'is not set'],
    ['shop', 'is "shop", and the path begins otherwise'],
    ['sto', 'is "sto", and the path begins otherwise'],
  ])('and is in doubt where basePath is %p', (basePath, found) => {
    const event = { path: '/store/v1/a', requestContext: { domainName: 'api.acme.example' } };
    expect(of(event, basePath)).toEqual({
      ...EMPTY,
      path: '',
      pathProblem: expect.stringContaining(`basePath ${found}`),
      tenantHeaderVisible: true,
    });
  });
});

describe('what verify says, as a guard takes it', () => {
  const format = new KeyFormat();
  const key = format.mint('sk', 'sandbox', ID, (count) => new Uint8Array(count).fill(7));
  const request = {
    headers: { 'x-api-key': key, 'x-tn': 'tenant_acme' },
    ...{ method: 'GET', path: '/v1/a', sourceIp: '203.0.113.7', requestId: 'r', tenantHeaderVisible: true },
  };
  const admission = (verification: object, more: object = {}) => {
    const questions: object[] = [];
    const warnings: string[] = [];
    const access = verifyAccess({
      ask: async (question) => {
        questions.push(question);
        return verification as Verification;
      },
      ...{ apiId: 'api_1', format, acceptsImported: false, now: () => NOW },
      onWarning: (message) => warnings.push(message),
      ...more,
    });
    const asked = access.admit(request, { permission: undefined, cost: () => 2 });
    return asked.then((admitted) => ({ admitted, questions, warnings }));
  };

  test('the caller and the windows of the limits, whole', async () => {
    const told = await admission({
      ...{ valid: true, code: 'valid', ...CONTEXT, environment: 'live', role: 'r', permissions: ['a:read'] },
      rateLimits: [
        { limit: 5, windowSeconds: 60, remaining: 3, resetSeconds: 20 },
        { limit: 9, period: 'day', remaining: 8, resetSeconds: 1 },
        { limit: 99, remaining: 98, resetSeconds: 1 },
      ],
    });
    const states: LimitState[] = [
      {
        policy: { limit: 5, period: 60 },
        window: { id: '', index: 0, start: NOW - 40_000, end: NOW + 20_000 },
        ...{ remaining: 3, heldUntil: 0 },
      },
      { policy: { limit: 9, period: 'day' }, window: windowAt('', 'day', NOW), remaining: 8, heldUntil: 0 },
      {
        policy: { limit: 99, period: 'month' },
        window: windowAt('', 'month', NOW),
        ...{ remaining: 98, heldUntil: 0 },
      },
    ];
    const caller = { ...CONTEXT, environment: 'live', ...NONE, role: 'r', permissions: ['a:read'] };
    const owner = { tenantId: 'tenant_acme', environment: 'live', keyType: 'secret' };
    expect(told).toEqual({
      admitted: { identified: { caller, credentialId: ID, limits: [], owner }, states },
      questions: [
        {
          ...{ key, scheme: 'tenant', ip: '203.0.113.7', apiId: 'api_1', method: 'GET', path: '/v1/a' },
          ...{ permission: undefined, tenantId: 'tenant_acme', cost: 2 },
        },
      ],
      warnings: [],
    });
  });

  test.each([
    [{ code: 'insufficient_permissions', cause: 'permission_missing', keyId: 'key_1' }, { keyId: 'key_1' }],
    [
      { code: 'rate_limit_exceeded', cause: 'rate_limit_exceeded', retryAfterSeconds: 7 },
      { retryAfterSeconds: 7 },
    ],
    [{ code: 'authentication_failed', cause: 'unknown_key' }, {}],
  ])('a refusal %j, which verify has written down', async (verification, more) => {
    const { code, cause } = verification;
    const { admitted } = await admission({ valid: false, ...verification });
    expect(admitted).toEqual({ refusal: { code, cause, states: [], ...more }, isLogged: true });
  });

  test.each([
    [{ param: 'cost', message: 'too dear' }, { fault: { message: 'too dear' } }],
    [{ param: 'cost' }, { fault: { message: '' } }],
    [{ param: 'ip' }, { refusal: { code: 'authorizer_unavailable', cause: 'unavailable' } }],
  ])('a question that it does not take, %j', async (verification, expected) => {
    const { admitted, warnings } = await admission({
      valid: false,
      code: 'invalid_request',
      ...verification,
    });
    expect(admitted).toEqual(expected);
    expect(warnings).toEqual('fault' in expected ? [] : ['verify gave no answer']);
  });

  test.each([
    { valid: true, code: 'valid' },
    { valid: false, code: 'valid' },
    { valid: false, code: 'who knows' },
  ])('nothing, where it makes no sense: %j', async (verification) => {
    expect(await admission(verification)).toMatchObject({
      admitted: { refusal: { code: 'authorizer_unavailable', cause: 'unavailable' } },
      warnings: ['verify gave no answer'],
    });
  });
});

describe('an answer to a caller, whole', () => {
  const JSON_TYPE = { 'Content-Type': 'application/json' };

  test.each([
    [
      'tenant',
      { code: 'rate_limit_exceeded', retryAfterSeconds: 7 },
      429,
      { 'Retry-After': '7' },
      { error: { code: 'rate_limit_exceeded', message: expect.any(String), type: 'rate_limit_error' } },
    ],
    [
      'subscription',
      { code: 'rate_limit_exceeded' },
      429,
      {},
      { statusCode: 429, message: 'Rate limit is exceeded. Try again in 1 seconds.' },
    ],
    ...(
      [
        [0, '00:00:00'],
        [59, '00:00:59'],
        [60, '00:01:00'],
        [3599, '00:59:59'],
        [3600, '01:00:00'],
        [86_399, '23:59:59'],
        [86_400, '1.00:00:00'],
        [90_061, '1.01:01:01'],
      ] as const
    ).map(
      ([retryAfterSeconds, span]) =>
        [
          'subscription',
          { code: 'quota_exceeded', retryAfterSeconds },
          429,
          { 'Retry-After': `${retryAfterSeconds}` },
          { statusCode: 429, message: `Out of call volume quota. Quota will be replenished in ${span}.` },
        ] as const,
    ),
    [
      'tenant',
      { code: 'authorizer_unavailable', retryAfterSeconds: 9 },
      503,
      { 'Retry-After': '1' },
      { error: { code: 'authorizer_unavailable', message: expect.any(String), type: expect.any(String) } },
    ],
    [
      'tenant',
      { code: 'authentication_failed', cause: 'no_key' },
      401,
      { 'WWW-Authenticate': 'Bearer realm="keywright"' },
      {
        error: {
          ...{ code: 'authentication_failed', message: 'Invalid API key provided' },
          type: 'authentication_error',
        },
      },
    ],
  ] as const)('%s: %j', (scheme, telling, status, headers, body) => {
    expect(refusalAnswer(scheme, telling as never)).toEqual({
      ...{ status, body },
      headers: { ...JSON_TYPE, ...headers },
    });
  });

  test.each([
    [
      'tenant',
      { error: { code: 'invalid_request', message: 'x', type: 'invalid_request_error', param: 'cost' } },
    ],
    ['subscription', { statusCode: 400, message: 'x' }],
  ] as const)('to a cost above a limit, %s', (scheme, body) => {
    expect(costFaultAnswer(scheme, 'x')).toEqual({ status: 400, headers: JSON_TYPE, body });
  });
});
