import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Authorizer } from '../../core/access/authorizer.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { authorizerFor, decide, issuedText, sha256Of } from '../support/imports.ts';
import { TestManagement } from '../support/management.ts';

/** Makes the table's client fail before its write or batch `at`, and at all that follow. */
class Interruption {
  left = Number.POSITIVE_INFINITY;
  readonly middleware =
    <Input extends { input: object }, Output>(next: (args: Input) => Promise<Output>, context: object) =>
    async (args: Input): Promise<Output> => {
      const { commandName } = context as { commandName?: string };
      const counts = commandName === 'PutItemCommand' || commandName === 'BatchGetItemCommand';
      if (counts && --this.left < 0) throw new Error('stopped');
      return next(args);
    };
}

const ROW = { name: 'Partner', type: 'secret', environment: 'sandbox', role: 'writer' };
const API = 'api_ImportTest00';
const interruption = new Interruption();
let dynamodb: TestDynamoDb;
let management: TestManagement;
let authorizer: Authorizer;
let tenantId: string;
let tenants = 0;
const warnings: string[] = [];
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  dynamodb.main.client.middlewareStack.add(interruption.middleware as never, { step: 'initialize' });
  management = new TestManagement(dynamodb);
  const body = { apiId: API, name: 'orders', environment: 'sandbox', scheme: 'tenant', routes: [] };
  expect((await management.call('POST /v1/apis', { body })).status).toBe(201);
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  tenantId = `tenant_import_${++tenants}`;
  await management.call('POST /v1/tenants', { body: { tenantId, name: 'Import' } });
  authorizer = authorizerFor(dynamodb, management, API, (message) => warnings.push(message));
  warnings.length = 0;
});

const path = (rest: string, tenant = tenantId) => `/v1/tenants/${tenant}${rest}`;
const bring = (rows: readonly unknown[], tenant = tenantId) =>
  management.call(`POST ${path('/keys/import', tenant)}`, { body: { rows } });
const use = (text: string, tenant = tenantId) => decide(authorizer, { 'x-api-key': text, 'x-tn': tenant });
const report = async () => (await management.call(`GET ${path('/keys/import')}`)).body;
const keysOf = async (query = {}) => (await management.call(`GET ${path('/keys')}`, { query })).body.items;

describe('imported keys', () => {
  test('work as they are, whether their texts or their digests were brought, and are marked', async () => {
    const [plain, digested] = [issuedText(), issuedText()];
    const rows = [
      { ...ROW, key: plain },
      { ...ROW, sha256: sha256Of(digested).toUpperCase() },
    ];
    const answer = await bring(rows);
    expect(answer.body.counts).toEqual({ created: 2, exists: 0, invalid: 0, pending: 0 });
    const [first, second] = answer.body.results.map(({ id }: { id: string }) => id);
    expect(await report()).toEqual({ imported: 2, used: 0, unused: 2, ended: 0 });
    expect([await use(plain), await use(digested)]).toEqual([first, second]);
    expect(await report()).toEqual({ imported: 2, used: 2, unused: 0, ended: 0 });
    expect(warnings).toEqual([]);
    const { body } = await management.call(`GET ${path(`/keys/${first}`)}`);
    expect(body).toMatchObject({ imported: 'used', secrets: [{ hint: plain.slice(-4) }] });
    const event = await dynamodb.lastEvent(itemKey.credential(first.slice(4)));
    expect(event).toMatchObject({ type: 'apiKey.created', data: { imported: true }, subject: { id: first } });
  });

  test('are listed by what became of them', async () => {
    const texts = [issuedText(), issuedText(), issuedText()];
    const { results } = (await bring(texts.map((key) => ({ ...ROW, key })))).body;
    await management.call(`POST ${path('/keys')}`, { body: ROW });
    await use(texts[0] ?? '');
    await management.call(`POST ${path(`/keys/${results[1].id}/revoke`)}`, { body: {} });
    const listed = async (imported: string) =>
      (await keysOf({ imported })).map(({ keyId }: { keyId: string }) => keyId);
    expect([await listed('used'), await listed('ended'), await listed('unused')]).toEqual(
      results.map(({ id }: { id: string }) => [id]),
    );
  });

  test('rotate to a key of ours; the text works until the overlap ends', async () => {
    const text = issuedText();
    const [{ id }] = (await bring([{ ...ROW, key: text }])).body.results;
    const { secret } = (await management.call(`POST ${path(`/keys/${id}/rotate`)}`, { body: {} })).body;
    expect([await use(text), await use(secret)]).toEqual([id, id]);
    await management.call(`POST ${path(`/keys/${id}/end-overlap`)}`);
    authorizer = authorizerFor(dynamodb, management, API, () => undefined);
    expect([await use(text), await use(secret)]).toEqual(['wrong_secret', id]);
  });

  test('stay revoked, whoever brings them again', async () => {
    const text = issuedText();
    const [{ id }] = (await bring([{ ...ROW, key: text }])).body.results;
    await management.call(`POST ${path(`/keys/${id}/revoke`)}`, { body: {} });
    for (const row of [{ key: text }, { sha256: sha256Of(text) }]) {
      expect((await bring([{ ...ROW, ...row }])).body.results).toEqual([{ row: 0, result: 'exists', id }]);
    }
    expect(await use(text)).toBe('key_revoked');
  });

  test('of one tenant are not another’s, who learns no id', async () => {
    const other = `tenant_import_${++tenants}`;
    await management.call('POST /v1/tenants', { body: { tenantId: other, name: 'Other' } });
    const text = issuedText();
    const [{ id }] = (await bring([{ ...ROW, key: text }], other)).body.results;
    const [result] = (await bring([{ ...ROW, key: text }])).body.results;
    expect(result).toEqual({ row: 0, result: 'invalid', param: 'key', message: expect.any(String) });
    expect([await use(text), await use(text, other)]).toEqual(['tenant_mismatch', id]);
    expect(await keysOf()).toEqual([]);
  });

  test('are in no item, log or answer, nor are their digests', async () => {
    const texts = [issuedText(), issuedText()];
    const [plain = '', digested = ''] = texts;
    const rows = [
      { ...ROW, key: plain },
      { ...ROW, sha256: sha256Of(digested) },
      { ...ROW, name: '', key: plain },
    ];
    const answer = await bring([...rows, { ...ROW, [plain]: 1, key: plain }]);
    expect(answer.body.counts).toMatchObject({ created: 2, invalid: 2 });
    await Promise.all(texts.map((text) => use(text)));
    const everything = JSON.stringify([
      await dynamodb.everything(),
      management.logged,
      answer.body,
      warnings,
    ]);
    for (const text of texts) {
      const digest = Buffer.from(sha256Of(text), 'hex');
      const spellings = [
        text,
        digest.toString('hex'),
        digest.toString('base64'),
        digest.toString('base64url'),
      ];
      expect(spellings.filter((spelling) => everything.includes(spelling))).toEqual([]);
    }
  });
});

describe('a row', () => {
  test.each([
    ['too short a text', { key: 'x'.repeat(15) }, 'key'],
    ['a space in it', { key: `${'x'.repeat(20)} ${'x'.repeat(20)}` }, 'key'],
    ['no digest', { sha256: 'abc' }, 'sha256'],
    ['both', { key: 'x'.repeat(30), sha256: 'a'.repeat(64) }, 'key'],
    ['neither', {}, 'key'],
    ['no such role', { key: 'y'.repeat(30), role: 'nobody' }, 'role'],
    ['an end that has passed', { key: 'y'.repeat(30), expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['a field that is unknown', { key: 'y'.repeat(30), colour: 'red' }, undefined],
  ])('with %s is invalid and stops no other', async (_, wrong, param) => {
    const good = { ...ROW, key: issuedText() };
    const { results } = (await bring([{ ...ROW, ...wrong }, good])).body;
    expect(results).toEqual([
      { row: 0, result: 'invalid', ...(param && { param }), message: expect.any(String) },
      { row: 1, result: 'created', id: expect.stringMatching(/^key_/) },
    ]);
  });

  test('with a key of this operator’s is invalid', async () => {
    const { secret } = (await management.call(`POST ${path('/keys')}`, { body: ROW })).body;
    const [result] = (await bring([{ ...ROW, key: secret }])).body.results;
    expect(result).toMatchObject({ result: 'invalid', param: 'key' });
  });

  test('that repeats an earlier one is invalid, also as its digest', async () => {
    const text = issuedText();
    const { results } = (
      await bring([
        { ...ROW, key: text },
        { ...ROW, sha256: sha256Of(text) },
      ])
    ).body;
    expect(results.map(({ result }: { result: string }) => result)).toEqual(['created', 'invalid']);
  });
});

describe('an import', () => {
  test('of a live key is that row’s fault where those wait for a second admin; of others it is none', async () => {
    await management.call(`PATCH ${path('')}`, { body: { settings: { requireApproval: true } } });
    const sandbox = { ...ROW, key: issuedText() };
    const { results } = (await bring([{ ...ROW, environment: 'live', key: issuedText() }, sandbox])).body;
    expect(results).toMatchObject([{ result: 'invalid' }, { result: 'created' }]);
    expect(results[0].message).toMatch(/second admin/);
    expect(await keysOf()).toHaveLength(1);
  });

  test('into a suspended tenant is refused', async () => {
    await management.call(`PATCH ${path('')}`, { body: { status: 'suspended' } });
    expect((await bring([{ ...ROW, key: issuedText() }])).status).toBe(409);
  });

  test('takes 10,000 rows and no more, and no keys but in its body', async () => {
    const rows = Array.from({ length: 10_001 }, () => null);
    expect((await bring(rows)).body.error.param).toBe('rows');
    const { counts } = (await bring(rows.slice(1))).body;
    expect(counts).toEqual({ created: 0, exists: 0, invalid: 10_000, pending: 0 });
    const headers = { 'x-api-key': issuedText() };
    const refused = await management.call(`POST ${path('/keys/import')}`, {
      body: { rows: [null] },
      headers,
    });
    expect(refused.body.error.code).toBe('key_not_accepted');
    expect((await bring([{ ...ROW, name: 'x'.repeat(5 * 1024 * 1024) }])).status).toBe(413);
  });

  test('twice at once makes each key once', async () => {
    const rows = Array.from({ length: 10 }, () => ({ ...ROW, key: issuedText() }));
    const answers = await Promise.all([bring(rows), bring(rows), bring(rows)]);
    for (const [index, { key }] of rows.entries()) {
      const results = answers.map(({ body }) => body.results[index]);
      expect(results.map(({ result }) => result).sort()).toEqual(['created', 'exists', 'exists']);
      expect(new Set(results.map(({ id }) => id)).size).toBe(1);
      expect(await use(key)).toBe(results[0].id);
    }
    expect(await report()).toMatchObject({ imported: 10 });
  });

  test('stopped anywhere is finished by sending it again', async () => {
    for (let at = 0; ; at++) {
      const rows = [
        { ...ROW, key: issuedText() },
        { ...ROW, key: issuedText() },
      ];
      interruption.left = at;
      const cut = await bring(rows);
      const done = interruption.left > 0;
      interruption.left = Number.POSITIVE_INFINITY;
      if (cut.status === 200 && done) break;
      const { results } = (await bring(rows)).body;
      expect(results.map(({ result }: { result: string }) => /created|exists/.test(result))).toEqual([
        true,
        true,
      ]);
      const ids = results.map(({ id }: { id: string }) => id);
      expect([await use(rows[0]?.key ?? ''), await use(rows[1]?.key ?? '')]).toEqual(ids);
      const listed = (await keysOf({ limit: '100' })).map(({ keyId }: { keyId: string }) => keyId);
      expect(listed).toHaveLength(2 * (at + 1));
      expect(at).toBeLessThan(10);
    }
  });

  test('that takes too long leaves rows pending, until it has been sent often enough', async () => {
    const rows = Array.from({ length: 60 }, () => ({ ...ROW, key: issuedText() }));
    let time = management.clock.getTime();
    const slow = new TestManagement(dynamodb);
    const clock = () => {
      time += 9000;
      return new Date(time);
    };
    Object.defineProperty(slow, 'clock', { get: clock });
    const pending: number[] = [];
    do {
      const { counts } = (await slow.call(`POST ${path('/keys/import')}`, { body: { rows } })).body;
      pending.push(counts.pending);
    } while (pending.at(-1) !== 0 && pending.length < 10);
    expect(pending.length).toBeGreaterThan(1);
    expect(pending[0]).toBeGreaterThan(0);
    expect(await report()).toMatchObject({ imported: 60, unused: 60 });
  });
});
