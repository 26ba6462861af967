import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { embeddedMetrics } from '../../emulator/cloudwatch/metrics.ts';
import { readRefusal } from '../../functions/usage-consumer/log-line.ts';
import { KEYS, PAYMENTS, VerifyFixture } from '../support/verify-fixture.ts';

let backend: VerifyFixture;
beforeAll(async () => {
  backend = await VerifyFixture.start();
});
afterAll(() => backend.close());
beforeEach(() => backend.renew());

/** The refusals that were written down, as the consumer of logs reads them, and what the same lines count. */
function written() {
  const lines = backend.management.logged.flatMap((message) => {
    const refusal = readRefusal({ id: 'line', timestamp: 0, message });
    return refusal === undefined ? [] : [{ message, refusal }];
  });
  return {
    refusals: lines.map(({ refusal }) => refusal),
    counted: lines.flatMap(({ message }) => embeddedMetrics(message)),
  };
}
const counts = (...causes: string[]) =>
  causes.map((cause) => ({ namespace: 'Keywright', name: 'Refused', dimensions: { cause }, value: 1 }));

test('each refusal is a line that is counted by its cause, with the caller’s address and the key’s id', async () => {
  const revoked = await backend.newKey();
  await backend.create(`${KEYS}/${revoked.keyId}/revoke`);
  const good = await backend.newKey({ rateLimits: [{ limit: 1, windowSeconds: 86_400 }] });
  const ip = '203.0.113.7';
  const requests = [
    { key: revoked.secret, ip },
    { key: good.secret, ip },
    { key: good.secret, ip, permission: 'orders:read' },
    { key: 'sk_live_wrong' },
  ];
  await backend.verify({ requests });
  const { refusals, counted } = written();
  expect(refusals).toMatchObject([
    { cause: 'key_revoked', code: 'authentication_failed', keyId: revoked.keyId, sourceIp: ip },
    { cause: 'malformed_key', code: 'authentication_failed', keyId: undefined, sourceIp: undefined },
    { cause: 'rate_limit_exceeded', code: 'rate_limit_exceeded', keyId: good.keyId, sourceIp: ip },
  ]);
  expect(refusals.map(({ requestId }) => requestId)).toEqual(Array(3).fill(expect.stringMatching(/./)));
  expect(counted).toEqual(counts('key_revoked', 'malformed_key', 'rate_limit_exceeded'));
});

test('who is admitted leaves no such line, and neither does a question that is none', async () => {
  const { secret } = await backend.newKey();
  await backend.verify({ key: secret });
  await backend.ask({ key: secret, apiId: 'api_000000000000' });
  await backend.ask({ key: secret, colour: 'red' });
  expect(written().refusals).toEqual([]);
});

test('another tenant’s subscription is that before all else that is wrong with it', async () => {
  const pending = await backend.subscribe(backend.plans.approved);
  const other = await backend.subscribe(backend.plans.other);
  for (const tenantId of ['tenant_other', 'tenant_nobody']) {
    for (const key of [pending.primaryKey, other.primaryKey]) {
      for (const where of [{}, { apiId: PAYMENTS }]) {
        expect(await backend.verify({ ...where, key, tenantId })).toMatchObject({
          code: 'tenant_mismatch',
          answer: { status: 403 },
        });
      }
    }
  }
  const own = { key: pending.primaryKey, tenantId: 'tenant_acme' };
  expect(await backend.verify(own)).toMatchObject({ code: 'subscription_not_active' });
});
