import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { authorizerFor, decide, issuedText, sha256Of } from '../support/imports.ts';
import { ADMIN, type TestClaims, TestManagement } from '../support/management.ts';

const OLD = { current: 'v1', v1: 'p'.repeat(64) };
const ROTATED = { current: 'v2', v1: 'p'.repeat(64), v2: 'q'.repeat(64) };
const KEY = { name: 'Partner', type: 'secret', environment: 'live', role: 'writer' };

let dynamodb: TestDynamoDb;
let management: TestManagement;
let apis: { tenant: string; subscription: string };
let productId: string;
let mine: string;
let theirs: string;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  management = new TestManagement(dynamodb);
  const unique = randomUUID().slice(0, 8).replaceAll('-', '');
  [mine, theirs] = [`tenant_mine_${unique}`, `tenant_theirs_${unique}`];
  for (const tenantId of [mine, theirs]) {
    await management.call('POST /v1/tenants', { body: { tenantId, name: tenantId } });
  }
  const api = async (scheme: string): Promise<string> => {
    const body = { name: scheme, environment: 'live', scheme };
    return (await management.call('POST /v1/apis', { body })).body.apiId;
  };
  apis = { tenant: await api('tenant'), subscription: await api('subscription') };
  const product = { name: 'Payments', apiIds: [apis.subscription] };
  productId = (await management.call('POST /v1/products', { body: product })).body.productId;
});

type Kind = 'keys' | 'subscriptions';
const KINDS = ['keys', 'subscriptions'] as const;
const adminOf = (...tenants: string[]): TestClaims => ({
  ...ADMIN,
  sub: 'person-own',
  'keywright:tenants': `[${tenants.join(' ')}]`,
});

async function bring(kind: Kind, tenantId: string, key: object, claims: TestClaims = ADMIN) {
  const row = kind === 'keys' ? { ...KEY, ...key } : { name: 'Partner', productId, primary: key };
  const path = `POST /v1/tenants/${tenantId}/${kind}/import`;
  const { body } = await management.call(path, { claims, body: { rows: [row] } });
  return body.results[0];
}

/** Ends what was made for good. */
const end = (tenantId: string, id: string) =>
  management.call(
    id.startsWith('key_')
      ? `POST /v1/tenants/${tenantId}/keys/${id}/revoke`
      : `POST /v1/subscriptions/${id}/cancel`,
    { body: {} },
  );

const release = (body: object, claims: TestClaims = ADMIN) =>
  management.call('POST /v1/imports/release', { body, claims });

/** Whom an authorizer that has seen nothing takes the sender of a text for. */
function use(kind: Kind, tenantId: string, text: string): Promise<string> {
  const apiId = kind === 'keys' ? apis.tenant : apis.subscription;
  const authorizer = authorizerFor(dynamodb, management, apiId, () => undefined);
  const headers: Record<string, string> =
    kind === 'keys'
      ? { 'x-api-key': text, 'x-tn': tenantId }
      : { 'Ocp-Apim-Subscription-Key': text, 'x-tn': tenantId };
  return decide(authorizer, headers);
}

const stored = async () => JSON.stringify(await dynamodb.everything());

describe.each(KINDS)('%s that were issued elsewhere', (kind) => {
  test('are taken by their digest alone from operators, and from nobody else', async () => {
    const text = issuedText();
    const before = await stored();
    for (const claims of [adminOf(mine), adminOf(mine, theirs)]) {
      const result = await bring(kind, mine, { sha256: sha256Of(text) }, claims);
      expect(result).toMatchObject({ result: 'invalid', param: kind === 'keys' ? 'sha256' : 'primary' });
    }
    expect(await stored()).toBe(before);
    expect(await bring(kind, mine, { key: text }, adminOf(mine))).toMatchObject({ result: 'created' });
    const other = issuedText();
    const { result, id } = await bring(kind, mine, { sha256: sha256Of(other) });
    expect([result, await use(kind, mine, other)]).toEqual(['created', id]);
  });

  test('a digest that somebody found keeps its owner’s key from nobody', async () => {
    const text = issuedText();
    await bring(kind, mine, { sha256: sha256Of(text) }, adminOf(mine));
    const { result, id } = await bring(kind, theirs, { key: text }, adminOf(theirs));
    expect([result, await use(kind, theirs, text)]).toEqual(['created', id]);
  });

  test('whoever may not see both tenants is told no more than that it can’t be had', async () => {
    const text = issuedText();
    const { id } = await bring(kind, theirs, { key: text });
    const told = await bring(kind, mine, { key: text }, adminOf(mine));
    expect(told.result).toBe('invalid');
    for (const word of [theirs, id, 'key_', 'sub_', 'tenant_', 'already', 'belongs']) {
      expect(JSON.stringify(told)).not.toContain(word);
    }
    for (const claims of [ADMIN, adminOf(mine, theirs)]) {
      const { message } = await bring(kind, mine, { key: text }, claims);
      expect(message).toContain(`${id} of ${theirs}`);
    }
    // Of a digest the answer is the same, whether it is imported somewhere or not.
    const digests = [text, issuedText()].map((each) => ({ sha256: sha256Of(each) }));
    const [known, unknown] = await Promise.all(digests.map((key) => bring(kind, mine, key, adminOf(mine))));
    expect(known).toEqual(unknown);
  });

  test.each([
    ['by its text', (key: string) => ({ key }), OLD],
    ['by its digest', (key: string) => ({ sha256: sha256Of(key).toUpperCase() }), OLD],
    ['after a rotation of the pepper', (key: string) => ({ key }), ROTATED],
  ])('released %s, it works where it belongs', async (_, as, pepper) => {
    const text = issuedText();
    const wrong = await bring(kind, mine, { key: text });
    expect(await use(kind, mine, text)).toBe(wrong.id);
    management.pepper = Pepper.parse(JSON.stringify(pepper));
    await use(kind, mine, text);
    await end(mine, wrong.id);
    expect(await bring(kind, theirs, { key: text })).toMatchObject({ result: 'invalid' });
    expect(await release(as(text))).toMatchObject({ status: 200, body: { id: wrong.id, tenantId: mine } });
    const released = (await dynamodb.emitted()).filter(({ type }) => type === 'apiKey.released');
    expect(released.at(-1)).toMatchObject({
      tenantId: mine,
      actor: { id: ADMIN.sub },
      subject: { type: kind === 'keys' ? 'apiKey' : 'subscription', id: wrong.id },
    });
    const right = await bring(kind, theirs, { key: text }, adminOf(theirs));
    expect(right).toMatchObject({ result: 'created' });
    expect(await use(kind, theirs, text)).toBe(right.id);
    if (kind === 'keys') expect(await use(kind, mine, text)).toBe('tenant_mismatch');
    expect(await bring(kind, theirs, { key: text })).toMatchObject({ result: 'exists', id: right.id });
    expect(await stored()).not.toContain(text);
  });

  test('what opens something still is not released, also while that is stopped', async () => {
    const text = issuedText();
    const { id } = await bring(kind, mine, { key: text });
    const stop = kind === 'keys' ? `tenants/${mine}/keys/${id}/disable` : `subscriptions/${id}/suspend`;
    for (const step of ['', `POST /v1/${stop}`]) {
      if (step !== '') await management.call(step, { body: {} });
      const before = await stored();
      const answer = await release({ key: text });
      expect([answer.status, answer.body.error.code]).toEqual([409, 'invalid_state']);
      expect(await stored()).toBe(before);
    }
  });

  test('a text that its credential has another key for by now can be released', async () => {
    const text = issuedText();
    const { id } = await bring(kind, mine, { key: text });
    const replace =
      kind === 'keys' ? `tenants/${mine}/keys/${id}/rotate` : `subscriptions/${id}/keys/primary/regenerate`;
    const overlap = kind === 'keys' ? { overlapSeconds: 60 } : {};
    await management.call(`POST /v1/${replace}`, { body: overlap });
    if (kind === 'keys') expect((await release({ key: text })).status).toBe(409);
    management.clock = new Date(management.clock.getTime() + 61_000);
    expect((await release({ key: text })).status).toBe(200);
    expect(await use(kind, mine, text)).toBe(kind === 'keys' ? 'secret_expired' : 'wrong_secret');
    const right = await bring(kind, theirs, { key: text });
    expect([right.result, await use(kind, theirs, text)]).toEqual(['created', right.id]);
  });

  test('releasing is for operators with a second factor, and once', async () => {
    const text = issuedText();
    await end(mine, (await bring(kind, mine, { key: text })).id);
    const codes = [];
    for (const claims of [
      adminOf(mine, theirs),
      { ...ADMIN, 'keywright:role': 'developer' },
      { ...ADMIN, amr: '[pwd]' },
    ]) {
      codes.push((await release({ key: text }, claims)).body.error.code);
    }
    expect(codes).toEqual(['forbidden', 'forbidden', 'mfa_required']);
    const answers = await Promise.all([1, 2, 3].map(() => release({ key: text })));
    const statuses = answers.map(({ status }) => status).sort();
    expect([statuses[0], statuses.filter((status) => status === 200).length]).toEqual([200, 1]);
    expect((await release({ key: text })).status).toBe(404);
    expect((await release({ key: issuedText() })).status).toBe(404);
    expect((await release({})).body.error.param).toBe('key');
  });

  test('a released text that is brought where it ended stays ended', async () => {
    const text = issuedText();
    const { id } = await bring(kind, mine, { key: text });
    await end(mine, id);
    await release({ key: text });
    expect(await bring(kind, mine, { key: text })).toEqual({ row: 0, result: 'exists', id });
    expect(await use(kind, mine, text)).toBe(kind === 'keys' ? 'key_revoked' : 'subscription_cancelled');
  });
});
