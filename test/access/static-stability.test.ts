import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import { keyHeaders, restEvent } from '../support/gateway-events.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

let plane: RequestPlane;
beforeAll(async () => {
  plane = await startRequestPlane();
});
afterAll(() => plane.close());
beforeEach(() => {
  plane.stale.length = 0;
  plane.lines.length = 0;
});

/** An instance whose DynamoDB is up, down or silent, as the test says. */
function instance(change: { staleMilliseconds?: number; deadlineMilliseconds?: number } = {}) {
  const world = { dynamodb: 'up' as 'up' | 'down' | 'silent', reads: 0 };
  const dynamodb =
    (call: AwsCall): AwsCall =>
    async (operation, input) => {
      world.reads += 1;
      if (world.dynamodb === 'down') throw new Error('connect ECONNREFUSED');
      if (world.dynamodb === 'silent') return new Promise(() => undefined);
      return call(operation, input);
    };
  const handle = plane.handler(plane.authorizer({ dynamodb, ...change }));
  const ask = (key: string, headers = {}) =>
    handle(restEvent({ headers: { ...keyHeaders(key), ...headers } })).then(
      (answer) => ('policyDocument' in answer ? String(answer.context.errorCode ?? 'admitted') : 'simple'),
      (error: Error) => error.message,
    );
  return Object.assign(world, { ask });
}

test('a key admitted in the last minute goes on while DynamoDB is down, and no longer', async () => {
  const key = await plane.putKey();
  const one = instance();
  expect(await one.ask(key)).toBe('admitted');
  one.dynamodb = 'down';
  plane.clock += 4000;
  expect(await one.ask(key)).toBe('admitted');
  plane.clock += 55_999;
  expect(await one.ask(key)).toBe('admitted');
  expect(plane.stale).toEqual([4000, 59_999]);
  plane.clock += 1;
  expect(await one.ask(key)).toBe('authorizer_unavailable');
  expect(plane.stale).toHaveLength(2);
});

test('it goes on while DynamoDB is silent too, after the deadline', async () => {
  const key = await plane.putKey();
  const one = instance({ deadlineMilliseconds: 1500 });
  const never = plane.format.mint('sk', 'sandbox', 'NeverSeen000', (n) => Buffer.alloc(n, 1));
  expect(await one.ask(key)).toBe('admitted');
  one.dynamodb = 'silent';
  plane.clock += 4000;
  expect(await Promise.all([one.ask(key), one.ask(never)])).toEqual(['admitted', 'authorizer_unavailable']);
});

test('while DynamoDB answers, no record is used past its time', async () => {
  const key = await plane.putKey();
  const one = instance();
  await one.ask(key);
  await plane.changeKey(key, { status: 'revoked' });
  plane.clock += 3000;
  expect(await one.ask(key)).toBe('Unauthorized');
  expect(plane.stale).toEqual([]);
});

test('a revocation that was seen stays seen: with another tenant in the request too', async () => {
  const key = await plane.putKey();
  const one = instance();
  await one.ask(key);
  // Another tenant's name says nothing against the key.
  await one.ask(key, { 'x-tn': 'tenant_other' });
  one.dynamodb = 'down';
  plane.clock += 4000;
  expect(await one.ask(key)).toBe('admitted');
  one.dynamodb = 'up';
  await plane.changeKey(key, { status: 'revoked' });
  expect(await one.ask(key, { 'x-tn': 'tenant_third' })).toBe('Unauthorized');
  one.dynamodb = 'down';
  plane.clock += 4000;
  for (const tenant of ['tenant_acme', 'tenant_other', 'tenant_third']) {
    expect(await one.ask(key, { 'x-tn': tenant })).toBe('authorizer_unavailable');
  }
});

test('a tenant’s suspension that was seen by one of its keys holds for all of them', async () => {
  await plane.putTenant({
    tenantId: 'tenant_paused',
    status: 'active',
    roles: { writer: { permissions: ['*:*'], description: '' } },
  });
  const [first, second] = [0, 0].map(() => plane.putKey({ tenantId: 'tenant_paused' }));
  const keys = [await first, await second] as [string, string];
  const headers = { 'x-tn': 'tenant_paused' };
  const one = instance();
  for (const key of keys) expect(await one.ask(key, headers)).toBe('admitted');
  await plane.putTenant({ tenantId: 'tenant_paused', status: 'suspended', roles: {} });
  plane.clock += 4000;
  expect(await one.ask(keys[0], headers)).not.toBe('admitted');
  one.dynamodb = 'down';
  expect(await one.ask(keys[1], headers)).toBe('authorizer_unavailable');
});

test('a key is never used past its own end', async () => {
  const key = await plane.putKey({ expiresAt: new Date(plane.clock + 10_000).toISOString() });
  const one = instance();
  await one.ask(key);
  one.dynamodb = 'down';
  plane.clock += 9999;
  expect(await one.ask(key)).toBe('admitted');
  plane.clock += 1;
  expect(await one.ask(key)).toBe('authorizer_unavailable');
});

test('a guess at a known key’s secret is not admitted, and takes nothing from the key', async () => {
  const key = await plane.putKey();
  const guess = plane.format.mint('sk', 'sandbox', key.slice(7, 19), (n) => Buffer.alloc(n, 5));
  const one = instance();
  await one.ask(key);
  expect(await one.ask(guess)).toBe('Unauthorized');
  one.dynamodb = 'down';
  plane.clock += 4000;
  expect(await one.ask(guess)).toBe('authorizer_unavailable');
  expect(await one.ask(key)).toBe('admitted');
});

test('a request that the key may not make is refused by the old record as by a new one', async () => {
  const key = await plane.putKey({ allowedCidrs: ['198.51.100.0/24'] });
  const one = instance();
  expect(await one.ask(key)).toBe('network_not_allowed');
  one.dynamodb = 'down';
  plane.clock += 4000;
  expect(await one.ask(key)).toBe('network_not_allowed');
});

test('turned off, a record is never used past its time', async () => {
  const key = await plane.putKey();
  const one = instance({ staleMilliseconds: 0 });
  await one.ask(key);
  one.dynamodb = 'down';
  plane.clock += 3000;
  expect(await one.ask(key)).toBe('authorizer_unavailable');
  expect(plane.stale).toEqual([]);
});

test('an address that can’t be noted in time costs no caller the decision', async () => {
  const key = await plane.putKey();
  const dynamodb =
    (call: AwsCall): AwsCall =>
    (operation, input) =>
      operation === 'PutItem' ? new Promise(() => undefined) : call(operation, input);
  const handle = plane.handler(plane.authorizer({ dynamodb, deadlineMilliseconds: 1500 }));
  await expect(handle(restEvent({ headers: keyHeaders(key) }))).resolves.toHaveProperty('policyDocument');
});
