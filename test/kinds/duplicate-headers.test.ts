import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Authorizer } from '../../core/access/authorizer.ts';
import { type Headers, readCredentials } from '../../core/domain/decision/credentials.ts';
import { KeyFormat, type KeyKind } from '../../core/domain/keys/key-format.ts';
import { readGatewayEvent } from '../../functions/authorizer/gateway-event.ts';
import { httpEvent, restEvent } from '../support/gateway-events.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

const PAYMENTS = 'api_Payments0000';
const KINDS: readonly KeyKind[] = ['pk', 'sk', 'sub', 'ck'];
const KEY_HEADERS = ['x-api-key', 'authorization', 'ocp-apim-subscription-key', 'client-key'] as const;
const format = new KeyFormat();
const mint = (kind: KeyKind) => format.mint(kind, 'sandbox', randomBytes(6).toString('hex'), randomBytes);
const read = (headers: Headers, acceptsForeign = false) =>
  readCredentials(headers, 'GET', format, acceptsForeign);

/** Ways in which the name of one header can be written. */
const spellingsOf = (name: string) => [
  name,
  name.toUpperCase(),
  name.replace(/(^|-)./g, (start) => start.toUpperCase()),
  name.replace(/./g, (letter, i) => (i % 2 === 0 ? letter.toUpperCase() : letter)),
];
const valueIn = (name: string, text: string) => (name === 'authorization' ? `Bearer ${text}` : text);

/** Every way in which one header may be sent twice: by two spellings, as a list, and joined by a proxy. */
function repeats(name: string, first: string, second: string): Headers[] {
  const [a, b] = [valueIn(name, first), valueIn(name, second)];
  const [one = '', ...others] = spellingsOf(name);
  return [
    ...others.flatMap((other) => [
      { [one]: a, [other]: b },
      { [other]: a, [one]: b },
      { [one]: [a], [other]: [b] },
    ]),
    ...spellingsOf(name).flatMap((each) => [
      { [each]: [a, b] },
      { [each]: `${a},${b}` },
      { [each]: `${a}, ${b}` },
      { [each]: `${a} \t,\t ${b}` },
      { [each]: [`${a}, ${a}`, b] },
      { [each]: `,${a},,${b},` },
    ]),
  ];
}

describe('two different keys in one request', () => {
  const pairs = KINDS.flatMap((first) => KINDS.map((second) => [first, second] as const));

  test.each(pairs)(
    '%s and %s are refused in one header, however it is spelled or repeated',
    (first, second) => {
      for (const name of KEY_HEADERS) {
        for (const headers of repeats(name, mint(first), mint(second))) {
          for (const acceptsForeign of [false, true]) {
            const { key, clientKey } = read(headers, acceptsForeign);
            expect([headers, key]).toEqual([headers, undefined]);
            expect(clientKey ?? '').toBe('');
          }
        }
      }
    },
  );

  test.each(pairs)('%s and %s are refused in two headers, in whatever order', (first, second) => {
    const [a, b] = [mint(first), mint(second)];
    for (const one of KEY_HEADERS) {
      for (const other of KEY_HEADERS) {
        // A client key in its own header is no second key: it goes with the other.
        if (
          one === other ||
          (one === 'client-key' && first === 'ck') ||
          (other === 'client-key' && second === 'ck')
        )
          continue;
        for (const spelled of spellingsOf(one)) {
          const headers = { [spelled]: valueIn(one, a), [other]: valueIn(other, b) };
          for (const each of [headers, Object.fromEntries(Object.entries(headers).reverse())]) {
            expect([each, read(each).key]).toEqual([each, undefined]);
            expect([each, read(each, true).key]).toEqual([each, undefined]);
          }
        }
      }
    }
  });

  test('are refused too where one of them is told by another scheme of Authorization', () => {
    const [key, other] = [mint('sk'), mint('sk')];
    for (const authorization of [
      other,
      `Basic ${other}`,
      `ApiKey ${other}`,
      `Key key="${other}"`,
      `bearer\t${other}`,
    ]) {
      expect(read({ 'x-api-key': key, authorization })).toMatchObject({
        key: undefined,
        problem: 'two_keys',
      });
    }
  });

  test('are refused where one is no key of ours in a header for keys', () => {
    const foreign = 'legacy.0123456789abcdef';
    for (const acceptsForeign of [false, true]) {
      for (const headers of [
        { 'x-api-key': foreign, authorization: `Bearer ${mint('sk')}` },
        { 'x-api-key': foreign, 'ocp-apim-subscription-key': mint('sub') },
        { 'x-api-key': mint('sk'), 'ocp-apim-subscription-key': foreign },
        { 'x-api-key': foreign, 'ocp-apim-subscription-key': 'legacy.fedcba9876543210' },
        { 'x-api-key': `${foreign},${mint('sk')}` },
        { 'x-api-key': foreign, 'X-API-KEY': mint('sk') },
        // Which scheme's key it is can't be known.
        { 'x-api-key': foreign, 'ocp-apim-subscription-key': foreign },
      ]) {
        expect(read(headers, acceptsForeign).key).toBeUndefined();
      }
    }
  });
});

describe('one key', () => {
  test.each(['pk', 'sk'] as const)('(%s) is one key, wherever and however often it stands', (kind) => {
    const key = mint(kind);
    for (const name of ['x-api-key', 'authorization'] as const) {
      for (const headers of repeats(name, key, key)) {
        expect([headers, read(headers).key?.text]).toEqual([headers, key]);
      }
    }
    for (const headers of [
      { 'x-api-key': key, authorization: `Bearer ${key}` },
      { 'x-api-key': key, Authorization: key, 'ocp-apim-subscription-key': key, 'client-key': key },
      { 'x-api-key': ` ${key}\t` },
      { authorization: `Bearer\t${key}` },
      { authorization: `bEARER \t ${key} ` },
      { 'x-api-key': '', authorization: `Bearer ${key}` },
      { 'x-api-key': ['', ' '], authorization: [`Bearer ${key}`] },
      { 'x-api-key': key, authorization: '' },
      { 'x-api-key': key, authorization: 'Bearer' },
      { 'x-api-key': key, 'ocp-apim-subscription-key': '\t' },
      { 'x-api-key': [key, ''], 'X-Api-Key': ', ,' },
    ]) {
      expect([headers, read(headers).key?.text]).toEqual([headers, key]);
    }
  });

  test('of a subscription is one beside its client key and a bearer token', () => {
    const [key, clientKey] = [mint('sub'), mint('ck')];
    const token = 'eyJhbGciOi.J9.x';
    for (const headers of repeats('ocp-apim-subscription-key', key, key)) {
      expect(read({ ...headers, authorization: `Bearer ${token}`, 'client-key': clientKey })).toMatchObject({
        key: { text: key },
        clientKey,
        token,
      });
    }
    expect(read({ 'x-api-key': key, 'ocp-apim-subscription-key': key }).key?.text).toBe(key);
    expect(read({ 'ocp-apim-subscription-key': key, 'client-key': [clientKey, clientKey] }).clientKey).toBe(
      clientKey,
    );
    // Nobody knows which of two is meant, so it is none.
    expect(read({ 'ocp-apim-subscription-key': key, 'client-key': `${clientKey}, x` }).clientKey).toBe('');
  });

  test('that was issued elsewhere may hold a comma', () => {
    const foreign = 'legacy,0123456789,abcdef';
    expect(read({ 'x-api-key': foreign }, true).key?.text).toBe(foreign);
    expect(read({ 'x-api-key': [foreign, foreign], 'X-Api-Key': foreign }, true).key?.text).toBe(foreign);
  });

  test('is not found where nothing but blanks, commas or other types stand', () => {
    const strange = { 'x-api-key': null, 'X-API-KEY': 7, authorization: { a: 1 }, 'x-tn': [null, [], ''] };
    expect(read(strange as unknown as Headers)).toMatchObject({ problem: 'no_key', tenantId: undefined });
    expect(read({ 'x-api-key': ' ,\t, ' }).problem).toBe('no_key');
    expect(read({ 'x-api-key': ` a${' '.repeat(100_000)}b ` }).problem).toBe('malformed_key');
  });
});

describe('at an authorizer', () => {
  let plane: RequestPlane;
  let payments: Authorizer;
  let keys: Record<KeyKind, string[]>;
  beforeAll(async () => {
    plane = await startRequestPlane();
    const clientKey = await plane.putSubscriptionApi(PAYMENTS);
    await plane.putProduct('prod_Payments0000', [PAYMENTS]);
    await plane.putTenant({ tenantId: 'tenant_other', status: 'active', roles: {} });
    const { primary, secondary } = await plane.putSubscription();
    const pair = (change = {}) => Promise.all([plane.putKey(change), plane.putKey(change)]);
    keys = {
      sk: await pair(),
      pk: await pair({ type: 'publishable' }),
      sub: [primary, secondary],
      ck: [clientKey, mint('ck')],
    };
    payments = plane.authorizer({ apiId: PAYMENTS });
  });
  afterAll(() => plane.close());
  const orders = (change = {}) => plane.authorizer({ ...change });
  const decide = async (authorizer: Authorizer, headers: Headers, event: 'rest' | 'http' = 'rest') => {
    const made = (event === 'rest' ? restEvent : httpEvent)({ headers: {} });
    const sent = event === 'rest' ? { multiValueHeaders: headers } : { headers };
    const { decision } = await authorizer.authorize(readGatewayEvent({ ...made, ...sent }).request);
    return decision.allowed ? 'admitted' : `${decision.code} ${decision.cause}`;
  };

  test('two different stored keys never admit anybody, whatever their kinds, headers, spellings and order', async () => {
    const placed = fc.record({
      kind: fc.constantFrom(...KINDS),
      which: fc.constantFrom(0, 1),
      header: fc.constantFrom(...KEY_HEADERS),
      spelling: fc.nat({ max: 3 }),
      around: fc.constantFrom('', ' ', '\t'),
    });
    const apis = [orders(), payments];
    await fc.assert(
      fc.asyncProperty(fc.array(placed, { minLength: 2, maxLength: 4 }), fc.boolean(), async (all, joins) => {
        const counted = all.filter(({ kind, header }) => !(kind === 'ck' && header === 'client-key'));
        const texts = new Set(counted.map(({ kind, which }) => keys[kind][which]));
        fc.pre(texts.size > 1);
        const values: Record<string, string[]> = { 'x-tn': ['tenant_acme'] };
        for (const { kind, which, header, spelling, around } of all) {
          const name = spellingsOf(header)[spelling] ?? header;
          values[name] = [
            ...(values[name] ?? []),
            `${around}${valueIn(header, keys[kind][which] ?? '')}${around}`,
          ];
        }
        const headers = joins
          ? Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.join(',')]))
          : values;
        for (const api of apis) expect(await decide(api, headers)).toMatch(/^authentication_failed /);
      }),
      { numRuns: 400 },
    );
  });

  test('two tenants are refused by both schemes, one that comes twice is one', async () => {
    const [key = ''] = keys.sk;
    const [subscriptionKey = ''] = keys.sub;
    for (const headers of repeats('x-tn', 'tenant_acme', 'tenant_other')) {
      expect(await decide(orders(), { 'x-api-key': key, ...headers })).toBe(
        'tenant_mismatch tenant_mismatch',
      );
      const subscribed = { 'ocp-apim-subscription-key': subscriptionKey, ...headers };
      expect(await decide(payments, subscribed)).toBe('tenant_mismatch tenant_mismatch');
    }
    for (const headers of repeats('x-tn', 'tenant_acme', 'tenant_acme')) {
      expect(await decide(orders(), { 'x-api-key': key, ...headers })).toBe('admitted');
    }
    expect(await decide(payments, { 'ocp-apim-subscription-key': subscriptionKey })).toBe('admitted');
    for (const empty of ['', ' ', ',', [' ', '']]) {
      const headers = { 'x-api-key': key, 'x-tn': empty };
      expect(await decide(orders(), headers)).toBe('authentication_failed no_tenant');
    }
  });

  test('two origins are none of a key that is bound to one, and one that comes twice is one', async () => {
    const key = await plane.putKey({ allowedOrigins: ['https://shop.example', 'https://*.example.com'] });
    const common = { 'x-api-key': key, 'x-tn': 'tenant_acme' };
    for (const other of ['https://evil.example', 'https://a.example.com', 'null', 'x']) {
      for (const headers of repeats('origin', 'https://shop.example', other)) {
        expect(await decide(orders(), { ...common, ...headers })).toBe(
          'origin_not_allowed origin_not_allowed',
        );
      }
    }
    for (const headers of repeats('origin', 'https://shop.example', 'https://shop.example')) {
      expect(await decide(orders(), { ...common, ...headers })).toBe('admitted');
    }
  });

  test('an HTTP API, which joins repeats, says the same as a REST API, which lists them', async () => {
    const [key = '', other = ''] = keys.sk;
    for (const [sent, decision] of [
      [[key, other], 'authentication_failed two_keys'],
      [[key, key], 'admitted'],
      [[key, ''], 'admitted'],
    ] as const) {
      expect(await decide(orders(), { 'X-Api-Key': sent, 'x-tn': 'tenant_acme' })).toBe(decision);
      const joined = { 'x-api-key': sent.join(','), 'x-tn': 'tenant_acme' };
      expect(await decide(orders(), joined, 'http')).toBe(decision);
    }
  });

  test('no empty header makes a preflight of a request', async () => {
    const half = { origin: 'https://shop.example', 'access-control-request-method': '' };
    expect(readCredentials(half, 'OPTIONS', format, false).preflight).toBe(false);
    const none = { origin: '', 'access-control-request-method': 'GET' };
    expect(readCredentials(none, 'OPTIONS', format, false).preflight).toBe(false);
  });
});
