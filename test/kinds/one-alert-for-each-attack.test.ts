import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Alert,
  afterAcknowledgement,
  alertIdOf,
  type Finding,
} from '../../core/domain/security/finding.ts';
import { AlertStore, type ListedAlert } from '../../core/store/alert-store.ts';
import { ProfileStore } from '../../core/store/profile-store.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { Watch } from '../../functions/usage-consumer/watch.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { alertOf, findingOf } from '../support/finding.ts';
import { TestManagement } from '../support/management.ts';
import { accessLine, consumerOver, delivery, refusalLine } from '../support/usage.ts';

const HOUR = 3_600_000;
const DAY_START = Date.parse('2026-11-22T00:00:00.000Z');

let dynamodb: TestDynamoDb;
let alerts: AlertStore;
let subjects = 0;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  alerts = new AlertStore(dynamodb.main);
});
afterAll(() => dynamodb.close());

/** Attacks of one hour each, by what they are found as: the subject, and the lines that make one. */
const ATTACKS: Readonly<
  Record<
    string,
    (subject: number) => { id: string; lines: (time: number) => ReturnType<typeof accessLine>[] }
  >
> = {
  networkAuthFailures: (subject) => ({
    id: `100.${Math.floor(subject / 250)}.${subject % 250}.0/24`,
    lines: (time) => {
      const sourceIp = `100.${Math.floor(subject / 250)}.${subject % 250}.7`;
      return Array.from({ length: 100 }, () =>
        refusalLine({ id: unique(), cause: 'unknown_key', sourceIp, time }),
      );
    },
  }),
  keyAuthFailures: (subject) => ({
    id: keyIdOf(subject),
    lines: (time) =>
      Array.from({ length: 20 }, () =>
        refusalLine({
          id: unique(),
          cause: 'wrong_secret',
          keyId: keyIdOf(subject),
          sourceIp: '9.9.9.9',
          time,
        }),
      ),
  }),
  clientErrors: (subject) => ({
    id: keyIdOf(subject),
    lines: (time) =>
      Array.from({ length: 100 }, () =>
        accessLine({ id: unique(), keyId: keyIdOf(subject), status: 404, time }),
      ),
  }),
};
const unique = () => randomBytes(9).toString('hex');
const keyIdOf = (subject: number) => `key_${`${subject}`.padStart(12, '0')}`;

/** The consumer on an instance that has seen nothing. */
function consumer(clock: () => number) {
  const now = () => new Date(clock());
  const usage = new UsageStore(dynamodb.usage);
  const watch = new Watch({
    usage,
    profiles: new ProfileStore(dynamodb.usage),
    alerts,
    tenantOf: async () => 'tenant_acme',
    countryOf: () => '-',
    now,
    randomBytes,
  });
  return consumerOver(dynamodb.usage, { usage, now, watch });
}

async function found(subject: string): Promise<readonly Alert[]> {
  const matches = (alert: ListedAlert) => alert.subject.id === subject;
  const now = new Date(DAY_START);
  dynamodb.settle();
  const { items } = await alerts.list('*', {}, { limit: 100, now, state: undefined, matches });
  const whole = await Promise.all(items.map(({ alertId }) => alerts.get(alertId, now)));
  return whole.filter((alert) => alert !== undefined);
}
const hourName = (hour: number) => new Date(DAY_START + hour * HOUR).toISOString().slice(0, 13);
const startsOf = (all: readonly Alert[]) => all.map(({ occurrence }) => occurrence.slice(-13)).sort();
const minutes = (hour: number, minute = 20) => DAY_START + hour * HOUR + minute * 60_000;

describe.each(Object.entries(ATTACKS))('attacks that are found as %s', (kind, attackOn) => {
  test('two that are hours apart on one day are two, and both are told', async () => {
    const { id, lines } = attackOn(subjects++);
    const consume = consumer(() => minutes(22));
    await consume(delivery(lines(minutes(9))));
    await consume(delivery(lines(minutes(15))));
    const all = await found(id);
    expect(startsOf(all)).toEqual([hourName(9), hourName(15)]);
    expect(all.map((alert) => alert.kind)).toEqual([kind, kind]);
    const told = (await dynamodb.emitted()).filter(({ subject }) => subject.id === id);
    expect(told.map(({ data }) => data.alertId).sort()).toEqual(all.map(({ alertId }) => alertId).sort());
  });

  test('as many alerts as there are hours without a break, whichever hours those are', async () => {
    const hours = fc.uniqueArray(fc.nat({ max: 23 }), { minLength: 1, maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(hours, fc.boolean(), async (attacked, restarts) => {
        const { id, lines } = attackOn(subjects++);
        let consume = consumer(() => minutes(23));
        for (const hour of attacked.sort((a, b) => a - b)) {
          if (restarts) consume = consumer(() => minutes(23));
          const batch = delivery(lines(minutes(hour)));
          await consume(batch);
          await consume(batch);
        }
        const starts = attacked.filter((hour) => !attacked.includes(hour - 1)).map(hourName);
        expect(startsOf(await found(id))).toEqual(starts);
      }),
      { numRuns: 6 },
    );
  });

  test('in whatever order their lines arrive, each has been told, and none twice', async () => {
    const hours = fc.shuffledSubarray([2, 3, 4, 8, 9, 14, 20], { minLength: 2 });
    await fc.assert(
      fc.asyncProperty(hours, async (arriving) => {
        const { id, lines } = attackOn(subjects++);
        for (const hour of arriving) await consumer(() => minutes(23))(delivery(lines(minutes(hour))));
        const starts = startsOf(await found(id));
        expect(new Set(starts).size).toBe(starts.length);
        const begins = arriving.filter((hour) => !arriving.includes(hour - 1)).map(hourName);
        expect(starts).toEqual(expect.arrayContaining(begins));
        expect(starts.length).toBeLessThanOrEqual(arriving.length);
      }),
      { numRuns: 5 },
    );
  });

  test('one that goes on after somebody has seen to it is told again, once', async () => {
    const { id, lines } = attackOn(subjects++);
    const management = new TestManagement(dynamodb);
    let clock = minutes(9);
    const consume = consumer(() => clock);
    await consume(delivery(lines(clock)));
    const [first] = await found(id);
    management.clock = new Date(minutes(9, 40));
    const acknowledged = await management.call(`POST /v1/alerts/${first?.alertId}/acknowledge`, { body: {} });
    expect(acknowledged.status).toBe(200);
    clock = minutes(9, 50);
    await consume(delivery(lines(clock)));
    expect(await found(id)).toHaveLength(1);
    for (const hour of [10, 11, 12]) {
      clock = minutes(hour);
      await Promise.all([consume(delivery(lines(clock))), consumer(() => clock)(delivery(lines(clock)))]);
    }
    expect(startsOf(await found(id))).toEqual([hourName(9), hourName(10)]);
    expect((await found(id)).map(({ state }) => state).sort()).toEqual(['acknowledged', 'open']);
  });
});

test('a client that goes on with a key which has ended does not hide somebody who guesses', async () => {
  const keyId = keyIdOf(subjects++);
  const consume = consumer(() => minutes(12));
  const refusals = (count: number, cause: string, hour: number) =>
    Array.from({ length: count }, () =>
      refusalLine({ id: unique(), cause, keyId, sourceIp: '9.9.9.9', time: minutes(hour) }),
    );
  for (const hour of [8, 9, 10]) await consume(delivery(refusals(100, 'key_expired', hour)));
  await consume(delivery(refusals(25, 'wrong_secret', 10)));
  expect((await found(keyId)).map(({ evidence }) => evidence.threshold).sort()).toEqual([100, 20]);
});

test('what comes after an acknowledgement has an id of its own, and always comes to an end', () => {
  const finding = (occurrence: string, hour: number): Finding => {
    const window = { from: `${hourName(hour)}:00:00.000Z`, to: `${hourName(hour + 1)}:00:00.000Z` };
    return findingOf({ subject: { type: 'apiKey', id: keyIdOf(0) }, occurrence, evidence: { window } });
  };
  const times = fc.array(fc.integer({ min: -200, max: 2000 }), { minLength: 30, maxLength: 30 });
  const bases = fc.constantFrom('', 'wrong_secret ', 'BR 2026-11-22 ');
  fc.assert(
    fc.property(times, fc.nat({ max: 22 }), bases, (acknowledgements, hour, base) => {
      const seen = new Set<string>();
      let telling: Finding | undefined = finding(`${base}${hourName(0)}`, hour);
      for (const minute of acknowledgements) {
        if (telling === undefined) break;
        const id = alertIdOf(telling);
        expect(seen).not.toContain(id);
        seen.add(id);
        const { state } = alertOf(telling, new Date(minutes(0)));
        const acknowledgedAt = new Date(minutes(0, minute)).toISOString();
        telling = afterAcknowledgement(telling, { ...state, state: 'acknowledged', acknowledgedAt });
      }
      expect(telling).toBeUndefined();
    }),
  );
});
