import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { policyAllows } from '../../core/domain/decision/access-policy.ts';
import { fingerprintOf } from '../../core/domain/keys/foreign-key.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import type { GatewayAnswer } from '../../functions/authorizer/gateway-answer.ts';
import { restEvent, STAGE_ARN, tokenEvent } from '../support/gateway-events.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

const PAYMENTS = 'api_Payments0000';
let plane: RequestPlane;
let clientKey: string;
beforeAll(async () => {
  plane = await startRequestPlane();
  clientKey = await plane.putSubscriptionApi(PAYMENTS, { clientKeyRequired: true });
  await plane.putProduct('prod_Payments0000', [PAYMENTS]);
});
afterAll(() => plane.close());
beforeEach(() => {
  plane.lines.length = 0;
  plane.calls.length = 0;
  plane.upkeep.length = 0;
  plane.beforeUpkeep = () => undefined;
});

const foreignText = () => `legacy.${randomBytes(15).toString('base64url')}`;
const sent = (text: string, tenantId = 'tenant_acme') => ({ 'x-api-key': text, 'x-tn': tenantId });
const subscribed = (text: string) => ({ 'Ocp-Apim-Subscription-Key': text, 'Client-Key': clientKey });
const handlerOf = (options: Parameters<RequestPlane['authorizer']>[0] = {}) =>
  plane.handler(plane.authorizer({ acceptsImported: true, ...options }));
const admitted = (answer: GatewayAnswer) =>
  'policyDocument' in answer && policyAllows(answer.policyDocument, `${STAGE_ARN}/GET/v1/orders/7`);
const lastCause = () => JSON.parse(plane.lines.at(-1) ?? '{}').cause;
const refusedFor = async (answer: Promise<unknown>) => {
  await expect(answer).rejects.toThrow('Unauthorized');
  return lastCause();
};

describe('a key issued elsewhere', () => {
  test.each([
    ['x-api-key', (text: string) => sent(text)],
    ['a bearer token', (text: string) => ({ authorization: `Bearer ${text}`, 'x-tn': 'tenant_acme' })],
    [
      'x-api-key beside a backend’s bearer token',
      (text: string) => ({
        ...sent(text),
        authorization: 'Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln',
      }),
    ],
  ])('is admitted in %s, as any other key of its tenant', async (_, headers) => {
    const text = foreignText();
    const { pk } = await plane.putImportedKey(text);
    const answer = await handlerOf()(restEvent({ headers: headers(text) }));
    expect(admitted(answer)).toBe(true);
    expect(answer.context).toMatchObject({
      keyId: `key_${pk.slice(5)}`,
      tenantId: 'tenant_acme',
      role: 'writer',
    });
  });

  test('is admitted by a TOKEN authorizer', async () => {
    const text = foreignText();
    await plane.putImportedKey(text);
    expect(admitted(await handlerOf()(tokenEvent(text)))).toBe(true);
  });

  test('is admitted as a subscription key, its slot in the context', async () => {
    const text = foreignText();
    const { pk } = await plane.putImportedSubscription(text);
    const answer = await handlerOf({ apiId: PAYMENTS })(restEvent({ headers: subscribed(text) }));
    expect(admitted(answer)).toBe(true);
    expect(answer.context).toMatchObject({ subscriptionId: `sub_${pk.slice(5)}`, slot: 'primary' });
  });

  test.each([
    [
      'an API key',
      async () => {
        const text = foreignText();
        await plane.putImportedKey(text);
        return { headers: sent(text), apiId: 'api_OrdersSndbox' };
      },
    ],
    [
      'a subscription key',
      async () => {
        const text = foreignText();
        await plane.putImportedSubscription(text);
        return { headers: subscribed(text), apiId: PAYMENTS };
      },
    ],
  ])(
    'costs two round trips as %s, the noting of its network, one inquiry in its life, and nothing while it is remembered',
    async (_, given) => {
      const { headers, apiId } = await given();
      const handle = handlerOf({ apiId });
      await handle(restEvent({ headers }));
      const [first, second, ...writes] = plane.calls;
      expect([first, second]).toEqual(['BatchGetItem', 'BatchGetItem']);
      expect(writes).toEqual(['PutItem']);
      expect(plane.upkeep).toHaveLength(1);
      plane.calls.length = 0;
      await handle(restEvent({ headers }));
      expect(plane.calls).toEqual([]);
      await handlerOf({ apiId })(restEvent({ headers }));
      expect(plane.calls).toEqual(['BatchGetItem', 'BatchGetItem']);
    },
  );
});

describe('refused', () => {
  test('everywhere that has not opted in, without a call', async () => {
    const text = foreignText();
    await plane.putImportedKey(text);
    expect(await refusedFor(plane.handler(plane.authorizer())(restEvent({ headers: sent(text) })))).toBe(
      'malformed_key',
    );
    expect(plane.calls).toEqual([]);
  });

  test.each([
    ['shorter than 16 characters', 'x'.repeat(15)],
    ['longer than 512', 'x'.repeat(513)],
    ['with a space', `${'x'.repeat(20)} ${'x'.repeat(20)}`],
    ['outside of ASCII', 'schlüssel-schlüssel-schlüssel'],
  ])('without a call: a text %s', async (_, text) => {
    expect(await refusedFor(handlerOf()(restEvent({ headers: sent(text) })))).toBe('malformed_key');
    expect(plane.calls).toEqual([]);
  });

  test('an unknown text, which costs as many round trips as a known one, once', async () => {
    const handle = handlerOf();
    const headers = sent(foreignText());
    expect(await refusedFor(handle(restEvent({ headers })))).toBe('unknown_key');
    expect(JSON.parse(plane.lines.at(-1) ?? '{}').keyId).toBeUndefined();
    expect(plane.calls).toEqual(['BatchGetItem', 'BatchGetItem']);
    expect(await refusedFor(handle(restEvent({ headers })))).toBe('unknown_key');
    expect(plane.calls).toHaveLength(2);
  });

  test('the fingerprint in the key’s place', async () => {
    const text = foreignText();
    await plane.putImportedKey(text);
    expect(await refusedFor(handlerOf()(restEvent({ headers: sent(fingerprintOf(text)) })))).toBe(
      'unknown_key',
    );
  });

  test.each([
    ['revoked', { status: 'revoked' }, 'key_revoked'],
    ['disabled', { status: 'disabled' }, 'key_disabled'],
    ['expired', { expiresAt: '2026-05-31T00:00:00.000Z' }, 'key_expired'],
    [
      'past its overlap',
      { secrets: [{ id: 's1', createdAt: '', hint: '', expiresAt: '2026-05-31T00:00:00.000Z' }] },
      'secret_expired',
    ],
    ['replaced', { secrets: [], digests: {} }, 'wrong_secret'],
  ] as const)('%s: as of any other key', async (_, change, cause) => {
    const text = foreignText();
    await plane.putImportedKey(text, change);
    expect(await refusedFor(handlerOf()(restEvent({ headers: sent(text) })))).toBe(cause);
  });

  test('another tenant’s, by 403', async () => {
    const text = foreignText();
    await plane.putImportedKey(text);
    const answer = await handlerOf()(restEvent({ headers: sent(text, 'tenant_other') }));
    expect(admitted(answer)).toBe(false);
    expect(lastCause()).toBe('tenant_mismatch');
  });

  test('a subscription key in the tenant scheme’s header, also while it is remembered for the other', async () => {
    const text = foreignText();
    await plane.putImportedSubscription(text);
    const handle = handlerOf({ apiId: PAYMENTS });
    expect(admitted(await handle(restEvent({ headers: subscribed(text) })))).toBe(true);
    expect(await refusedFor(handle(restEvent({ headers: sent(text, clientKey) })))).toBe('unknown_key');
  });

  test('a subscription key that is asked about without its tenant, as if sent by the other scheme', async () => {
    const text = foreignText();
    await plane.putImportedSubscription(text);
    const authorizer = plane.authorizer({ acceptsImported: true, apiId: PAYMENTS });
    const causeOf = async (headers: Record<string, string>) => {
      const request = { headers, method: 'GET', path: '/v1/orders', sourceIp: undefined, requestId: 'r' };
      const { decision } = await authorizer.authorize({ ...request, tenantHeaderVisible: false });
      return decision.allowed ? 'none' : decision.cause;
    };
    const asTenantKey = { 'x-api-key': text, 'client-key': clientKey };
    expect(await causeOf(asTenantKey)).toBe('unknown_key');
    expect(await causeOf(subscribed(text))).toBe('none');
    expect(await causeOf(asTenantKey)).toBe('unknown_key');
  });

  test('beside a key of this operator’s', async () => {
    const headers = { ...sent(foreignText()), authorization: `Bearer ${await plane.putKey()}` };
    expect(await refusedFor(handlerOf()(restEvent({ headers })))).toBe('two_keys');
  });
});

describe('the first use', () => {
  const useOf = async (place: ReturnType<typeof itemKey.credential>) => (await plane.item(place))?.imported;

  test('is noted once, however many instances see it at once', async () => {
    const text = foreignText();
    const place = await plane.putImportedKey(text);
    const at = new Date(plane.clock).toISOString();
    const handlers = [handlerOf(), handlerOf(), handlerOf()];
    const answers = await Promise.all(handlers.map((handle) => handle(restEvent({ headers: sent(text) }))));
    expect(answers.map(admitted)).toEqual([true, true, true]);
    expect(await useOf(place)).toEqual({ s1: at });
    plane.clock += 60_000;
    expect(admitted(await handlerOf()(restEvent({ headers: sent(text) })))).toBe(true);
    expect(await useOf(place)).toEqual({ s1: at });
  });

  test('that could not be noted costs nobody a request, and is noted by the next', async () => {
    const text = foreignText();
    const place = await plane.putImportedKey(text);
    plane.beforeUpkeep = () => {
      throw new Error('out of order');
    };
    expect(admitted(await handlerOf()(restEvent({ headers: sent(text) })))).toBe(true);
    expect(await useOf(place)).toEqual({ s1: null });
    plane.beforeUpkeep = () => undefined;
    expect(admitted(await handlerOf()(restEvent({ headers: sent(text) })))).toBe(true);
    expect(await useOf(place)).not.toEqual({ s1: null });
  });
});

describe('after a rotation of the pepper', () => {
  const peppers = { current: 'v2', v1: '1'.repeat(64), v2: '2'.repeat(64) };
  const newest = Pepper.parse(JSON.stringify({ current: 'v2', v2: peppers.v2 }));
  const texts = Array.from({ length: 4 }, foreignText);
  const places: Awaited<ReturnType<RequestPlane['putImportedKey']>>[] = [];
  beforeAll(async () => {
    for (const text of texts) places.push(await plane.putImportedKey(text));
    await plane.rotatePepper();
  });

  /** Whether a key can be found and verified without the version that was current before. */
  const isRenewed = async (index: number) => {
    const digest = newest.digest(fingerprintOf(texts[index] ?? ''));
    const alias = await plane.item(itemKey.alias(digest));
    const credential = await plane.item(places[index] ?? itemKey.credential(''));
    const { s1 } = Object(credential?.digests);
    return [alias !== undefined, s1.pepper === 'v2' && s1.hmac === digest.hmac];
  };

  test('a key is found under the old version, and under the new one from then on', async () => {
    expect(await isRenewed(0)).toEqual([false, false]);
    expect(admitted(await handlerOf()(restEvent({ headers: sent(texts[0] ?? '') })))).toBe(true);
    expect(await isRenewed(0)).toEqual([true, true]);
    expect(admitted(await handlerOf()(restEvent({ headers: sent(texts[0] ?? '') })))).toBe(true);
  });

  // The alias's write, the digest's, and the first use's.
  test.each([1, 2, 3])(
    'stopped before its write %i, it goes on working, and the next use finishes',
    async (write) => {
      const headers = sent(texts[write] ?? '');
      let writes = 0;
      plane.beforeUpkeep = (command) => {
        if (command !== 'GetCommand' && ++writes >= write) throw new Error('stopped');
      };
      expect(admitted(await handlerOf()(restEvent({ headers })))).toBe(true);
      expect(await isRenewed(write)).toEqual([write > 1, write > 2]);
      plane.beforeUpkeep = () => undefined;
      const again = handlerOf();
      expect(admitted(await again(restEvent({ headers })))).toBe(true);
      expect(await isRenewed(write)).toEqual([true, true]);
      const { imported } = (await plane.item(places[write] ?? itemKey.credential(''))) ?? {};
      expect(imported).toEqual({ s1: expect.any(String) });
    },
  );

  test('two instances that see the old one at once renew it together', async () => {
    const text = foreignText();
    const place = await plane.putImportedKey(text);
    const answers = await Promise.all(
      [handlerOf(), handlerOf()].map((handle) => handle(restEvent({ headers: sent(text) }))),
    );
    expect(answers.map(admitted)).toEqual([true, true]);
    const digest = newest.digest(fingerprintOf(text));
    expect((await plane.item(place))?.digests).toEqual({ s1: digest });
    expect(await plane.item(itemKey.alias(digest))).toMatchObject({ credentialId: place.pk.slice(5) });
  });
});
