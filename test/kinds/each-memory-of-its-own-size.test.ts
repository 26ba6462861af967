import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { clockOf } from '../../core/access/clock.ts';
import { AnswerTime } from '../../core/access/deadline.ts';
import { KeyMemory, type Presented } from '../../core/access/key-memory.ts';
import { KeyReader, type KeyReading } from '../../core/access/key-reader.ts';
import { KeySources } from '../../core/access/key-sources.ts';
import { KnownRecords } from '../../core/access/known-records.ts';
import { Limiter } from '../../core/access/limiter.ts';
import type { AccessStore } from '../../core/access/ports.ts';
import { pepperSource } from '../../core/aws/pepper-source.ts';
import type {
  Admission,
  Caller,
  CredentialRecord,
  Refusal,
  Verdict,
} from '../../core/domain/decision/decision.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { SharedItems } from '../../core/store/shared-items.ts';
import { SetAside } from '../../functions/publisher/set-aside.ts';
import { RollUp } from '../../functions/usage-consumer/roll-up.ts';
import { KnownAuthorizers } from '../../functions/verify/known-authorizers.ts';
import { LimitCounts } from '../support/limit-counts.ts';

/** Each memory holds as many as it says, and with one more forgets the first, and nothing else. */

const START = Date.parse('2026-06-01T12:00:00Z');
const PEPPERS = { v1: '1'.repeat(64), v2: '2'.repeat(64) };
const young = Pepper.parse(JSON.stringify({ current: 'v2', ...PEPPERS }));
const old = Pepper.parse(JSON.stringify({ current: 'v1', v1: PEPPERS.v1 }));

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);

describe('what is remembered of keys', () => {
  const ENTRIES = 3;
  const memory = () =>
    new KeyMemory(
      {
        now: () => START,
        cacheMilliseconds: 3000,
        staleMilliseconds: 60_000,
        cacheEntries: ENTRIES,
        answerTime: new AnswerTime(
          clockOf(() => START),
          5000,
        ),
      },
      new KnownRecords(ENTRIES),
    );
  const sources = {} as KeySources;
  const caller = { keyId: 'key_0123456789AB', endsAt: Number.POSITIVE_INFINITY } as Caller;
  const admission: Admission = { allowed: true, caller };
  const refusal: Refusal = { allowed: false, code: 'authentication_failed', cause: 'wrong_secret' };
  const readingOf = (verdict: Verdict, clientKeyRequired = false, oauth?: object) => {
    const api = { clientKeyRequired, routes: [], oauth };
    return { verdict, api, readAt: START, grounds: { facts: [], stoodAt: 0 } } as unknown as KeyReading;
  };
  const presented = (key: number, clientKey?: string): Presented => ({
    keyHash: `${key}`,
    tenantId: undefined,
    clientKey,
  });

  test.each([
    ['admitted', admission],
    ['refused', refusal],
  ])('as many %s keys as it was given, beside as many of the others', (_, verdict) => {
    const kept = memory();
    const keep = (key: number, about: Verdict) =>
      kept.remember(presented(key), { reading: readingOf(about), network: undefined, sources });
    const known = () => numbers(10).filter((key) => kept.fresh(presented(key)) !== undefined);
    const others = verdict.allowed ? refusal : admission;
    for (const key of numbers(ENTRIES)) keep(key, verdict);
    for (const key of numbers(ENTRIES, ENTRIES)) keep(key, others);
    expect(known()).toEqual([0, 1, 2, 3, 4, 5]);
    keep(9, verdict);
    expect(known()).toEqual([1, 2, 3, 4, 5, 9]);
  });

  test('64 tokens beside one key', () => {
    const { tokens } = memory().remember(presented(0), {
      reading: readingOf(admission, false, {}),
      network: undefined,
      sources,
    });
    for (const token of numbers(64)) tokens?.set(`${token}`, { verdict: caller } as never);
    expect(tokens?.get('0')).toBeDefined();
    tokens?.set('64', { verdict: caller } as never);
    expect([tokens?.get('0'), tokens?.size]).toEqual([undefined, 64]);
  });

  test('8 client keys beside one key, where one is asked for; and otherwise one case, whatever is sent', () => {
    const kept = memory();
    const sent = (client: number) => presented(0, `client ${client}`);
    const keep = (client: number, isAsked: boolean) =>
      kept.remember(sent(client), { reading: readingOf(admission, isAsked), network: undefined, sources });
    const known = () => numbers(10).filter((client) => kept.fresh(sent(client)) !== undefined);
    for (const client of numbers(8)) keep(client, true);
    expect(known()).toEqual(numbers(8));
    keep(8, true);
    expect(known()).toEqual(numbers(8, 1));
    keep(9, false);
    expect(known()).toEqual(numbers(10));
  });

  test('256 addresses of one key beside its first', async () => {
    const known = new KeySources({ store: {} as AccessStore, now: () => START, onWarning: () => undefined });
    const anyones = { ...caller, keyType: 'publishable' } as Caller;
    const read = { network: undefined, networkSeenUntil: undefined };
    const address = (i: number) => `10.0.${i >> 8}.${i & 255}`;
    const note = (i: number) => known.note(anyones, { sourceIp: address(i), requestId: 'r', read });
    for (const i of numbers(257)) await note(i);
    expect(numbers(257).every((i) => known.knows(address(i)))).toBe(true);
    await note(257);
    expect([0, 1, 2, 257].map((i) => known.knows(address(i)))).toEqual([true, false, true, true]);
  });
});

test('upkeep of 10,000 keys is remembered as asked for; one more, and the first is asked for again', async () => {
  const format = new KeyFormat();
  const ids = numbers(10_001).map((i) => String(i).padStart(12, '0'));
  const keys = ids.map((id) => format.mint('sk', 'sandbox', id, randomBytes));
  const credentialOf = (i: number) =>
    ({
      keyId: `key_${ids[i]}`,
      tenantId: 'tenant_acme',
      type: 'secret',
      environment: 'sandbox',
      permissions: ['*:*'],
      status: 'active',
      allowedCidrs: [],
      allowedOrigins: [],
      rateLimits: [],
      secrets: [{ id: 's1', createdAt: '2026-05-01T00:00:00.000Z', hint: 'abcd' }],
      digests: { s1: old.digest(keys[i] ?? '') },
    }) as unknown as CredentialRecord;
  let clock = START;
  const asked: string[] = [];
  const reader = new KeyReader(
    {
      store: {
        apiId: undefined,
        read: async ({ credentialId }: { credentialId: string }) => ({
          readAt: clock,
          credential: credentialOf(Number(credentialId)),
          tenant: { tenantId: 'tenant_acme', status: 'active', roles: {} },
          product: undefined,
          api: undefined,
          networkSeenUntil: undefined,
        }),
      } as unknown as AccessStore,
      peppers: { current: async () => young, knowing: async () => young },
      upkeep: { ask: async ({ credentialId }) => void asked.push(credentialId) },
      now: () => clock,
      onWarning: () => undefined,
    },
    new KnownRecords(10),
  );
  const read = async (i: number) => {
    const key = format.parse(keys[i] ?? '');
    if (key === undefined) throw new Error('a key expected');
    return reader.read({ key, tenantId: 'tenant_acme', clientKey: undefined, network: undefined });
  };
  for (const i of numbers(10_000)) await read(i);
  expect(asked).toEqual(ids.slice(0, 10_000));
  await read(0);
  expect(asked).toHaveLength(10_000);
  await read(10_000);
  await read(0);
  expect(asked.slice(10_000)).toEqual([ids[10_000], ids[0]]);
  // And after a minute, whether there is room or not.
  clock += 59_999;
  await read(10_000);
  expect(asked).toHaveLength(10_002);
  clock += 1;
  await read(10_000);
  expect(asked.slice(10_002)).toEqual([ids[10_000]]);
});

test('1,000 items that keys share are kept, for as long as is said, and one more displaces the first', () => {
  let clock = START;
  const items = new SharedItems(
    clockOf(() => clock),
    1000,
  );
  const keep = (i: number) =>
    items.keep(`${i}`, { item: { i }, readAt: START, span: { began: i, answered: i } });
  for (const i of numbers(1000)) keep(i);
  expect(items.get('0')?.item).toEqual({ i: 0 });
  keep(1000);
  expect([items.get('0'), items.get('1')?.item, items.get('1000')?.item]).toEqual([
    undefined,
    { i: 1 },
    { i: 1000 },
  ]);
  clock += 999;
  expect(items.get('1')?.item).toEqual({ i: 1 });
  clock += 1;
  expect(items.get('1')).toBeUndefined();
});

test('limits of as many credentials as were given are held, and one more costs the first a lease', async () => {
  const store = new LimitCounts();
  const limiter = new Limiter({ store, now: () => START, entries: 2, onWarning: () => undefined });
  const limits = [{ limit: 1, period: 3600 }];
  // Of a window that is used up nobody need be asked, as long as it is remembered.
  const isAsked = async (credentialId: string) => {
    const before = store.leases;
    await limiter.spend(credentialId, limits);
    return store.leases > before;
  };
  for (const id of ['a', 'b']) expect(await isAsked(id)).toBe(true);
  expect([await isAsked('a'), await isAsked('b')]).toEqual([false, false]);
  expect(await isAsked('c')).toBe(true);
  expect([await isAsked('b'), await isAsked('a')]).toEqual([false, true]);
});

test('1,000 versions that the pepper does not have are remembered, and one more displaces the first', async () => {
  let clock = 0;
  let readings = 0;
  const source = pepperSource(
    async () => {
      readings += 1;
      return { SecretString: JSON.stringify({ current: 'v1', v1: PEPPERS.v1 }) };
    },
    'pepper',
    () => clock,
  );
  const isRead = async (version: string) => {
    clock += 1000;
    const before = readings;
    await source.knowing(version);
    return readings > before;
  };
  // All at once are one reading.
  const missAtOnce = async (from: number, to: number) => {
    clock += 1000;
    await Promise.all(numbers(to - from, from).map((i) => source.knowing(`v${100 + i}`)));
  };
  await source.current();
  // Missed four times it is looked for again after eight seconds only.
  for (const seconds of [0, 1, 2, 4]) {
    clock += seconds * 1000;
    expect(await isRead('v99')).toBe(true);
  }
  await missAtOnce(0, 999);
  expect(readings).toBe(6);
  expect(await isRead('v99')).toBe(false);
  await missAtOnce(999, 1000);
  expect(await isRead('v99')).toBe(true);
});

test('1,000 faulty events have their tries counted, the fifth of which sets one aside; one more displaces the first', async () => {
  const sent: string[] = [];
  const aside = new SetAside({
    sqs: async (operation) => {
      sent.push(operation);
      return {};
    },
    queueUrl: 'https://sqs.example/aside',
  });
  const arrival = (i: number) => ({
    event: { id: `${i}` },
    place: { pk: 'p', sk: 's' },
    sequenceNumber: `${i}`,
  });
  const take = (i: number) => aside.take(arrival(i) as never, new Error('too large'));
  const tries = async (i: number, count: number) => {
    const taken: boolean[] = [];
    for (const _ of numbers(count)) taken.push(await take(i));
    return taken;
  };
  expect(await tries(0, 4)).toEqual([false, false, false, false]);
  for (const i of numbers(999, 1)) await take(i);
  expect([await take(0), sent]).toEqual([true, ['SendMessage']]);
  expect(await tries(5000, 4)).toEqual([false, false, false, false]);
  for (const i of numbers(1000, 5001)) await take(i);
  expect([await take(5000), sent.length]).toEqual([false, 1]);
});

test('10,000 last uses are remembered as noted for a minute, and one more displaces the first', async () => {
  const noted: { keyId: string; at: number }[] = [];
  const rollUp = new RollUp({
    usage: { add: async () => [] },
    lastUses: { note: async (use: { keyId: string; at: number }) => void noted.push(use) },
    region: 'eu-central-1',
    countryOf: () => '-',
  } as never);
  const use = async (ids: readonly number[], time: number) => {
    const accesses = ids.map((i) => ({
      time,
      caller: { keyId: `key_${i}`, secretId: 's1', tenantId: 'tenant_a', environment: 'live' },
      status: 200,
      route: 'GET /',
      sourceIp: '203.0.113.7',
      requestId: 'r',
    }));
    const before = noted.length;
    await rollUp.add({ id: 'b', accesses, refusals: [] } as never, (what, cause) => {
      throw new Error(what, { cause });
    });
    return noted.slice(before);
  };
  expect(await use(numbers(10_000), START)).toHaveLength(10_000);
  expect(await use([0], START + 59_999)).toEqual([]);
  expect(await use([0], START + 60_000)).toEqual([{ keyId: 'key_0', secretId: 's1', at: START + 60_000 }]);
  // The first is the youngest now: the second gives way.
  expect(await use([10_000], START)).toHaveLength(1);
  expect((await use([0, 1, 2], START)).map(({ keyId }) => keyId)).toEqual(['key_1']);
});

test('authorizers of as many APIs as were given are kept, and one more displaces the one that was asked longest ago', async () => {
  const made: (string | undefined)[] = [];
  const known = new KnownAuthorizers((apiId) => {
    made.push(apiId);
    return { authorize: async () => ({ decision: { allowed: true }, caller: {} }) as never };
  }, 2);
  const ask = (apiId: string) => known.of(apiId).authorize({} as never);
  for (const apiId of ['a', 'b', 'a', 'b', 'a']) await ask(apiId);
  expect(made).toEqual([undefined, 'a', 'b']);
  await ask('c');
  await ask('a');
  expect(made).toEqual([undefined, 'a', 'b', 'c']);
  await ask('b');
  expect(made).toEqual([undefined, 'a', 'b', 'c', 'b']);
});
