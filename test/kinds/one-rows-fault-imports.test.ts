import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { issuedText, sha256Of } from '../support/imports.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

/** An admin of one tenant, who may not import digests. */
const OWN_ADMIN = { ...ADMIN, sub: 'person-own', 'keywright:tenants': `[${TENANT_ID}]` };
const RUNS = 30;

let dynamodb: TestDynamoDb;
let management: TestManagement;
let products: { sandbox: string; live: string };
/** Texts that lead somewhere already. */
let others = '';
let ours = '';
let ofOurs = '';

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  const { immediate: live } = await createProducts(management);
  products = { live, sandbox: await sandboxProduct() };
  await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_other', name: 'Other' } });
  const rows = (row: object) => [{ name: 'Brought', ...KEY, key: issuedText(), ...row }];
  const bring = async (tenantId: string): Promise<string> => {
    const [row] = rows({});
    await management.call(`POST /v1/tenants/${tenantId}/keys/import`, { body: { rows: [row] } });
    return row?.key ?? '';
  };
  [others, ours] = [await bring('tenant_other'), await bring(TENANT_ID)];
  const body = { name: 'Ours', ...KEY };
  ofOurs = (await management.call(`POST /v1/tenants/${TENANT_ID}/keys`, { body })).body.secret;
  await management.call(`PATCH /v1/tenants/${TENANT_ID}`, { body: { settings: { requireApproval: true } } });
  refuseRows();
});
afterAll(() => dynamodb.close());

const KEY = { type: 'secret', environment: 'sandbox', role: 'writer' };

async function sandboxProduct(): Promise<string> {
  const api = { name: 'payments', environment: 'sandbox', scheme: 'subscription' };
  const { apiId } = (await management.call('POST /v1/apis', { body: api })).body;
  const body = { name: 'Payments', apiIds: [apiId], requiresApproval: false };
  return (await management.call('POST /v1/products', { body })).body.productId;
}

/** What writing a row of such a name fails with: of the row, of a limit, or of nobody knows what. */
const REFUSALS: Readonly<Record<string, Error>> = {
  'too large': Object.assign(new Error('Item size has exceeded the maximum allowed size'), {
    name: 'ValidationException',
    $fault: 'client',
  }),
  'no more keys': new DomainError('invalid_state', 'API Gateway has as many keys as it may'),
  raced: new DomainError('conflict', 'Someone else changed this'),
  bug: new TypeError('undefined is not a function'),
  denied: Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client' }),
};
/** Rows of this name find the service away while this is so. */
let away = false;

function refuseRows(): void {
  for (const store of [management.keys, management.subscriptions]) {
    const create = store.create.bind(store) as (...given: unknown[]) => Promise<unknown>;
    const refusing = (change: { state: { name: string } }, ...rest: unknown[]) => {
      const { name } = change.state;
      const refusal = REFUSALS[name];
      if (refusal !== undefined) return Promise.reject(refusal);
      if (name === 'away' && away) return Promise.reject(new DomainError('dependency_unavailable', 'away'));
      return create(change, ...rest);
    };
    Object.assign(store, { create: refusing });
  }
}

type Kind = 'keys' | 'subscriptions';

function good(kind: Kind, text: string, more: object = {}): Record<string, unknown> {
  return kind === 'keys'
    ? { name: 'Good', ...KEY, key: text, ...more }
    : { name: 'Good', productId: products.sandbox, primary: { key: text }, ...more };
}

/** The row's key in another form. */
const keyed = (kind: Kind, key: object) => (kind === 'keys' ? { key: undefined, ...key } : { primary: key });

/** Rows with something wrong; `text` is one that another row of the request brings, and brings well. */
const FAULTS: Readonly<Record<string, (kind: Kind, text: string) => unknown>> = {
  null: () => null,
  'a number': () => 7,
  'a text': () => 'row',
  'a list': () => [[]],
  nothing: () => ({}),
  'no name': (kind) => good(kind, issuedText(), { name: undefined }),
  'an empty name': (kind) => good(kind, issuedText(), { name: ' ' }),
  'a name of another type': (kind) => good(kind, issuedText(), { name: { toString: 'x' } }),
  'a name of 100,000 characters': (kind) => good(kind, issuedText(), { name: 'x'.repeat(100_000) }),
  'an unknown field': (kind) => good(kind, issuedText(), { colour: 'red' }),
  'a key for a field’s name': (kind) => good(kind, issuedText(), { [issuedText()]: 1 }),
  'a prototype': (kind) => JSON.parse(`{"__proto__":{"name":"x"},"constructor":"y","kind":"${kind}"}`),
  'a short key': (kind) => good(kind, 'x'.repeat(15)),
  'a key with a control character': (kind) => good(kind, `${issuedText()}\u0000`),
  'a key with half a character': (kind) => good(kind, `${issuedText()}\ud800`),
  'key and digest': (kind) =>
    good(kind, '', keyed(kind, { key: issuedText(), sha256: sha256Of(issuedText()) })),
  'neither key nor digest': (kind) => good(kind, '', keyed(kind, {})),
  'no digest': (kind) => good(kind, '', keyed(kind, { sha256: 'abc' })),
  'a digest, which is for operators': (kind) =>
    good(kind, '', keyed(kind, { sha256: sha256Of(issuedText()) })),
  'a key of ours': (kind) => good(kind, ofOurs),
  'a key of another tenant': (kind) => good(kind, others),
  'a key of another credential': (kind) =>
    kind === 'keys' ? null : good(kind, issuedText(), { secondary: { key: ours } }),
  'the key of a good row, and a fault beside': (kind, text) => good(kind, text, { name: '' }),
  'what waits for a second admin': (kind) =>
    good(kind, issuedText(), kind === 'keys' ? { environment: 'live' } : { productId: products.live }),
  'something that is not there': (kind, text) =>
    good(kind, text, kind === 'keys' ? { role: 'nobody' } : { productId: 'prod_000000000000' }),
  'a name that every object has': (kind) =>
    good(kind, issuedText(), kind === 'keys' ? { role: 'constructor' } : { productId: '__proto__' }),
  'a bad list': (kind) =>
    good(kind, issuedText(), kind === 'keys' ? { allowedCidrs: ['not one'] } : { oauthClientIds: [] }),
  'a bad time': (kind) => good(kind, issuedText(), { expiresAt: '2026-02-31T25:61:00Z' }),
  'a time that has passed': (kind) => good(kind, issuedText(), { expiresAt: '2020-01-01T00:00:00Z' }),
  'twice the same key': (kind) => {
    const text = issuedText();
    return kind === 'keys' ? null : good(kind, text, { secondary: { key: text } });
  },
  ...Object.fromEntries(
    Object.keys(REFUSALS).map((name) => [name, (kind: Kind) => good(kind, issuedText(), { name })]),
  ),
};

const bring = (kind: Kind, rows: readonly unknown[]) =>
  management.call(`POST /v1/tenants/${TENANT_ID}/${kind}/import`, { body: { rows }, claims: OWN_ADMIN });

describe.each(['keys', 'subscriptions'] as const)('of %s that are brought', (kind) => {
  test.each(Object.keys(FAULTS))('a row that is or has %s stops no other', async (fault) => {
    const texts = [issuedText(), issuedText(), issuedText()];
    const [first = '', second = '', third = ''] = texts;
    const rows = [good(kind, first), FAULTS[fault]?.(kind, third), good(kind, second), good(kind, third)];
    const { status, body, text } = await bring(kind, rows);
    expect(status).toBe(200);
    expect(body.results.map(({ result }: { result: string }) => result)).toEqual([
      'created',
      'invalid',
      'created',
      'created',
    ]);
    for (const each of [...texts, others, ours, ofOurs]) expect(text).not.toContain(each);
  });

  test('any number of faults, wherever they stand, leave the good rows as if they were alone', async () => {
    const fault = fc.constantFrom(...Object.values(FAULTS));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 2, arbitrary: fault }, { weight: 3, arbitrary: fc.constant('good') }), {
          minLength: 2,
          maxLength: 12,
        }),
        async (plan) => {
          const texts = plan.map(() => issuedText());
          const someGood = plan.indexOf('good');
          const shared = texts[someGood] ?? issuedText();
          const rows = plan.map((each, i) =>
            typeof each === 'string' ? good(kind, texts[i] ?? '') : each(kind, shared),
          );
          const answer = await bring(kind, someGood === -1 ? [...rows, good(kind, shared)] : rows);
          expect(answer.status).toBe(200);
          const results = answer.body.results.map(({ result }: { result: string }) => result);
          const expected = plan.map((each) => (typeof each === 'string' ? 'created' : 'invalid'));
          expect(results.slice(0, plan.length)).toEqual(expected);
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('while a service is away rows are pending, and the same body finishes them', async () => {
    const rows = [
      good(kind, issuedText()),
      good(kind, issuedText(), { name: 'away' }),
      ...Array.from({ length: 8 }, () => good(kind, issuedText())),
    ];
    away = true;
    const first = await bring(kind, rows);
    expect(first.status).toBe(200);
    expect(first.body.results[1]).toEqual({ row: 1, result: 'pending' });
    expect(first.body.counts).toMatchObject({ invalid: 0 });
    away = false;
    const { counts } = (await bring(kind, rows)).body;
    expect([counts.pending, counts.invalid, counts.created + counts.exists]).toEqual([0, 0, rows.length]);
  });

  test('where nothing could be done because a service is away, the call says so', async () => {
    away = true;
    const answer = await bring(kind, [good(kind, issuedText(), { name: 'away' })]);
    away = false;
    expect([answer.status, answer.body.error.code]).toEqual([503, 'dependency_unavailable']);
  });

  test('what nobody expected is in the log, with the row and without its key', async () => {
    management.logged.length = 0;
    const bad = issuedText();
    await bring(kind, [good(kind, issuedText()), good(kind, bad, { name: 'bug' })]);
    const logged = management.logged.join('\n');
    expect(logged).toMatch(/row not imported.*"row":1.*undefined is not a function/s);
    expect(logged).not.toContain(bad);
  });
});

test('what stands against all rows is told of the call: a tenant that is suspended, or not there', async () => {
  const suspend = (status: string) => management.call('PATCH /v1/tenants/tenant_other', { body: { status } });
  await suspend('suspended');
  for (const kind of ['keys', 'subscriptions'] as const) {
    const path = (tenantId: string) => `POST /v1/tenants/${tenantId}/${kind}/import`;
    const body = { rows: [good(kind, issuedText()), null] };
    expect((await management.call(path('tenant_other'), { body })).status).toBe(409);
    expect((await management.call(path('tenant_none'), { body })).status).toBe(404);
  }
  await suspend('active');
});
