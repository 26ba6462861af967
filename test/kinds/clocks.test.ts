import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Allowance } from '../../core/access/allowance.ts';
import { clockOf } from '../../core/access/clock.ts';
import { staleLog } from '../../core/access/stale-log.ts';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import { pepperSource } from '../../core/aws/pepper-source.ts';
import { CircuitOpenError, resilientCall } from '../../core/aws/resilient-call.ts';
import { PepperSecret } from '../../core/aws/secrets.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { IssuerKeys } from '../../core/oauth/issuer-keys.ts';
import { verifyKey } from '../../functions/verify/verify-keys.ts';
import { tableAccess } from '../../guard/table-access.ts';
import { SimulatedPlane } from '../support/simulated-plane.ts';
import { SimulatedTime } from '../support/simulated-time.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const PROMISE = 5 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** What may happen to a process and its clocks. */
const span = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 20 * MINUTE }));
const passing = fc.oneof(
  fc.record({
    kind: fc.constant('advance' as const),
    milliseconds: span,
    drift: fc.double({ min: -0.1, max: 0.1, noNaN: true }),
  }),
  fc.record({ kind: fc.constant('freeze' as const), milliseconds: span }),
  fc.record({
    kind: fc.constant('step' as const),
    milliseconds: fc.oneof(
      span,
      span.map((n) => -n),
    ),
  }),
);
type Passing = typeof passing extends fc.Arbitrary<infer T> ? T : never;

function pass(time: SimulatedTime, event: Passing): void {
  if (event.kind === 'advance') time.advance(event.milliseconds, event.drift);
  else time[event.kind](event.milliseconds);
}

describe('an age', () => {
  test('is never less than what either clock says, nor goes back; and a clock set back is more than any', () => {
    fc.assert(
      fc.property(fc.array(passing, { maxLength: 40 }), (events) => {
        const time = new SimulatedTime();
        const { steady } = time.clock;
        const looks = [{ steady: steady(), wall: time.wall, monotonic: time.monotonic }];
        for (const event of events) {
          pass(time, event);
          looks.push({ steady: steady(), wall: time.wall, monotonic: time.monotonic });
        }
        for (const [i, then] of looks.entries()) {
          for (const now of looks.slice(i + 1)) {
            const age = now.steady - then.steady;
            const told = Math.max(now.wall - then.wall, now.monotonic - then.monotonic, 0);
            expect(age).toBeGreaterThanOrEqual(told - 1);
            const between = looks.slice(i, looks.indexOf(now) + 1);
            const wasSetBack = between.some((look, n) => look.wall < (between[n - 1]?.wall ?? 0));
            if (wasSetBack) expect(age).toBeGreaterThanOrEqual(DAY);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is right to two milliseconds where nobody touches the clocks, however often it is looked at', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { maxLength: 2000 }), (pauses) => {
        const time = new SimulatedTime();
        const began = time.clock.steady();
        for (const pause of pauses) {
          time.advance(pause);
          time.clock.steady();
        }
        expect(Math.abs(time.clock.steady() - began - time.truth)).toBeLessThanOrEqual(2);
      }),
      { numRuns: 20 },
    );
  });

  test('runs with a wall clock that is slewed, and not away from it', () => {
    const time = new SimulatedTime();
    const began = time.clock.steady();
    for (let n = 0; n < 100_000; n++) {
      time.advance(1, 0.0005);
      time.clock.steady();
    }
    expect(time.clock.steady() - began).toBeLessThanOrEqual(time.truth * 1.001 + 2);
  });

  test('by a wall clock alone is the wall clock’s, until that is set back', () => {
    let wall = 1000;
    const { steady } = clockOf(() => wall);
    expect(steady()).toBe(1000);
    wall += 500;
    expect(steady()).toBe(1500);
    wall -= 1;
    expect(steady()).toBe(1500 + DAY);
  });
});

describe('an ended key is not admitted five seconds after its end', () => {
  const happening = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('ask' as const),
        secret: fc.constantFrom(0 as const, 1 as const),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('proceed' as const),
        which: fc.nat(3),
        how: fc.constantFrom('served' as const, 'answered' as const, 'answered' as const, 'failed' as const),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('advance' as const),
        milliseconds: fc.integer({ min: 0, max: 4000 }),
        drift: fc.constant(0),
      }),
    },
    { weight: 2, arbitrary: passing },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const) }) },
  );

  test.each([true, false])('whatever clocks, freezes and readings do (revisions: %p)', async (isCounted) => {
    let admitted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 40 }), fc.boolean(), async (events, isSlow) => {
        const plane = new SimulatedPlane({ isCounted });
        const { time } = plane;
        const asked: Promise<void>[] = [];
        const faults: string[] = [];
        let endedAt = Number.POSITIVE_INFINITY;
        let wasSeen = false;
        const note = (outcome: string) => {
          const isAdmitted = outcome === 'admitted';
          admitted += Number(isAdmitted);
          if (isAdmitted && time.truth - endedAt > PROMISE) faults.push(`${time.truth - endedAt} ms later`);
          if (isAdmitted && wasSeen) faults.push('after it was seen to be refused');
          wasSeen ||= outcome === 'key_revoked';
        };
        const ask = (secret: 0 | 1) => asked.push(plane.ask(secret).then(note));
        expect(await plane.ask(0)).toBe('admitted');
        plane.isSlow = isSlow;
        for (const event of events) {
          if (event.kind === 'ask') ask(event.secret);
          else if (event.kind === 'proceed') await plane.proceed(event.which, event.how);
          else if (event.kind === 'end') {
            if (endedAt > time.truth) endedAt = time.truth;
            plane.changeKey({ status: 'revoked' });
          } else pass(time, event);
          // A process thaws because it is asked something.
          if (event.kind === 'freeze') ask(0);
          await setImmediate();
        }
        plane.isSlow = false;
        while (plane.isWaitedFor) await plane.proceed(0, 'answered');
        await Promise.all(asked);
        expect(faults).toEqual([]);
      }),
      { numRuns: 250 },
    );
    expect(admitted).toBeGreaterThan(100);
  });

  test('in a brown-out too, wherever the time goes', async () => {
    const latency = fc.integer({ min: 0, max: 3400 });
    await fc.assert(
      fc.asyncProperty(
        latency,
        latency,
        fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 8 }),
        async (read, note, pauses) => {
          const plane = new SimulatedPlane();
          expect(await plane.ask()).toBe('admitted');
          plane.latency = { BatchGetItem: read, PutItem: note };
          plane.time.advance(100);
          const endedAt = plane.time.truth;
          plane.changeKey({ status: 'revoked' });
          for (const [n, pause] of pauses.entries()) {
            plane.time.advance(pause);
            const outcome = await plane.ask(0, `203.0.${n}.7`);
            if (outcome === 'admitted') expect(plane.time.truth - endedAt).toBeLessThanOrEqual(PROMISE);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('after the wall clock was set back by ten minutes', async () => {
    const plane = new SimulatedPlane();
    expect(await plane.ask()).toBe('admitted');
    plane.changeKey({ status: 'revoked' });
    plane.time.step(-10 * MINUTE);
    expect(await plane.ask()).toBe('key_revoked');
  });

  test('nor by the reading of a request before the process was frozen', async () => {
    const plane = new SimulatedPlane({ staleMilliseconds: MINUTE });
    plane.isSlow = true;
    const before = plane.ask();
    await plane.proceed(0, 'served');
    plane.changeKey({ status: 'revoked' });
    plane.time.freeze(15 * MINUTE);
    const after = plane.ask();
    plane.isSlow = false;
    await plane.proceed(1, 'answered');
    expect(await after).toBe('key_revoked');
    await plane.proceed(0, 'answered');
    expect(await before).toBe('key_revoked');
  });

  test('nor by grace, where the reading that failed began before a freeze', async () => {
    const plane = new SimulatedPlane({ staleMilliseconds: MINUTE });
    expect(await plane.ask()).toBe('admitted');
    plane.time.advance(4 * SECOND);
    plane.isSlow = true;
    const asked = plane.ask();
    plane.changeKey({ status: 'revoked' });
    plane.time.freeze(20 * SECOND);
    plane.isSlow = false;
    await plane.proceed(0, 'failed');
    expect(await asked).toBe('key_revoked');
  });
});

test('an admission’s minute in an outage is a minute by whichever clock says more', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(passing, { minLength: 1, maxLength: 6 }), async (events) => {
      const plane = new SimulatedPlane({ staleMilliseconds: MINUTE });
      expect(await plane.ask()).toBe('admitted');
      plane.isDown = true;
      for (const event of events) {
        pass(plane.time, event);
        const outcome = await plane.ask();
        if (plane.time.truth > MINUTE) expect(outcome).toBe('unavailable');
      }
    }),
    { numRuns: 100 },
  );
});

test.each([true, false])(
  'of two readings at once the newer one counts, whichever is answered last (revisions: %p)',
  async (isCounted) => {
    const plane = new SimulatedPlane({ isCounted, staleMilliseconds: MINUTE });
    plane.isSlow = true;
    const slow = plane.ask(0);
    await plane.proceed(0, 'served');
    plane.changeKey({ status: 'revoked' });
    const quick = plane.ask(1);
    await plane.proceed(1, 'answered');
    expect(await quick).toBe('key_revoked');
    plane.isSlow = false;
    await plane.proceed(0, 'answered');
    expect(await slow).toBe('key_revoked');
    plane.isDown = true;
    plane.time.advance(4 * SECOND);
    expect([await plane.ask(0), await plane.ask(1)]).toEqual(['unavailable', 'unavailable']);
  },
);

describe('a wall clock set back', () => {
  const setBack = (time: SimulatedTime) => time.step(-10 * MINUTE);

  test('closes an open circuit', async () => {
    const time = new SimulatedTime();
    let isUp = false;
    const call = resilientCall(
      async () => {
        if (!isUp) throw new Error('connect ECONNREFUSED');
        return {};
      },
      { attemptMilliseconds: 100, deadlineMilliseconds: 300, now: time.clock, random: () => 0 },
    );
    const outcome = () =>
      call('GetItem', {}).then(
        () => 'answered',
        (error: unknown) => (error instanceof CircuitOpenError ? 'open' : 'failed'),
      );
    while ((await outcome()) !== 'open');
    isUp = true;
    setBack(time);
    expect(await Promise.all([outcome(), outcome()])).toEqual(['answered', 'answered']);
  });

  const secret = (version: string) =>
    JSON.stringify({ current: version, v1: '1'.repeat(64), v2: '2'.repeat(64) });

  test('renews the pepper, and lets a new version be looked for', async () => {
    const time = new SimulatedTime();
    let text = JSON.stringify({ current: 'v1', v1: '1'.repeat(64) });
    const call: AwsCall = async () => ({ SecretString: text });
    const source = pepperSource(call, 'pepper', time.clock);
    await source.current();
    for (let n = 0; n < 10; n++) {
      time.advance(5 * MINUTE);
      expect((await source.knowing('v2')).knows('v2')).toBe(false);
    }
    text = secret('v2');
    setBack(time);
    expect((await source.knowing('v2')).knows('v2')).toBe(true);
  });

  test('renews the pepper that digests are made under', async () => {
    let now = Date.parse('2026-06-01T12:00:00Z');
    let version = 'v1';
    const client = { send: async () => ({ SecretString: secret(version) }) };
    const peppers = new PepperSecret(client as never, 'pepper', () => new Date(now));
    expect((await peppers.pepper()).current).toBe('v1');
    version = 'v2';
    now -= 10 * MINUTE;
    expect((await peppers.pepper()).current).toBe('v2');
  });

  test('renews the keys of an issuer', async () => {
    const time = new SimulatedTime();
    let fetches = 0;
    const fetchJson = async (url: string) => {
      fetches += 1;
      return url.endsWith('/jwks') ? { keys: [] } : { jwks_uri: 'https://issuer.test/jwks' };
    };
    const keys = new IssuerKeys('https://issuer.test', fetchJson, time.clock);
    await keys.current();
    const before = await keys.current();
    expect(await keys.refreshed(before)).toBeUndefined();
    setBack(time);
    expect(await keys.refreshed(before)).not.toBe(before);
    expect(fetches).toBe(4);
  });

  test('silences no line about old records', () => {
    const time = new SimulatedTime();
    const lines: string[] = [];
    const log = staleLog((line) => lines.push(line), time.clock);
    log(4000, undefined);
    setBack(time);
    log(4000, undefined);
    expect(lines).toHaveLength(2);
  });

  test('keeps no lease’s rest for longer', () => {
    const time = new SimulatedTime();
    const { clock } = time;
    const allowance = new Allowance('Credential00', { limit: 100, period: 'day' }, clock());
    const ask = allowance.ask(1, clock());
    if (ask === undefined) throw new Error('a lease is needed');
    const heldUntil = clock() + SECOND;
    const use = { used: 5, heldUntil };
    allowance.settle({ ...ask, units: 5, heldUntil }, use, true, clock(), clock.steady());
    time.advance(SECOND - 1);
    allowance.turn(clock(), clock.steady());
    expect(allowance.held).toBe(5);
    time.step(-30);
    time.advance(1);
    allowance.turn(clock(), clock.steady());
    expect(allowance.held).toBe(0);
  });
});

test('a key is not used past its own end by a young record either', async () => {
  const plane = new SimulatedPlane();
  plane.changeKey({ expiresAt: new Date(plane.time.wall + SECOND).toISOString() });
  expect(await plane.ask()).toBe('admitted');
  plane.time.advance(SECOND - 1);
  expect(await plane.ask()).toBe('admitted');
  plane.time.advance(1);
  expect(await plane.ask()).toBe('key_expired');
});

test('who waited for a lease for longer than the decision is good for is not admitted by it', async () => {
  const plane = new SimulatedPlane();
  let wait = 3 * SECOND;
  const limiter = {
    spend: async () => {
      plane.time.advance(wait);
      return { admitted: true, states: [] } as const;
    },
  };
  const access = tableAccess({
    limiter,
    authorize: (request) => plane.authorizer.authorize(request),
    defaultLimits: { sandbox: [], live: [] },
    now: plane.time.clock,
    write: () => undefined,
  });
  const request = {
    headers: { 'x-api-key': plane.keys[0], 'x-tn': 'tenant_acme' },
    ...{ method: 'GET', path: '/v1/orders', sourceIp: undefined, requestId: 'r', tenantHeaderVisible: true },
  };
  const admit = () => access.admit(request, { permission: undefined, cost: () => 1 });
  expect(await admit()).toHaveProperty('identified');
  wait = 5 * SECOND;
  expect(await admit()).toHaveProperty('refusal.code', 'authorizer_unavailable');
  const verification = await verifyKey({ key: plane.keys[0], tenantId: 'tenant_acme' }, 'r', {
    authorizerOf: () => plane.authorizer,
    limiter: { ...limiter, look: limiter.spend },
    defaultLimits: { sandbox: [], live: [] },
    write: () => undefined,
    now: () => new Date(plane.time.wall),
    randomBytes,
    keyFormat: new KeyFormat(),
  });
  expect(verification).toHaveProperty('code', 'authorizer_unavailable');
});
