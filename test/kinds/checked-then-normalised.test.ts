import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normalizeCidr, normalizeOrigin } from '../../core/domain/keys/key-restriction.ts';
import { decodeCursor, encodeCursor } from '../../core/management/cursor.ts';
import { limit, permission, tenantId, time } from '../../core/management/schemas/fields.ts';
import { keyRow } from '../../core/management/schemas/key-schemas.ts';
import { exactText, maybeWords, words } from '../../core/management/schemas/texts.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { NEW_KEY } from '../support/four-eyes.ts';
import { TestManagement } from '../support/management.ts';

const RUNS = { numRuns: 500 };

describe('what is accepted is in its one form, and is accepted again as it is', () => {
  const digits = (most: number) => fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'));
  const offset = fc.oneof(
    fc.constant('Z'),
    fc.tuple(fc.constantFrom('+', '-'), digits(23), digits(59)).map(([sign, h, m]) => `${sign}${h}:${m}`),
  );
  const written = fc
    .tuple(
      fc.constantFrom('0000', '0001', '1969', '1970', '2026', '9998', '9999'),
      fc.constantFrom('01-01', '02-28', '02-29', '06-30', '12-31'),
      digits(24),
      digits(60),
      fc.constantFrom(':00', ':59', ':60', ':59.9', ':59.999', ':59.9999999', ''),
      offset,
    )
    .map(([year, day, h, m, s, o]) => `${year}-${day}T${h}:${m}${s}${o}`);

  test('times, in UTC and of four digits’ years, whatever their offset', () => {
    fc.assert(
      fc.property(written, (text) => {
        const { success, data } = time.safeParse(text);
        if (!success) return;
        expect(data).toMatch(/^(?:19[7-9]\d|[2-9]\d{3})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        expect(Math.abs(Date.parse(text) - Date.parse(data))).toBeLessThan(1);
        expect(time.parse(data)).toBe(data);
      }),
      RUNS,
    );
    for (const text of ['9999-12-31T20:00:00-08:00', '1970-01-01T00:00:00+00:01', '0001-01-01T00:00:00Z']) {
      expect([text, time.safeParse(text).success]).toEqual([text, false]);
    }
    expect(time.parse('9999-12-31T23:59:59.999Z')).toBe('9999-12-31T23:59:59.999Z');
    expect(time.parse('1970-01-01T00:00:00Z')).toBe('1970-01-01T00:00:00.000Z');
  });

  const networks = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(130)).map(([ip, bits]) => `${ip}/${bits}`),
    fc.constantFrom('::ffff:10.1.2.3/104', '010.1.2.3', '10.1.2.3/08', 'FE80::1%eth0', '::/0', '0.0.0.0/0'),
  );
  const hosts = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV6().map((ip) => `[${ip}]`),
    fc.constantFrom(
      'LOCALHOST',
      '*.Example.COM',
      '127.1',
      '0x7f.1',
      '[0:0:0:0:0:0:0:1]',
      'xn--',
      'a_b.test',
      '\u212Aelvin.test',
    ),
  );
  const origins = fc
    .tuple(
      fc.constantFrom('http', 'https', 'HTTPS'),
      hosts,
      fc.constantFrom('', ':80', ':443', ':0443', ':8080', ':0'),
    )
    .map(([scheme, host, port]) => `${scheme}://${host}${port}`);

  test.each([
    ['networks', networks, normalizeCidr],
    ['origins', origins, normalizeOrigin],
  ])('%s', (_, texts, normalise) => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string()), (text) => {
        const normal = normalise(text);
        if (normal !== undefined) expect([text, normalise(normal)]).toEqual([text, normal]);
      }),
      RUNS,
    );
  });

  test('origins are as a browser would send them', () => {
    fc.assert(
      fc.property(origins, (text) => {
        const normal = normalizeOrigin(text);
        if (normal === undefined || normal.includes('*')) return;
        expect(new URL(normal).origin).toBe(normal);
      }),
      RUNS,
    );
    expect(normalizeOrigin('https://[0:0:0:0:0:0:0:1]:443')).toBe('https://[::1]');
  });

  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc.string({ unit: 'grapheme', maxLength: 120 }),
    fc.string({
      unit: fc.constantFrom(' ', '\u00a0', 'e', '\u0301', '\u212b', '\ufeff', '\u2003', '\ud800', '😀'),
    }),
  );
  test.each([
    ['names', words(100)],
    ['descriptions', maybeWords(100)],
    ['texts that are compared', exactText(100)],
  ])('%s', (_, schema) => {
    fc.assert(
      fc.property(texts, (text) => {
        const { success, data } = schema.safeParse(text);
        if (!success) return;
        expect(schema.parse(data)).toBe(data);
        expect(data.isWellFormed()).toBe(true);
        expect(Buffer.from(data).toString()).toBe(data);
        expect([...data].length).toBeLessThanOrEqual(100);
      }),
      RUNS,
    );
  });

  test('ids, permissions and numbers take no other spelling', () => {
    const spellings = (text: string) => [
      ` ${text}`,
      `${text} `,
      `${text}\n`,
      `\ufeff${text}`,
      `${text}\u0000`,
    ];
    for (const text of spellings('tenant_acme')) expect(tenantId.safeParse(text).success).toBe(false);
    for (const text of spellings('orders:read')) expect(permission.safeParse(text).success).toBe(false);
    for (const text of ['', ' 5', '5 ', '05', '+5', '5.0', '1e1', '0x10', '-1', '0', '101', 'NaN', '٥']) {
      expect([text, limit.safeParse(text).success]).toEqual([text, false]);
    }
    expect([limit.parse('1'), limit.parse('100'), limit.parse(undefined)]).toEqual([1, 100, 50]);
  });

  test('cursors are taken in the spelling that was given out, and for their list', () => {
    const cursor = encodeCursor('keys tenant_acme', '2026-11-22T12:00:00.000Z#key_0123456789AB') ?? '';
    expect(decodeCursor('keys tenant_acme', cursor)).toBe('2026-11-22T12:00:00.000Z#key_0123456789AB');
    for (const other of [
      `${cursor}=`,
      `${cursor} `,
      ` ${cursor}`,
      `${cursor}!`,
      cursor.slice(0, -1),
      '',
      'e30',
    ]) {
      expect(() => decodeCursor('keys tenant_acme', other)).toThrow('cursor');
    }
    expect(() => decodeCursor('keys tenant_other', cursor)).toThrow('cursor');
  });

  test('a key’s row as a whole, as an import brings it and a body holds it', () => {
    const row = fc.record({
      name: texts,
      expiresAt: fc.option(written),
      allowedCidrs: fc.array(networks, { maxLength: 3 }),
      allowedOrigins: fc.array(origins, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(row, (fields) => {
        const { name, ...rest } = NEW_KEY;
        const { success, data } = keyRow.safeParse({ ...rest, ...fields, key: 'x'.repeat(20) });
        if (success) expect(keyRow.parse(data)).toEqual(data);
      }),
      RUNS,
    );
  });
});

describe('what is stored is what was answered', () => {
  let dynamodb: TestDynamoDb;
  let management: TestManagement;
  beforeAll(async () => {
    dynamodb = await startDynamoDb();
    management = new TestManagement(dynamodb);
    await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_forms', name: '  Cafe\u0301 ' } });
  });
  afterAll(() => dynamodb.close());
  const KEYS = '/v1/tenants/tenant_forms/keys';

  test('a name in form C without blanks around it', async () => {
    expect((await management.call('GET /v1/tenants/tenant_forms')).body.name).toBe('Café');
  });

  test('an end that only its offset leads out of the calendar is refused by name', async () => {
    const body = { ...NEW_KEY, expiresAt: '9999-12-31T20:00:00-08:00' };
    expect(await management.call(`POST ${KEYS}`, { body })).toMatchObject({
      status: 400,
      body: { error: { param: 'expiresAt' } },
    });
    const last = await management.call(`POST ${KEYS}`, {
      body: { ...NEW_KEY, expiresAt: '9999-12-31T20:00:00-03:59' },
    });
    expect(last.body.key.expiresAt).toBe('9999-12-31T23:59:00.000Z');
  });

  test('and so is the end of a range in every list that has one', async () => {
    for (const path of ['GET /v1/audit', 'GET /v1/audit/export', 'GET /v1/alerts', 'GET /v1/usage']) {
      for (const name of ['from', 'to']) {
        const query = { tenantId: 'tenant_forms', [name]: '9999-12-31T20:00:00-08:00' };
        const answer = await management.call(path, { query });
        expect([path, name, answer.status, answer.body.error.param]).toEqual([path, name, 400, name]);
      }
    }
  });

  test('an issuer is taken only in the form that is fetched', async () => {
    const oauth = (issuer: string) => ({ issuer, audience: 'payments' });
    const api = { name: 'pay', environment: 'live', scheme: 'subscription' };
    const good = ['https://id.example.com', 'https://id.example.com/', 'https://id.example.com/a/v2.0'];
    const bad = [
      'https://ID.example.com',
      'https:id.example.com',
      'https:\\\\id.example.com',
      'https://id.example.com:443',
      'https://id.example.com/a/../b',
      'https://user@id.example.com',
      'https://id.example.com/\u0007',
      'https://bücher.example',
      'http://id.example.com',
    ];
    for (const [issuers, status] of [[good, 201] as const, [bad, 400] as const]) {
      for (const issuer of issuers) {
        const answer = await management.call('POST /v1/apis', { body: { ...api, oauth: oauth(issuer) } });
        expect([issuer, answer.status]).toEqual([issuer, status]);
      }
    }
  });
});
