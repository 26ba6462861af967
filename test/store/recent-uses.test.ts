import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Table } from '../../core/aws/document-client.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { type CredentialUse, recentUsesOf } from '../../core/store/recent-uses.ts';
import { AwsFixture } from '../support/local-aws.ts';
import { intercepted, NOON, usageTable } from '../support/usage.ts';

const fixture = new AwsFixture();
let table: Table;
beforeAll(async () => {
  table = await usageTable(fixture);
});
afterAll(() => fixture.close());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let runs = 0;
let looks = 0;
/** What readers between writes saw and should not have. */
const wrong: unknown[] = [];
/** Lists are shared by all runs: so the clock goes on. */
let clock = NOON;

const keyOf = (run: number, key: number) =>
  `key_r${String(run).padStart(5, '0')}k${String(key).padStart(5, '0')}`;

/** The table of a process that ends at its `step`-th write, before it is made or unanswered; `look` goes before each. */
function dying(step: number | undefined, when: 'before' | 'after', look: () => Promise<void>): Table {
  let writes = 0;
  return intercepted(table, async (operation, request) => {
    if (/Get/.test(operation)) return request();
    // What the writer would take for a failure of its own is kept.
    await look().catch((error: unknown) => wrong.push(error));
    writes += 1;
    if (step === undefined || writes < step) return request();
    if (writes === step && when === 'after') await request();
    throw new Error('this process has ended');
  });
}

const use = fc.record({
  key: fc.integer({ min: 0, max: 2 }),
  secret: fc.constantFrom('one', 'two'),
  minute: fc.integer({ min: 0, max: 9 }),
});
const step = fc.record({
  uses: fc.array(use, { minLength: 1, maxLength: 5 }),
  hours: fc.constantFrom(0, 0, 1, 2),
  dies: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  when: fc.constantFrom('before' as const, 'after' as const),
  together: fc.boolean(),
});

test('a last use is the latest that was told, and never goes back, wherever who notes it is cut off, with two at once and hours between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps) => {
      const run = ++runs;
      const [told, begun, seen] = [
        new Map<string, number>(),
        new Map<string, number>(),
        new Map<string, number>(),
      ];
      const usesOf = (some: (typeof steps)[number]['uses']): CredentialUse[] =>
        some.map(({ key, secret, minute }) => ({
          ...{ keyId: keyOf(run, key), secretId: secret, at: NOON + minute * MINUTE, log: `log ${minute}` },
        }));
      const raise = (map: Map<string, number>, uses: readonly CredentialUse[]) => {
        for (const { keyId, secretId, at } of uses)
          map.set(`${keyId} ${secretId}`, Math.max(at, map.get(`${keyId} ${secretId}`) ?? 0));
      };
      const look = async () => {
        looks += 1;
        const found = await new LastUseStore(table).lastUsed([0, 1, 2].map((key) => keyOf(run, key)));
        for (const [name, most] of begun) {
          const [keyId = '', secretId = ''] = name.split(' ');
          const known = found.get(keyId)?.bySecret[secretId];
          const at = known === undefined ? 0 : Date.parse(known);
          expect(at).toBeGreaterThanOrEqual(Math.max(told.get(name) ?? 0, seen.get(name) ?? 0));
          expect(at).toBeLessThanOrEqual(most);
          if (at > 0) expect(found.get(keyId)?.logs?.[secretId]).toBe(`log ${(at - NOON) / MINUTE}`);
          seen.set(name, at);
        }
      };
      for (const { uses: some, hours, dies, when, together } of steps) {
        clock += hours * HOUR;
        const uses = usesOf(some);
        raise(begun, uses);
        const on = new LastUseStore(dying(dies, when, look));
        const [failed] = await Promise.all([
          on.noteTogether(uses, new Date(clock)),
          together ? new LastUseStore(table).noteTogether(uses.toReversed(), new Date(clock)) : [],
        ]);
        if (failed.length === 0 || together) raise(told, uses);
        await look();
        expect(wrong).toEqual([]);
      }
      // Every list that has something notes it, and with the next hour lets it go.
      for (let hour = 0; hour < 2; hour++) {
        clock += HOUR;
        const all = [0, 1, 2].map((key) => ({
          keyId: keyOf(run, key),
          secretId: 'one',
          at: NOON,
          log: 'log 0',
        }));
        expect(await new LastUseStore(table).noteTogether(all, new Date(clock))).toEqual([]);
        raise(begun, all);
        raise(told, all);
        await look();
      }
    }),
    { numRuns: 15, endOnFailure: true },
  );
  expect(looks).toBeGreaterThan(50);
});

test('of uses that stand in one item each reader gets those of the keys that it asks for', async () => {
  const all = Array.from({ length: 1000 }, (_, i) => keyOf(99_999, i));
  const [mine = ''] = all;
  const list = recentUsesOf([mine])[0]?.pk;
  const alike = all.filter((keyId) => recentUsesOf([keyId])[0]?.pk === list);
  expect(alike.length).toBeGreaterThan(10);
  const uses = alike.map((keyId) => ({ keyId, secretId: 'one', at: NOON, log: 'log 0' }));
  expect(await new LastUseStore(table).noteTogether(uses, new Date(clock))).toEqual([]);
  const found = await new LastUseStore(table).lastUsed([mine]);
  expect([...found.keys()]).toEqual([mine]);
  expect(await new LastUseStore(table).lastUsed([keyOf(99_999, 5000)])).toEqual(new Map());
  expect(list).toBe(itemKey.recentUses(Number(list?.split('#')[2])).pk);
});

test('one credential that can’t be noted holds up no other of its list, and stays known', async () => {
  const all = Array.from({ length: 1000 }, (_, i) => keyOf(88_888, i));
  const list = recentUsesOf(all.slice(0, 1))[0]?.pk;
  const [bad = '', good = ''] = all.filter((keyId) => recentUsesOf([keyId])[0]?.pk === list);
  const uses = [bad, good].map((keyId) => ({ keyId, secretId: 'one', at: NOON, log: 'log 0' }));
  const broken = intercepted(table, async (_, request) => request());
  const { client } = broken;
  const on: Table = {
    ...broken,
    client: Object.assign(Object.create(client), {
      send: (command: { input: { Key?: { pk?: string } } }) => {
        if (command.input.Key?.pk === itemKey.lastUse(bad.slice(-12)).pk) throw new Error('it is full');
        return client.send(command as never);
      },
    }),
  };
  // What other tests have left in its list is noted first.
  const others = [{ keyId: good, secretId: 'two', at: NOON }];
  expect(await new LastUseStore(table).noteTogether(others, new Date(clock))).toEqual([]);
  expect(await new LastUseStore(on).noteTogether(uses, new Date(clock))).toEqual([]);
  for (let hour = 0; hour < 3; hour++) {
    clock += HOUR;
    const failed = await new LastUseStore(on).noteTogether([uses[1] ?? never()], new Date(clock));
    expect(failed.map(({ what }) => what)).toEqual([`the last use of ${bad}`]);
    expect((await new LastUseStore(table).lastUsed([bad, good])).size).toBe(2);
  }
});

function never(): never {
  throw new Error('there is none');
}
