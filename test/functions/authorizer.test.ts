import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import { policyAllows } from '../../core/domain/decision/access-policy.ts';
import type { DefaultLimits } from '../../core/domain/decision/limit.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { GatewayAnswers } from '../../functions/authorizer/gateway-answer.ts';
import { readGatewayEvent } from '../../functions/authorizer/gateway-event.ts';
import {
  connectEvent,
  httpEvent,
  httpEventV1,
  keyHeaders,
  restEvent,
  STAGE_ARN,
  tokenEvent,
} from '../support/gateway-events.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

let plane: RequestPlane;
beforeAll(async () => {
  plane = await startRequestPlane();
});
afterAll(() => plane.close());
beforeEach(() => {
  plane.calls.length = 0;
  plane.lines.length = 0;
});

const context = {
  tenantId: 'tenant_acme',
  environment: 'sandbox',
  keyType: 'secret',
  role: 'writer',
  permissions: '*:*',
};
const unused = (key: string) => `${key.slice(0, 8)}zzzzzzzzzzzz${key.slice(20)}`;

describe('a 401 of an HTTP API', () => {
  const refusal = async () => {
    const question = readGatewayEvent(
      httpEvent({ headers: { 'x-api-key': 'sk_dev_wrong', 'x-tn': 'tenant_acme' } }),
    );
    const outcome = await plane.authorizer().authorize(question.request);
    return { question, outcome };
  };

  test('is an error, as of a REST API', async () => {
    const { question, outcome } = await refusal();
    const answers = new GatewayAnswers({ gatewayCaches: false });
    expect(() => answers.answer(outcome, question)).toThrow(/^Unauthorized$/);
  });

  test('or a plain no, should API Gateway take the error for a failure; other APIs go on as they are', async () => {
    const { question, outcome } = await refusal();
    const answers = new GatewayAnswers({ gatewayCaches: false, httpApiUnauthenticated: 'isAuthorized' });
    expect(answers.answer(outcome, question)).toMatchObject({ isAuthorized: false });
    const rest = readGatewayEvent(restEvent({ headers: { 'x-api-key': 'sk_dev_wrong' } }));
    expect(() => answers.answer(outcome, rest)).toThrow(/^Unauthorized$/);
  });
});

describe('every kind of authorizer admits a good key, with the same context', () => {
  const arn = `${STAGE_ARN}/GET/v1/orders/7`;

  test('REST API REQUEST', async () => {
    const key = await plane.putKey();
    const answer = await plane.handler(plane.authorizer())(restEvent({ headers: keyHeaders(key) }));
    if (!('policyDocument' in answer)) throw new Error('a policy expected');
    expect(policyAllows(answer.policyDocument, arn)).toBe(true);
    expect(answer.context).toEqual({
      ...context,
      keyId: `key_${key.slice(7, 19)}`,
      secretId: expect.any(String),
      route: '/v1/orders',
    });
  });

  test('REST API TOKEN, whose tenant is the key’s own', async () => {
    const key = await plane.putKey();
    const answer = await plane.handler(plane.authorizer())(tokenEvent(`Bearer ${key}`));
    expect('policyDocument' in answer && policyAllows(answer.policyDocument, arn)).toBe(true);
    expect(answer.context).toMatchObject(context);
  });

  test('HTTP API payload 2.0, simple', async () => {
    const key = await plane.putKey();
    const answer = await plane.handler(plane.authorizer())(httpEvent({ headers: keyHeaders(key) }));
    expect(answer).toMatchObject({ isAuthorized: true, context });
  });

  test('HTTP API payload 1.0', async () => {
    const key = await plane.putKey();
    const answer = await plane.handler(plane.authorizer())(httpEventV1({ headers: keyHeaders(key) }));
    expect('policyDocument' in answer && policyAllows(answer.policyDocument, arn)).toBe(true);
  });

  test('a socket’s opening has a policy of its own, also where `POST /connect` was decided on before it', async () => {
    const headers = keyHeaders(await plane.putKey({ permissions: ['connect:write'] }));
    const handle = plane.handler(plane.authorizer());
    for (const event of [
      restEvent({ headers, method: 'POST', path: '/connect' }),
      connectEvent({ headers }),
    ]) {
      const answer = await handle(event);
      const arn = String(event.methodArn);
      expect([arn, 'policyDocument' in answer && policyAllows(answer.policyDocument, arn)]).toEqual([
        arn,
        true,
      ]);
    }
  });

  test('WebSocket $connect, which takes connect:write', async () => {
    const connect = connectEvent({ headers: keyHeaders(await plane.putKey()) });
    const answer = await plane.handler(plane.authorizer())(connect);
    expect('policyDocument' in answer && policyAllows(answer.policyDocument, `${STAGE_ARN}/$connect`)).toBe(
      true,
    );
    const reader = connectEvent({ headers: keyHeaders(await plane.putKey({ role: 'reader' })) });
    const refused = await plane.handler(plane.authorizer())(reader);
    expect('policyDocument' in refused && policyAllows(refused.policyDocument, `${STAGE_ARN}/$connect`)).toBe(
      false,
    );
  });
});

describe('refusals', () => {
  const unauthorized = { message: 'Unauthorized' };

  test('unknown, wrong, revoked, disabled and expired keys all reject with exactly Unauthorized', async () => {
    const handle = plane.handler(plane.authorizer());
    const good = await plane.putKey();
    const other = plane.format.mint('sk', 'sandbox', good.slice(7, 19), (n) => Buffer.alloc(n, 7));
    const never = plane.format.mint('sk', 'sandbox', 'NeverStored0', (n) => Buffer.alloc(n, 7));
    const causes: [string, string][] = [
      ['unknown_key', never],
      ['wrong_secret', other],
      ['key_revoked', await plane.putKey({ status: 'revoked' })],
      ['key_disabled', await plane.putKey({ status: 'disabled' })],
      ['key_expired', await plane.putKey({ expiresAt: '2026-06-01T12:00:00.000Z' })],
      ['malformed_key', unused(good)],
    ];
    for (const [cause, key] of causes) {
      for (const event of [restEvent, httpEvent]) {
        await expect(handle(event({ headers: keyHeaders(key) }))).rejects.toMatchObject(unauthorized);
        expect(JSON.parse(plane.lines.at(-1) ?? '')).toMatchObject({ cause, Refused: 1 });
      }
    }
    await expect(handle(restEvent({ headers: { 'x-api-key': good } }))).rejects.toMatchObject(unauthorized);
    expect(JSON.parse(plane.lines.at(-1) ?? '')).toMatchObject({ cause: 'no_tenant' });
    expect(plane.lines.join('\n')).not.toContain(good.slice(20, 40));
  });

  test('a 403 is a policy that denies everything, and its context gives the code', async () => {
    const key = await plane.putKey({ allowedCidrs: ['198.51.100.0/24'] });
    const answer = await plane.handler(plane.authorizer())(restEvent({ headers: keyHeaders(key) }));
    if (!('policyDocument' in answer)) throw new Error('a policy expected');
    expect(answer.policyDocument.Statement).toEqual([
      { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: [`${STAGE_ARN}/*`] },
    ]);
    expect(answer.context).toMatchObject({ errorCode: 'network_not_allowed', errorType: 'permission_error' });
    expect(await plane.handler(plane.authorizer())(httpEvent({ headers: keyHeaders(key) }))).toMatchObject({
      isAuthorized: false,
    });
  });

  test('a key restricted to networks or origins is refused where none can be seen', async () => {
    const key = await plane.putKey({ allowedCidrs: ['0.0.0.0/0'] });
    const answer = await plane.handler(plane.authorizer())(tokenEvent(key));
    expect(answer.context).toMatchObject({ errorCode: 'network_not_allowed' });
  });

  test('a permission that is missing on this route leaves the others in the policy', async () => {
    const key = await plane.putKey({ role: 'orders-reader' });
    const answer = await plane.handler(plane.authorizer())(
      restEvent({ headers: keyHeaders(key), path: '/v1/customers' }),
    );
    if (!('policyDocument' in answer)) throw new Error('a policy expected');
    expect(answer.context).toMatchObject({ errorCode: 'insufficient_permissions' });
    expect(policyAllows(answer.policyDocument, `${STAGE_ARN}/GET/v1/customers`)).toBe(false);
    expect(policyAllows(answer.policyDocument, `${STAGE_ARN}/GET/v1/orders/1`)).toBe(true);
  });

  test('an admission that API Gateway keeps says what other routes are refused with', async () => {
    const key = await plane.putKey();
    const kept = await plane.handler(plane.authorizer(), { gatewayCaches: true })(
      restEvent({ headers: keyHeaders(key) }),
    );
    expect(kept.context).toMatchObject({ errorCode: 'insufficient_permissions' });
    const fresh = await plane.handler(plane.authorizer())(restEvent({ headers: keyHeaders(key) }));
    expect(fresh.context).not.toHaveProperty('errorCode');
  });

  test('a key restricted to origins is refused where API Gateway keeps answers for other origins', async () => {
    const key = await plane.putKey({ allowedOrigins: ['https://shop.example'] });
    const event = restEvent({ headers: { ...keyHeaders(key), origin: 'https://shop.example' } });
    const kept = plane.handler(plane.authorizer({ gatewayCaches: true }), { gatewayCaches: true });
    expect((await kept(event)).context).toMatchObject({ errorCode: 'origin_not_allowed' });
    expect((await plane.handler(plane.authorizer())(event)).context).toMatchObject(context);
  });

  test('a preflight passes without a key, and only for its own path', async () => {
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'GET' };
    const handle = plane.handler(plane.authorizer());
    for (const path of ['/v1/a', '/v1/b']) {
      const answer = await handle(restEvent({ headers, method: 'OPTIONS', path }));
      expect(
        'policyDocument' in answer && policyAllows(answer.policyDocument, `${STAGE_ARN}/OPTIONS${path}`),
      ).toBe(true);
      expect(
        'policyDocument' in answer && policyAllows(answer.policyDocument, `${STAGE_ARN}/GET${path}`),
      ).toBe(false);
    }
    expect(plane.calls).toEqual([]);
  });
});

describe('the cost of a decision', () => {
  test('a known key costs one read when first seen, and none until the record is too old', async () => {
    const key = await plane.putKey();
    const authorizer = plane.authorizer();
    const ask = (path = '/v1/orders/7') =>
      plane.handler(authorizer)(restEvent({ headers: keyHeaders(key), path }));
    await ask();
    expect(plane.calls).toEqual(['BatchGetItem', 'PutItem']);
    await ask();
    await ask('/v1/orders/8');
    expect(plane.calls).toHaveLength(2);
    plane.clock += 2999;
    await ask();
    expect(plane.calls).toHaveLength(2);
    plane.clock += 1;
    await ask();
    expect(plane.calls).toEqual(['BatchGetItem', 'PutItem', 'BatchGetItem']);
  });

  test('50 concurrent misses on one key make one read and one note', async () => {
    const key = await plane.putKey();
    const handle = plane.handler(plane.authorizer());
    await Promise.all(Array.from({ length: 50 }, () => handle(restEvent({ headers: keyHeaders(key) }))));
    expect(plane.calls).toEqual(['BatchGetItem', 'PutItem']);
  });

  test('the same unknown key twice costs one read; a malformed one none', async () => {
    const handle = plane.handler(plane.authorizer());
    const never = plane.format.mint('sk', 'sandbox', 'NeverStored1', (n) => Buffer.alloc(n, 9));
    for (const key of [never, never, unused(never), 'x'.repeat(100_000)]) {
      await expect(handle(restEvent({ headers: keyHeaders(key) }))).rejects.toThrow('Unauthorized');
    }
    expect(plane.calls).toEqual(['BatchGetItem']);
  });

  test('what keys share is read once a second, not once for each of them', async () => {
    const read: string[] = [];
    const authorizer = plane.authorizer({
      dynamodb: (call) => (operation, input) => {
        const { RequestItems } = input as {
          RequestItems?: Record<string, { Keys: { pk: { S: string } }[] }>;
        };
        read.push(...Object.values(RequestItems ?? {}).flatMap(({ Keys }) => Keys.map(({ pk }) => pk.S)));
        return call(operation, input);
      },
    });
    const see = async () =>
      plane.handler(authorizer)(restEvent({ headers: keyHeaders(await plane.putKey()) }));
    const shared = () => read.filter((pk) => /^(API|TENANT)#/.test(pk));
    for (let i = 0; i < 5; i++) await see();
    expect(shared()).toEqual(['API#api_OrdersSndbox', 'TENANT#tenant_acme']);
    plane.clock += 1000;
    for (let i = 0; i < 5; i++) await see();
    expect(shared()).toHaveLength(4);
    expect(read.filter((pk) => pk.startsWith('CRED#'))).toHaveLength(10);
  });

  test('a decision on shared records that were read before it holds for as much shorter', async () => {
    const first = await plane.putKey();
    const second = await plane.putKey();
    const handle = plane.handler(plane.authorizer());
    const ask = (key: string) => handle(restEvent({ headers: keyHeaders(key) }));
    await ask(first);
    plane.clock += 900;
    await ask(second);
    plane.calls.length = 0;
    plane.clock += 2099;
    await ask(second);
    expect(plane.calls).toEqual([]);
    plane.clock += 1;
    await ask(second);
    expect(plane.calls).toEqual(['BatchGetItem']);
  });

  test('guessing keys pushes no admitted key out of memory', async () => {
    const key = await plane.putKey();
    const handle = plane.handler(plane.authorizer({ cacheEntries: 10 }));
    await handle(restEvent({ headers: keyHeaders(key) }));
    for (let i = 0; i < 30; i++) {
      const guess = plane.format.mint('sk', 'sandbox', `Guess${100_0000 + i}`, (n) => Buffer.alloc(n, i));
      await handle(restEvent({ headers: keyHeaders(guess) })).catch(() => undefined);
    }
    plane.calls.length = 0;
    await handle(restEvent({ headers: keyHeaders(key) }));
    expect(plane.calls).toEqual([]);
  });
});

describe('what has changed is seen when the record is too old', () => {
  test.each([
    ['a revocation', { status: 'revoked' as const }],
    ['another role', { role: 'orders-reader' }],
  ])('%s', async (_, change) => {
    const key = await plane.putKey();
    const handle = plane.handler(plane.authorizer());
    const write = restEvent({ headers: keyHeaders(key), method: 'POST' });
    const admitted = async () => {
      const answer = await handle(write).catch(() => undefined);
      return (
        answer !== undefined &&
        'policyDocument' in answer &&
        policyAllows(answer.policyDocument, `${write.methodArn}`)
      );
    };
    expect(await admitted()).toBe(true);
    await plane.changeKey(key, change);
    plane.clock += 3000;
    expect(await admitted()).toBe(false);
  });

  test('a key is never used past its own end, however fresh the record', async () => {
    const key = await plane.putKey({ expiresAt: new Date(plane.clock + 1000).toISOString() });
    const handle = plane.handler(plane.authorizer());
    await handle(restEvent({ headers: keyHeaders(key) }));
    plane.clock += 1000;
    await expect(handle(restEvent({ headers: keyHeaders(key) }))).rejects.toThrow('Unauthorized');
  });
});

describe('new networks', () => {
  const from = (key: string, sourceIp: string) => restEvent({ headers: keyHeaders(key), sourceIp });
  const seen = (key: string, network: string) => plane.item(itemKey.seenNetwork(key.slice(7, 19), network));

  test('20 instances at once write one event for one network', async () => {
    const key = await plane.putKey();
    const network = '203.0.113.0/24';
    const answers = Array.from({ length: 20 }, (_, i) =>
      plane.handler(plane.authorizer())(from(key, `203.0.113.${i}`)),
    );
    await Promise.all(answers);
    const first = (await seen(key, network))?.lastEvent;
    expect(first).toMatchObject({
      type: 'apiKey.usedFromNewIp',
      tenantId: 'tenant_acme',
      subject: { type: 'apiKey', id: `key_${key.slice(7, 19)}` },
      data: { network },
    });
    await plane.handler(plane.authorizer())(from(key, '203.0.113.99'));
    expect((await seen(key, network))?.lastEvent).toEqual(first);
  });

  test('a known network is not written again until the last third of its 90 days', async () => {
    const key = await plane.putKey();
    await plane.handler(plane.authorizer())(from(key, '203.0.113.7'));
    const days = 24 * 3600 * 1000;
    plane.clock += 59 * days;
    plane.calls.length = 0;
    await plane.handler(plane.authorizer())(from(key, '203.0.113.8'));
    expect(plane.calls).toEqual(['BatchGetItem']);
    plane.clock += 2 * days;
    await plane.handler(plane.authorizer())(from(key, '203.0.113.8'));
    const item = await seen(key, '203.0.113.0/24');
    expect(item?.ttl).toBe(Math.floor(plane.clock / 1000) + 90 * 24 * 3600);
    expect(item).not.toHaveProperty('lastEvent');
  });

  test('publishable keys and refused requests note nothing', async () => {
    await plane.putApi('api_Public000000', 'sandbox', [{ method: 'GET', path: '/v1/catalog', public: true }]);
    const publishable = await plane.putKey({ type: 'publishable' });
    const handle = plane.handler(plane.authorizer({ apiId: 'api_Public000000' }));
    await handle(restEvent({ headers: keyHeaders(publishable), path: '/v1/catalog' }));
    const restricted = await plane.putKey({ allowedCidrs: ['198.51.100.0/24'] });
    await handle(from(restricted, '203.0.113.7'));
    expect(plane.calls).toEqual(['BatchGetItem', 'BatchGetItem']);
  });
});

describe('pepper rotation', () => {
  test('old digests keep verifying and are rewritten under the current version on use', async () => {
    const key = await plane.putKey();
    await plane.rotatePepper();
    await plane.handler(plane.authorizer())(restEvent({ headers: keyHeaders(key) }));
    const stored = await plane.item(itemKey.credential(key.slice(7, 19)));
    expect(stored?.digests).toMatchObject({ s1: { pepper: 'v2' } });
    const answer = await plane.handler(plane.authorizer())(restEvent({ headers: keyHeaders(key) }));
    expect(answer.context).toMatchObject({ tenantId: 'tenant_acme' });
  });
});

describe('a store that fails', () => {
  test('is a 503 for a key that is not remembered, and is asked again', async () => {
    const key = await plane.putKey();
    let down = true;
    const dynamodb =
      (call: AwsCall): AwsCall =>
      (operation, input) =>
        down ? Promise.reject(new Error('connect ECONNREFUSED')) : call(operation, input);
    const handle = plane.handler(plane.authorizer({ dynamodb }));
    await expect(handle(restEvent({ headers: keyHeaders(key) }))).rejects.toThrow('authorizer_unavailable');
    expect(plane.lines.join('\n')).toContain('AuthorizerUnavailable');
    down = false;
    await expect(handle(restEvent({ headers: keyHeaders(key) }))).resolves.toMatchObject({ context });
  });

  test('a network that can’t be noted does not cost the caller the request', async () => {
    const key = await plane.putKey();
    const dynamodb =
      (call: AwsCall): AwsCall =>
      (operation, input) =>
        operation === 'PutItem' ? Promise.reject(new Error('throttled')) : call(operation, input);
    const handle = plane.handler(plane.authorizer({ dynamodb }));
    await expect(handle(restEvent({ headers: keyHeaders(key) }))).resolves.toMatchObject({ context });
    expect(plane.lines.join('\n')).toContain('a network was not noted');
  });

  test('an API that does not exist is a 503, not an admission', async () => {
    const key = await plane.putKey();
    const handle = plane.handler(plane.authorizer({ apiId: 'api_Missing00000' }));
    await expect(handle(restEvent({ headers: keyHeaders(key) }))).rejects.toThrow('authorizer_unavailable');
  });
});

describe('limits in the context', () => {
  test('are the key’s own, where it has any', async () => {
    const rateLimits = [
      { limit: 1000, windowSeconds: 60 },
      { limit: 10, windowSeconds: 1 },
    ];
    const key = await plane.putKey({ rateLimits });
    const answer = await plane.handler(plane.authorizer())(httpEvent({ headers: keyHeaders(key) }));
    expect(answer.context).toMatchObject({ limits: '10/1 1000/60' });
  });

  test('are those of its environment, where it has none, and absent where that has none', async () => {
    const headers = keyHeaders(await plane.putKey());
    const question = readGatewayEvent(httpEvent({ headers }));
    const outcome = await plane.authorizer().authorize(question.request);
    const contextWith = (sandbox: DefaultLimits['sandbox']) =>
      new GatewayAnswers({ gatewayCaches: false, defaultLimits: { sandbox, live: [] } }).answer(
        outcome,
        question,
      ).context;
    expect(contextWith([{ limit: 5, period: 60 }])).toMatchObject({ limits: '5/60' });
    expect(contextWith([])).not.toHaveProperty('limits');
  });
});
