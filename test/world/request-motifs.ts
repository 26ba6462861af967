import { KEYS, line, type Motif, tenantOf } from './draw.ts';
import type { Deed, Happening } from './script.ts';

/** What may go wrong between callers, instances and what these depend on. */
export const REQUEST_MOTIFS = {
  traffic: (draw, at) => {
    const calls = Array.from({ length: 3 + draw.chance.below(5) }, () => [
      draw.call(draw.key()),
      draw.while(),
    ]);
    const slot = draw.slot();
    return [
      ...line(at, ...calls.flat()),
      ...line(at, { do: 'subscriptionCall', subscription: draw.subscription(), by: draw.by(), slot }),
    ];
  },
  brakeAndWatch: (draw, at) => {
    const key = draw.key();
    const watch = Array.from({ length: 5 }, () => [draw.call(key), draw.while()]);
    return line(
      at,
      draw.call(key),
      draw.call(key),
      draw.while(),
      draw.admin(draw.brake(key)),
      ...watch.flat(),
      draw.admin(draw.release(key)),
      draw.while(),
      draw.call(key),
    );
  },
  /** One secret shows what is true of the other too. */
  seenByAnother: (draw, at) => {
    const [key, by] = [draw.key(), draw.by()];
    const other = draw.chance.is(0.5) ? key : draw.key();
    const newer: Happening = { do: 'call', key: other, by };
    const older: Happening = { do: 'call', key, by, ...(other === key && { older: true }) };
    return line(
      at,
      draw.admin({ op: 'rotateKey', key, overlapSeconds: 3600 }),
      300,
      older,
      newer,
      200 + draw.instant(),
      draw.admin(draw.brake(key)),
      draw.chance.between(3_300, 9_000),
      newer,
      50,
      { do: 'outage', service: 'dynamodb', trouble: 'down', lasts: 30_000, of: by },
      500,
      older,
      draw.while(),
      older,
    );
  },
  seenBySlot: (draw, at) => {
    const [subscription, by] = [draw.subscription(), draw.by()];
    const call = (slot: 'primary' | 'secondary'): Happening => ({
      do: 'subscriptionCall',
      subscription,
      by,
      slot,
    });
    const op = draw.chance.of(['cancelSubscription', 'suspendSubscription', 'suspendSubscription'] as const);
    return line(
      at,
      call('primary'),
      call('secondary'),
      500,
      draw.admin({ op, subscription }),
      draw.chance.between(3_300, 8_000),
      call('primary'),
      50,
      { do: 'outage', service: 'dynamodb', trouble: 'down', lasts: 20_000, of: by },
      400,
      call('secondary'),
      25_000,
      draw.admin({ op: 'resumeSubscription', subscription }),
      draw.while(),
      call('primary'),
      call('secondary'),
    );
  },
  pepper: (draw, at) => {
    const [key, by] = [draw.key(), draw.by()];
    const outage: Happening = {
      do: 'outage',
      service: 'secretsmanager',
      trouble: draw.chance.of(['down', 'slow', 'throttled'] as const),
      lasts: 60_000,
      of: by,
    };
    const renew = draw.chance.of<Deed>([
      { op: 'rotateKey', key, overlapSeconds: 600 },
      { op: 'createKey', tenant: tenantOf(key), role: 'writer' },
    ]);
    return line(
      at,
      draw.call(key, by),
      50,
      { do: 'rotatePepper' },
      draw.chance.of([62_000, 290_000, 301_000]),
      draw.call(key),
      draw.instant(),
      draw.admin(renew),
      300,
      ...(draw.chance.is(0.6) ? [outage, 10] : []),
      { do: 'call', key, by },
      draw.while(),
      { do: 'call', key: KEYS + draw.chance.below(2), by },
      draw.while(),
      draw.call(key),
    );
  },
  clock: (draw, at) => {
    const [key, by] = [draw.key(), draw.by()];
    const step = draw.chance.of([-600_000, -30_000, -4_000, 5_000, 90_000]);
    return line(
      at,
      draw.call(key, by),
      draw.instant(),
      { do: 'stepClock', of: by, by: step },
      draw.instant(),
      draw.admin(draw.brake(key)),
      draw.chance.between(5_300, 9_000),
      draw.call(key, by),
      20_000,
      draw.call(key, by),
      40_000,
      { do: 'stepClock', of: by, by: -step },
      1_000,
      draw.call(key, by),
    );
  },
  circuit: (draw, at) => {
    const by = draw.by();
    const calls = Array.from({ length: 5 }, () => [draw.call(draw.key(), by), 300]);
    return line(
      at,
      { do: 'outage', service: 'dynamodb', trouble: 'down', lasts: 4_000, of: by },
      ...calls.flat(),
      { do: 'stepClock', of: by, by: draw.chance.of([-600_000, -5_000, 0]) },
      14_000,
      draw.call(draw.key(), by),
      3_000,
      draw.call(draw.key(), by),
    );
  },
  freeze: (draw, at) => {
    const [key, by] = [draw.key(), draw.by()];
    const trouble = draw.chance.of(['slow', 'down', 'lost'] as const);
    const stopped = draw.chance.of(['wall', 'monotonic', 'none'] as const);
    return line(
      at,
      draw.call(key, by),
      3_500,
      { do: 'outage', service: 'dynamodb', trouble, lasts: 4_000, of: by },
      10,
      draw.call(key, by),
      3_700,
      { do: 'freeze', of: by, lasts: 1_000_000, stopped },
      500,
      draw.admin(draw.brake(key)),
      draw.chance.of([5_500, 58_000, 900_000]),
      draw.call(key, by),
      draw.while(),
      draw.call(key, by),
    );
  },
  /** A reading takes longer than anybody waits for it, and what it read is old when its process goes on. */
  frozenReading: (draw, at) => {
    const [subscription, by] = [draw.subscription(), draw.by()];
    const call: Happening = { do: 'subscriptionCall', subscription, by, slot: draw.slot() };
    const stopped = draw.chance.of(['wall', 'monotonic', 'none'] as const);
    return line(
      at,
      { do: 'outage', service: 'dynamodb', trouble: 'slow', lasts: 3_000, of: by },
      5,
      call,
      draw.chance.between(2_120, 2_900),
      { do: 'freeze', of: by, lasts: 1_000_000, stopped },
      200,
      draw.admin({ op: 'suspendSubscription', subscription }),
      draw.chance.of([8_000, 300_000]),
      call,
      30,
      call,
      5_000,
      draw.admin({ op: 'resumeSubscription', subscription }),
      6_000,
      call,
    );
  },
  fleet: (draw, at) => {
    const by = draw.by();
    const end = draw.chance.of(['deploy', 'lose'] as const);
    return line(
      at,
      draw.call(draw.key(), by),
      draw.instant(),
      { do: end, of: by },
      draw.instant(),
      draw.call(draw.key(), by),
      draw.while(),
      draw.admin(draw.edit(draw.key())),
      draw.instant(),
      { do: 'loseControl', of: draw.control() },
      draw.while(),
      draw.call(draw.key()),
    );
  },
  limits: (draw, at) => {
    const every = draw.chance.of([0, 100, 1_500]);
    const burst: Happening = { do: 'burst', key: 3, count: 15 + draw.chance.below(25), every };
    return line(
      at,
      burst,
      draw.while(),
      ...(draw.chance.is(0.3) ? [{ do: 'lose', of: draw.by() } as const] : []),
      { ...burst, every: draw.chance.of([0, 100]) },
    );
  },
  issuer: (draw, at) => {
    const [subscription, by] = [0, draw.by()];
    const call: Happening = { do: 'subscriptionCall', subscription, by, slot: draw.slot() };
    const outage: Happening = {
      do: 'outage',
      service: 'issuer',
      trouble: draw.chance.of(['down', 'slow', 'lost'] as const),
      lasts: 30_000,
      of: by,
    };
    return line(
      at,
      call,
      500,
      ...(draw.chance.is(0.4) ? [outage] : []),
      { do: 'rollIssuer' },
      draw.while(),
      call,
      16_000,
      call,
      draw.chance.of([0, 0, -600_000]) === 0 ? 5_000 : { do: 'stepClock', of: by, by: -600_000 },
      20_000,
      call,
    );
  },
  brownOut: (draw, at) => {
    const [key, by] = [draw.key(), draw.by()];
    const trouble = draw.chance.of(['slow', 'throttled', 'lost', 'partial', 'partial'] as const);
    const watch = Array.from({ length: 5 }, () => [draw.call(key, by), draw.while()]);
    return line(
      at,
      draw.call(key, by),
      { do: 'outage', service: 'dynamodb', trouble, lasts: 25_000, ...(draw.chance.is(0.7) && { of: by }) },
      draw.while(),
      draw.admin(draw.brake(key)),
      ...watch.flat(),
      draw.admin(draw.release(key)),
      draw.while(),
      draw.call(key),
    );
  },
} as const satisfies Record<string, Motif>;
