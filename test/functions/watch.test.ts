import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { KeyProfile } from '../../core/domain/security/key-profile.ts';
import { AlertStore, type ListedAlert } from '../../core/store/alert-store.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { tenantOfKey } from '../../core/store/key-tenant.ts';
import { ProfileStore } from '../../core/store/profile-store.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { Watch } from '../../functions/usage-consumer/watch.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';
import { accessLine, consumerOver, delivery, NOON, refusalLine } from '../support/usage.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const COUNTRIES: Readonly<Record<string, string>> = { '8.8.8.8': 'DE', '9.9.9.9': 'FR', '1.1.1.1': 'BR' };
const countryOf = (address: string) => COUNTRIES[address] ?? '-';

let dynamodb: TestDynamoDb;
let alerts: AlertStore;
let profiles: ProfileStore;
let keyId: string;
let keys = 0;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  alerts = new AlertStore(dynamodb.main);
  profiles = new ProfileStore(dynamodb.usage);
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  keyId = `key_${`${keys++}`.padStart(12, '0')}`;
});

/** A new instance of the consumer. */
function consumer(changes: Partial<ConstructorParameters<typeof Watch>[0]> = {}) {
  const now = () => new Date(NOON + HOUR);
  const usage = new UsageStore(dynamodb.usage);
  const tenantOf = (id: string) => tenantOfKey(dynamodb.main, id);
  const watch = new Watch({ usage, profiles, alerts, tenantOf, countryOf, now, randomBytes, ...changes });
  return consumerOver(dynamodb.usage, { usage, countryOf, now, watch });
}

/** Lines of the key at hand. */
function lines(
  count: number,
  what: { status?: number; sourceIp?: string; time?: number; keyType?: string } = {},
) {
  return Array.from({ length: count }, () =>
    accessLine({ id: randomBytes(8).toString('hex'), keyId, ...what }),
  );
}

/** What the key at hand has behind it: a month, the last week with 300 requests a day, all from Germany. */
async function withHistory(): Promise<KeyProfile> {
  const since = new Date(NOON - 30 * DAY).toISOString();
  const profile: KeyProfile = {
    keyId,
    since,
    day: '2026-11-22',
    days: Array.from({ length: 7 }, (_, i) => ({
      day: new Date(NOON - (7 - i) * DAY).toISOString().slice(0, 10),
      requests: 300,
      clientErrors: 3,
      busiestHour: 40,
    })),
    countries: { DE: { first: since, last: new Date(NOON - HOUR / 2).toISOString() } },
    revision: 1,
  };
  await profiles.write(undefined, profile);
  return profile;
}

async function found(subject = keyId): Promise<readonly ListedAlert[]> {
  const matches = (alert: ListedAlert) => alert.subject.id === subject;
  dynamodb.settle();
  return (await alerts.list('*', {}, { limit: 100, now: new Date(NOON), state: undefined, matches })).items;
}
const kinds = (all: readonly ListedAlert[]) => all.map(({ kind }) => kind);

describe('the consumer of access logs finds', () => {
  test.each([
    ['most requests of a key failing', 'clientErrors', () => lines(100, { status: 403 })],
    ['a key over its limit', 'rateLimitExceeded', () => lines(100, { status: 429 })],
    ['a key at many times its busiest hour', 'requestSpike', () => lines(500)],
    ['a key in a country that is new', 'newCountry', () => lines(1, { sourceIp: '9.9.9.9' })],
    ['a key on two continents at once', 'impossibleTravel', () => lines(1, { sourceIp: '1.1.1.1' })],
  ])('%s, and announces it', async (_, kind, attack) => {
    await withHistory();
    await consumer()(delivery(attack()));
    const all = await found();
    expect(kinds(all)).toEqual([kind]);
    expect(all[0]?.tenantId).toBe('tenant_acme');
    const { alertId = '' } = all[0] ?? {};
    expect(await dynamodb.lastEvent(itemKey.alert(alertId))).toMatchObject({ data: { alertId, kind } });
  });

  test('a network that tries keys', async () => {
    const address = `100.20.${keys}.7`;
    const line = (i: number) =>
      refusalLine({
        id: `net-${keys}-${i}`,
        cause: i % 2 === 0 ? 'unknown_key' : 'malformed_key',
        sourceIp: address,
      });
    await consumer()(delivery(Array.from({ length: 100 }, (_, i) => line(i))));
    expect(await found(`100.20.${keys}.0/24`)).toMatchObject([
      { kind: 'networkAuthFailures', tenantId: null, evidence: { measured: 100 } },
    ]);
  });

  test('a key that is tried with wrong secrets, for its tenant; not one that nobody has', async () => {
    const management = new TestManagement(dynamodb);
    await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_named', name: 'Named' } });
    const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
    const { key } = (await management.call('POST /v1/tenants/tenant_named/keys', { body })).body;
    const attempts = (id: string) =>
      Array.from({ length: 20 }, (_, i) =>
        refusalLine({ id: `${id}-${i}`, cause: 'wrong_secret', keyId: id, sourceIp: `100.30.${i}.7` }),
      );
    await consumer()(delivery([...attempts(key.keyId), ...attempts('key_nobodyhasit0')]));
    expect(await found(key.keyId)).toMatchObject([
      { kind: 'keyAuthFailures', tenantId: 'tenant_named', evidence: { counts: { wrong_secret: 20 } } },
    ]);
    expect(await found('key_nobodyhasit0')).toEqual([]);
  });

  test('what many small batches come to together', async () => {
    await withHistory();
    const consume = consumer();
    for (let i = 0; i < 4; i++) await consume(delivery(lines(24, { status: 404 })));
    expect(await found()).toEqual([]);
    await consume(delivery(lines(4, { status: 404 })));
    expect(kinds(await found())).toEqual(['clientErrors']);
  });
});

describe('one alert', () => {
  test('for an attack that goes on, in whatever batches, again and again, from several instances', async () => {
    await withHistory();
    const batches = Array.from({ length: 4 }, () =>
      delivery([...lines(150, { status: 404 }), ...lines(1, { sourceIp: '1.1.1.1' })]),
    );
    for (const batch of batches) await Promise.all([consumer()(batch), consumer()(batch)]);
    for (const batch of batches.reverse()) await consumer()(batch);
    expect(kinds(await found()).sort()).toEqual(['clientErrors', 'impossibleTravel', 'requestSpike']);
  });

  test('also when the consumer dies between any two of its steps', async () => {
    await withHistory();
    const batch = delivery([...lines(120, { status: 404 }), ...lines(1, { sourceIp: '9.9.9.9' })]);
    const dying = (name: 'create' | 'write', before: boolean) => {
      const die = () => {
        throw new Error('killed');
      };
      const store = name === 'create' ? new AlertStore(dynamodb.main) : new ProfileStore(dynamodb.usage);
      const instead = async (...inputs: never[]) => {
        if (before) die();
        // biome-ignore lint/suspicious/noExplicitAny: whichever of the two it is
        await (name === 'create' ? alerts : (profiles as any))[name](...inputs);
        die();
      };
      const broken = Object.assign(store, { [name]: instead }) as never;
      return consumer(name === 'create' ? { alerts: broken } : { profiles: broken });
    };
    for (const name of ['create', 'write'] as const) {
      for (const before of [true, false]) await expect(dying(name, before)(batch)).rejects.toThrow('killed');
    }
    await consumer()(batch);
    expect(kinds(await found()).sort()).toEqual(['clientErrors', 'newCountry']);
  });
});

describe('nothing is found', () => {
  test('in what a key usually does, from where it usually is', async () => {
    await withHistory();
    await consumer()(delivery([...lines(60), ...lines(3, { status: 404 })]));
    expect(await found()).toEqual([]);
  });

  test('of a key that is new, however much it is used and from where', async () => {
    await consumer()(delivery([...lines(600), ...lines(5, { sourceIp: '1.1.1.1' })]));
    expect(await found()).toEqual([]);
  });

  test('in the countries of a publishable key', async () => {
    await withHistory();
    await consumer()(delivery(lines(5, { sourceIp: '1.1.1.1', keyType: 'publishable' })));
    expect(await found()).toEqual([]);
    expect((await profiles.read([keyId], [])).profile(keyId)?.countries).not.toHaveProperty('BR');
  });

  test('and nothing written, by a batch that tells nothing new', async () => {
    await withHistory();
    const consume = consumer();
    await consume(delivery(lines(3)));
    const before = (await profiles.read([keyId], [])).profile(keyId);
    await consume(delivery(lines(3)));
    expect((await profiles.read([keyId], [])).profile(keyId)).toEqual(before);
  });
});

test('a day of use becomes part of what is usual when the next one begins', async () => {
  const yesterday = NOON - DAY;
  const consume = consumer();
  await consume(delivery([...lines(8, { time: yesterday }), ...lines(2, { time: yesterday, status: 404 })]));
  await consume(delivery(lines(5, { time: yesterday - HOUR })));
  dynamodb.settle();
  await consume(delivery(lines(1)));
  const profile = (await profiles.read([keyId], [])).profile(keyId);
  expect(profile).toMatchObject({
    day: '2026-11-22',
    days: [{ day: '2026-11-21', requests: 15, clientErrors: 2, busiestHour: 10 }],
  });
});
