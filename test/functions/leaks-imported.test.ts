import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { credentialIdOf, itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { bringOne, issuedText, sha256Of } from '../support/imports.ts';
import { Interruption } from '../support/interruption.ts';
import { TestManagement } from '../support/management.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

const interruption = new Interruption();
let dynamodb: TestDynamoDb;
let management: TestManagement;
let productId: string;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  dynamodb.main.client.middlewareStack.add(interruption.middleware, { step: 'initialize' });
  productId = (await createProducts(new TestManagement(dynamodb))).immediate;
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  management = new TestManagement(dynamodb, { acceptsImported: true });
  await respondBy('revoke');
});

const respondBy = async (leakResponse: string) => {
  await management.call(`PATCH /v1/tenants/${TENANT_ID}`, { body: { settings: { leakResponse } } });
};
const bringKey = (row: object) => bringOne(management, 'keys', row);

async function report(keys: string[], to = management): Promise<string[]> {
  const { status, body } = await to.call('POST /v1/leaks', { claims: {}, body: { keys } });
  expect(status).toBe(200);
  return body.outcomes;
}
const statusOf = async (keyId: string) => (await management.keys.get(TENANT_ID, keyId))?.status;
const eventOf = (id: string) => dynamodb.lastEvent(itemKey.credential(credentialIdOf(id)));

test('an imported key that was reported ends, whether its text or its digest was brought', async () => {
  const [plain, digested] = [issuedText(), issuedText()];
  const ids = [await bringKey({ key: plain }), await bringKey({ sha256: sha256Of(digested) })];
  expect(await report([plain, digested, plain])).toEqual(['ended', 'ended', 'ended']);
  for (const [i, keyId] of ids.entries()) {
    expect(await statusOf(keyId)).toBe('revoked');
    expect(await eventOf(keyId)).toMatchObject({
      type: 'apiKey.leaked',
      tenantId: TENANT_ID,
      subject: { type: 'apiKey', id: keyId },
      data: { hint: i === 0 ? plain.slice(-4) : '', response: 'keyRevoked', source: { by: 'report' } },
    });
  }
  const kept = JSON.stringify([await dynamodb.everything(), management.logged]);
  for (const text of [plain, digested]) {
    expect(kept).not.toContain(text);
    expect(kept).not.toContain(sha256Of(text));
  }
});

test('its owners alone are told where that is asked for', async () => {
  await respondBy('notify');
  const text = issuedText();
  const keyId = await bringKey({ key: text });
  expect(await report([text])).toEqual(['reported']);
  expect(await eventOf(keyId)).toMatchObject({ type: 'apiKey.leaked', data: { response: 'notified' } });
  expect(await statusOf(keyId)).toBe('active');
});

test('of a subscription that slot ends, and the other works on', async () => {
  const text = issuedText();
  const id = await bringOne(management, 'subscriptions', { productId, primary: { key: text } });
  expect(await report([text])).toEqual(['ended']);
  expect(await eventOf(id)).toMatchObject({
    type: 'apiKey.leaked',
    subject: { type: 'subscription', id },
    data: { slot: 'primary', response: 'slotEnded' },
  });
  expect(await report([text])).toEqual(['unknown']);
});

test('a publishable one is meant to be seen', async () => {
  const text = issuedText();
  const keyId = await bringKey({ key: text, type: 'publishable', role: 'reader' });
  expect(await report([text])).toEqual(['public']);
  expect(await statusOf(keyId)).toBe('active');
});

test('once a rotation’s overlap was ended the imported text proves nothing, and ends nothing', async () => {
  const text = issuedText();
  const keyId = await bringKey({ key: text });
  const path = `POST /v1/tenants/${TENANT_ID}/keys/${keyId}`;
  await management.call(`${path}/rotate`, { body: { overlapSeconds: 0 } });
  expect(await report([text])).toEqual(['unknown']);
  expect(await statusOf(keyId)).toBe('active');
});

test('it is found after a rotation of the pepper', async () => {
  const text = issuedText();
  const keyId = await bringKey({ key: text });
  const versions = { v1: 'p'.repeat(64), v2: 'q'.repeat(64) };
  management.pepper = Pepper.parse(JSON.stringify({ current: 'v2', ...versions }));
  expect(await report([text])).toEqual(['ended']);
  expect(await statusOf(keyId)).toBe('revoked');
});

test('a text that nobody brought costs one read; one that can’t have been, or its digest alone, ends nothing', async () => {
  const text = issuedText();
  const keyId = await bringKey({ key: text });
  const unknown = await interruption.during(2, true, () => report([issuedText()]));
  expect(unknown).toEqual({ answer: ['unknown'], calls: ['BatchGetItemCommand'] });
  const free = await interruption.during(0, false, () =>
    report(['too-short', `${text} too`, 'ü'.repeat(20)]),
  );
  expect(free).toEqual({ answer: ['unknown', 'unknown', 'unknown'], calls: [] });
  expect(await report([sha256Of(text), text.slice(1)])).toEqual(['unknown', 'unknown']);
  expect(await statusOf(keyId)).toBe('active');
});

test('where imported keys are not accepted, their texts are unknown and cost no read', async () => {
  const text = issuedText();
  const keyId = await bringKey({ key: text });
  const elsewhere = new TestManagement(dynamodb);
  const { answer, calls } = await interruption.during(0, false, () => report([text], elsewhere));
  expect({ answer, calls }).toEqual({ answer: ['unknown'], calls: [] });
  expect(await statusOf(keyId)).toBe('active');
});
