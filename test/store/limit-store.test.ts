import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { signedClient } from '../../core/aws/signed-client.ts';
import { type LimitPolicy, windowAt, windowOf } from '../../core/domain/decision/limit.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { limitStore } from '../../core/store/limit-store.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';

const REGION = 'eu-central-1';
const MINUTE: LimitPolicy = { limit: 10, period: 60 };
const MONTH: LimitPolicy = { limit: 12, period: 'month' };

let dynamodb: TestDynamoDb;
let clock: number;
let count = 0;
let id: string;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  clock = Date.parse('2026-11-22T12:00:00Z');
  count += 1;
  id = `Credential${String(count).padStart(2, '0')}`;
});

function lease(asks: readonly { policy: LimitPolicy; units: number; at?: number; heldUntil?: number }[]) {
  const call = signedClient({
    service: 'dynamodb',
    region: REGION,
    endpoint: dynamodb.endpoint,
    credentials: () => ({ ...CREDENTIALS, sessionToken: undefined }),
    attemptMilliseconds: 5000,
    deadlineMilliseconds: 10_000,
    now: Date.now,
    random: Math.random,
  });
  const store = limitStore({
    dynamodb: call,
    table: dynamodb.regional.name,
    region: REGION,
    now: () => clock,
  });
  return store.lease(
    id,
    asks.map(({ policy, units, at = clock, heldUntil }) => ({
      policy,
      units,
      heldUntil,
      window: windowAt(id, policy.period, at),
    })),
  );
}
const minute = (units: number, at?: number) =>
  lease([{ policy: MINUTE, units, ...(at !== undefined && { at }) }]);
const namesOf = async () => Object.keys((await dynamodb.item(itemKey.limits(id, REGION))) ?? {}).sort();

test('units are granted up to the limit, and what is used is told either way', async () => {
  expect(await minute(4)).toEqual({ granted: true, windows: [{ used: 4, heldUntil: 0 }] });
  expect(await minute(7)).toEqual({ granted: false, windows: [{ used: 4, heldUntil: 0 }] });
  expect(await minute(6)).toMatchObject({ granted: true, windows: [{ used: 10 }] });
  expect(await minute(0)).toMatchObject({ granted: true, windows: [{ used: 10 }] });
  expect(await minute(1)).toMatchObject({ granted: false });
});

test('all limits grant, or none takes anything', async () => {
  const both = (units: number) => lease([MINUTE, MONTH].map((policy) => ({ policy, units })));
  expect(await both(8)).toMatchObject({ granted: true, windows: [{ used: 8 }, { used: 8 }] });
  clock += 60_000;
  expect(await both(8)).toMatchObject({ granted: false, windows: [{ used: 0 }, { used: 8 }] });
  expect(await minute(10)).toMatchObject({ granted: true, windows: [{ used: 10 }] });
});

test('a lease says until when its rest is held, and the next one is told', async () => {
  await lease([{ policy: MINUTE, units: 5, heldUntil: clock + 1000 }]);
  expect(await minute(9)).toEqual({ granted: false, windows: [{ used: 5, heldUntil: clock + 1000 }] });
});

test('a clock that is one window behind counts in its own window, one that is further behind finds it used up', async () => {
  expect(await minute(6)).toMatchObject({ granted: true });
  expect(await minute(3, clock + 60_000)).toMatchObject({ granted: true, windows: [{ used: 3 }] });
  expect(await minute(5)).toMatchObject({ granted: false, windows: [{ used: 6 }] });
  expect(await minute(4)).toMatchObject({ granted: true, windows: [{ used: 10 }] });
  expect(await minute(1, clock - 60_000)).toMatchObject({ granted: false, windows: [{ used: 10 }] });
  expect(await minute(7, clock + 60_000)).toMatchObject({ granted: true, windows: [{ used: 10 }] });
});

test('the item stays small over many windows, and never forgets the newest two', async () => {
  for (let i = 0; i < 60; i++) {
    clock += 60_000;
    await lease([{ policy: MINUTE, units: 1, heldUntil: clock + 1000 }]);
  }
  const names = await namesOf();
  expect(names.length).toBeLessThanOrEqual(4 + 2 * 8);
  const { index } = windowAt(id, 60, clock);
  expect(names).toContain(`used#${windowOf(id, 60, index).id}`);
  expect(names).toContain(`used#${windowOf(id, 60, index - 1).id}`);
});

test('counts of a limit that is no longer set go a day after their window', async () => {
  for (const period of [30, 40, 50]) await lease([{ policy: { limit: 5, period }, units: 1 }]);
  clock += 2 * 86_400_000;
  for (let i = 0; i < 10; i++) {
    clock += 60_000;
    await minute(1);
  }
  expect((await namesOf()).filter((name) => /^used#[345]0/.test(name))).toEqual([]);
});
