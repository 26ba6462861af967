import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { KeyReader, UnknownPepperError } from '../../core/access/key-reader.ts';
import { KnownRecords } from '../../core/access/known-records.ts';
import type { AccessStore } from '../../core/access/ports.ts';
import { pepperSource } from '../../core/aws/pepper-source.ts';
import type { CredentialRecord } from '../../core/domain/decision/decision.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { type Digest, Pepper } from '../../core/domain/keys/pepper.ts';

/** A pepper that was rotated is read a second time: what it is read for is then decided, for good keys and bad. */

const PEPPERS = { v1: '1'.repeat(64), v2: '2'.repeat(64) };
const [v1, v2] = ['v1', 'v2'].map((current) => Pepper.parse(JSON.stringify({ current, ...PEPPERS }))) as [
  Pepper,
  Pepper,
];
const format = new KeyFormat();
const ID = '0123456789AB';
const key = format.mint('sk', 'sandbox', ID, randomBytes);
const guess = format.mint('sk', 'sandbox', ID, randomBytes);

let clock: number;
let readings: number;
let isRotated: boolean;
let isDown: boolean;
let upkeep: string[];
beforeEach(() => {
  clock = Date.parse('2026-06-01T12:00:00Z');
  readings = 0;
  isRotated = false;
  isDown = false;
  upkeep = [];
});

const secret = () =>
  pepperSource(
    async () => {
      readings += 1;
      if (isDown) throw new Error('connect ECONNREFUSED');
      return {
        SecretString: JSON.stringify(
          isRotated ? { current: 'v2', ...PEPPERS } : { current: 'v1', v1: PEPPERS.v1 },
        ),
      };
    },
    'pepper',
    () => clock,
  );

function readerOf(digests: Readonly<Record<string, Digest>>, text = key) {
  const secrets = Object.keys(digests).map((id) => ({ id, createdAt: 'x', hint: text.slice(-4) }));
  const credential = {
    ...{ keyId: `key_${ID}`, tenantId: 'tenant_acme', type: 'secret', environment: 'sandbox' },
    ...{ permissions: ['*:*'], status: 'active', allowedCidrs: [], allowedOrigins: [], rateLimits: [] },
    ...{ secrets, digests },
  } as unknown as CredentialRecord;
  const store = {
    apiId: undefined,
    read: async () => ({
      ...{ readAt: clock, credential, product: undefined, api: undefined, networkSeenUntil: undefined },
      tenant: { tenantId: 'tenant_acme', status: 'active', roles: {} },
    }),
  } as unknown as AccessStore;
  const reader = new KeyReader(
    {
      ...{ store, peppers: secret(), now: () => clock, onWarning: () => undefined },
      upkeep: { ask: async ({ pepper }) => void upkeep.push(pepper.current) },
    },
    new KnownRecords(10),
  );
  return async (presented: string) => {
    const carried = format.parse(presented);
    if (carried === undefined) throw new Error('a key of ours expected');
    const sent = { tenantId: 'tenant_acme', clientKey: undefined, network: undefined };
    const { verdict } = await reader.read({ key: carried, ...sent });
    return verdict.allowed ? `admitted by ${verdict.caller.secretId}` : verdict.cause;
  };
}

describe('a digest under a version that the last reading lacked', () => {
  test('is read for at once: its key is admitted, another of the same id is refused', async () => {
    const read = readerOf({ s1: v2.digest(key) });
    await expect(read(key)).rejects.toThrow(UnknownPepperError);
    expect(readings).toBe(1);
    isRotated = true;
    clock += 1000;
    expect([await read(guess), readings]).toEqual(['wrong_secret', 2]);
    expect([await read(key), readings, upkeep]).toEqual(['admitted by s1', 2, []]);
  });

  test.each([
    ['its key', key, 'admitted by s1'],
    ['another', guess, 'wrong_secret'],
  ])('that was read already decides on %s without another reading', async (_, presented, verdict) => {
    isRotated = true;
    const read = readerOf({ s1: v2.digest(key) });
    expect([await read(presented), readings]).toEqual([verdict, 1]);
  });

  test('can’t be told a millisecond too early, nor while nothing can be read, and then can', async () => {
    const read = readerOf({ s1: v2.digest(key) });
    await expect(read(key)).rejects.toThrow(UnknownPepperError);
    isRotated = true;
    clock += 999;
    await expect(read(guess)).rejects.toThrow(UnknownPepperError);
    expect(readings).toBe(1);
    isDown = true;
    clock += 1;
    await expect(read(key)).rejects.toThrow(UnknownPepperError);
    expect(readings).toBe(2);
    isDown = false;
    clock += 1000;
    expect([await read(key), await read(guess), readings]).toEqual(['admitted by s1', 'wrong_secret', 3]);
  });

  test('beside one that is known: the known one’s key asks for nothing, the other’s and a guess do', async () => {
    const other = format.mint('sk', 'sandbox', ID, randomBytes);
    const read = readerOf({ s1: v1.digest(key), s2: v2.digest(other) });
    expect([await read(key), readings]).toEqual(['admitted by s1', 1]);
    await expect(read(other)).rejects.toThrow(UnknownPepperError);
    await expect(read(guess)).rejects.toThrow(UnknownPepperError);
    isRotated = true;
    clock += 1000;
    expect([await read(other), await read(key), await read(guess), readings]).toEqual([
      ...['admitted by s2', 'admitted by s1', 'wrong_secret'],
      2,
    ]);
    // The older one's is to be renewed, once.
    expect(upkeep).toEqual(['v2']);
  });
});

describe('a pepper that is read again in passing', () => {
  test.each([
    ['not before five minutes are over', 5 * 60_000 - 1, 1, []],
    ['once they are', 5 * 60_000, 2, ['v2']],
  ])('%s', async (_, later, expected, renewed) => {
    const read = readerOf({ s1: v1.digest(key) });
    expect(await read(key)).toBe('admitted by s1');
    isRotated = true;
    clock += later;
    expect([await read(key), await read(guess), readings]).toEqual([
      'admitted by s1',
      'wrong_secret',
      expected,
    ]);
    expect(upkeep).toEqual(renewed);
  });

  test('that fails leaves the old one in use, and is tried again after five minutes more', async () => {
    const read = readerOf({ s1: v1.digest(key) });
    await read(key);
    isDown = true;
    clock += 5 * 60_000;
    expect([await read(key), await read(key), readings]).toEqual(['admitted by s1', 'admitted by s1', 2]);
    clock += 5 * 60_000 - 1;
    expect([await read(guess), readings]).toEqual(['wrong_secret', 2]);
    clock += 1;
    expect([await read(guess), readings]).toEqual(['wrong_secret', 3]);
  });
});

test('a digest verifies its text under the pepper before and after a rotation, and no other text', () => {
  const before = Pepper.parse(JSON.stringify({ current: 'v1', v1: PEPPERS.v1 }));
  const [first, second] = [before.digest(key), v2.digest(key)];
  expect([first.pepper, second.pepper]).toEqual(['v1', 'v2']);
  const told = (pepper: Pepper, digest: Digest) => [
    pepper.verifies(key, digest),
    pepper.verifies(guess, digest),
  ];
  expect([told(before, first), told(v2, first), told(v2, second)]).toEqual([
    [true, false],
    [true, false],
    [true, false],
  ]);
  expect(told(before, second)).toEqual([false, false]);
  expect(v2.digests('x').map(({ pepper }) => pepper)).toEqual(['v1', 'v2']);
  const ten = { v10: PEPPERS.v1, v9: PEPPERS.v1, v100: PEPPERS.v1, v2: PEPPERS.v1 };
  const many = Pepper.parse(JSON.stringify({ ...ten, current: 'v9' })).digests('x');
  expect(many.map(({ pepper }) => pepper)).toEqual(['v2', 'v9', 'v10', 'v100']);
  // Half a digest is none.
  expect(v2.verifies(key, { ...second, hmac: second.hmac.slice(0, 20) })).toBe(false);
});

test('a pepper’s texts have 32 characters or more, and one of them is current', () => {
  const parse = (fields: object) => () => Pepper.parse(JSON.stringify(fields));
  expect(parse({ current: 'v1', v1: 'x'.repeat(32) })().current).toBe('v1');
  for (const fields of [
    { current: 'v1', v1: 'x'.repeat(31) },
    { current: 'v1', v1: 32 },
    { current: 'v2', v1: 'x'.repeat(32) },
    { current: 1, v1: 'x'.repeat(32) },
    { v1: 'x'.repeat(32) },
    { current: 'v1', v1: 'x'.repeat(32), v0: 'x'.repeat(32) },
    { current: 'v1', v1: 'x'.repeat(32), xv2: 'x'.repeat(32) },
    { current: 'v1', v1: 'x'.repeat(32), v2x: 'x'.repeat(32) },
  ])
    expect(parse(fields)).toThrow(TypeError);
});
