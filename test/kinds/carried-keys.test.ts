import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KeyFormat, type KeyKind } from '../../core/domain/keys/key-format.ts';
import { carriesKey } from '../../core/management/carried-key.ts';
import type { TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement, type TestRequest } from '../support/management.ts';

const PATH = 'PATCH /v1/tenants/tenant_own';
const format = new KeyFormat();
const newKey = (kind: KeyKind = 'sk') => format.mint(kind, 'live', '0123456789AB', randomBytes);

/** Nothing is stored or read to refuse. */
const management = new TestManagement({ main: {}, audit: {}, regional: {}, settle() {} } as TestDynamoDb);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (text: string) => Buffer.from(text).toString('base64url');
const percent = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const lines = (text: string) =>
  base64(`a longer text, as mail has them: ${text}`).replace(/.{76}/g, '$&\r\n');

/** How a key can be written. */
const WRITTEN: Record<string, (key: string) => string> = {
  plainly: (key) => key,
  'with one escape': (key) => key.replace('_', '%5F'),
  'with one escape, in lower case': (key) => key.replaceAll('_', '%5f'),
  'percent-encoded': percent,
  'percent-encoded twice': (key) => percent(key).replaceAll('%', '%25'),
  'after an escaped quote': (key) => `%22${key}%22`,
  'in base64': base64,
  'in base64url': base64url,
  'in base64, after something': (key) => base64(`user:${key}`),
  'in base64, after something else': (key) => base64(`some-one:${key}:x`),
  'in base64 that follows a slash': (key) => `a/${base64(key)}`,
  'in base64, percent-encoded': (key) => encodeURIComponent(base64(`${key}??>>`)),
  'in base64 of many lines': lines,
};
/** Where it can stand. */
const PLACED: Record<string, (text: string) => TestRequest> = {
  'an Authorization header': (text) => ({ headers: { authorization: `Basic ${text}` } }),
  'any header': (text) => ({ headers: { 'x-note': `see ${text}, please` } }),
  'a referrer': (text) => ({ headers: { referer: `https://example.com/?a=${text}&b=1` } }),
  'a cookie': (text) => ({ event: { cookies: ['a=1', `key=${text}; Path=/`] } }),
  'a parameter': (text) => ({ query: { a: text } }),
  'the query as it was sent': (text) => ({ event: { rawQueryString: `a=${text}` } }),
  'the path': (text) => ({ event: { rawPath: `/v1/tenants/${text}` } }),
  'a part of the path': (text) => ({ event: { pathParameters: { tenantId: text } } }),
  'a field of the body': (text) => ({ body: { name: text } }),
  'the body': (text) => ({ text }),
};

describe.each(Object.entries(PLACED))('a key in %s is found', (_, place) => {
  test.each(Object.entries(WRITTEN))('%s', async (__, write) => {
    for (const kind of ['sk', 'pk', 'sub', 'ck'] as const) {
      const key = newKey(kind);
      const answer = await management.call(PATH, place(write(key)));
      expect(answer).toMatchObject({ status: 403, body: { error: { code: 'key_not_accepted' } } });
      expect(answer.text).not.toContain(key);
    }
  });
});

test('the size of a body is looked at before anything is searched for', async () => {
  const large = `{"name":"${'x'.repeat(300_000)}${newKey()}"}`;
  const encoded = { body: base64(large), isBase64Encoded: true };
  for (const request of [{ text: large }, { event: encoded }]) {
    expect(await management.call(PATH, request)).toMatchObject({
      status: 413,
      body: { error: { code: 'body_too_large' } },
    });
  }
});

test('a search takes time that grows with the text alone, whatever is in it', () => {
  const hostile = [
    '%',
    '%2',
    '%25',
    'A',
    'sk_live_',
    `sk_live_${'A'.repeat(49)}-`,
    '\\u0073',
    '"',
    'A/',
    '=',
  ];
  for (const part of hostile) {
    const body = part.repeat(Math.floor(262_144 / part.length));
    const event = { headers: { 'x-note': body.slice(0, 8000) }, rawPath: '/', rawQueryString: '' } as never;
    const start = performance.now();
    expect(carriesKey(event, body, format)).toBe(false);
    expect([part, performance.now() - start < 1000]).toEqual([part, true]);
  }
});

describe('what is no key is let through', () => {
  const event = (headers: Record<string, string>) =>
    ({ headers, rawPath: '/v1/tenants', rawQueryString: '' }) as never;

  test('tokens, ids, hashes, and other people’s base64', () => {
    const token = fc
      .tuple(
        fc.uint8Array({ minLength: 20, maxLength: 60 }),
        fc.jsonValue(),
        fc.uint8Array({ minLength: 256, maxLength: 256 }),
      )
      .map(([kid, claims, signature]) =>
        [
          base64url(JSON.stringify({ alg: 'RS256', kid: Buffer.from(kid).toString('base64') })),
          base64url(JSON.stringify({ sub: 'x', claims })),
          Buffer.from(signature).toString('base64url'),
        ].join('.'),
      );
    const anything = fc.oneof(
      token,
      fc.base64String({ maxLength: 400 }),
      fc.string(),
      fc.webUrl({ withQueryParameters: true }),
    );
    fc.assert(
      fc.property(token, anything, anything, (bearer, header, body) => {
        expect(carriesKey(event({ authorization: `Bearer ${bearer}`, 'x-note': header }), body, format)).toBe(
          false,
        );
      }),
      { numRuns: 300 },
    );
  });

  test('and a key with a wrong character, however it is written', () => {
    const key = newKey();
    const damaged = `${key.slice(0, 20)}${key[20] === 'a' ? 'b' : 'a'}${key.slice(21)}`;
    for (const write of Object.values(WRITTEN)) {
      expect(carriesKey(event({ 'x-note': write(damaged) }), write(damaged), format)).toBe(false);
    }
  });
});
