import type { Chance } from './chance.ts';
import type { Action, Deed, Happening, Script } from './script.ts';

const AUTHORIZERS = 3;
const KEYS = 5;
const SUBSCRIPTIONS = 2;
const TENANTS = 2;
const ROLES = ['clerk', 'writer'] as const;

/** Something that is likely to be interesting, from a moment on. */
type Motif = (draw: Draw, at: number) => readonly Action[];

/** Chance, in the words of a script. */
class Draw {
  readonly chance: Chance;

  constructor(chance: Chance) {
    this.chance = chance;
  }

  key = () => this.chance.below(KEYS);
  by = () => this.chance.below(AUTHORIZERS);
  control = () => this.chance.below(2);
  tenant = () => (this.chance.is(0.75) ? 0 : this.chance.below(TENANTS));
  subscription = () => this.chance.below(SUBSCRIPTIONS);
  slot = () => this.chance.of(['primary', 'secondary'] as const);
  role = () => this.chance.of(ROLES);
  /** Of seconds: a moment, a few, or many. */
  while = () => Math.round(this.chance.of([50, 900, 2_500, 3_200, 4_600, 5_300, 12_000, 40_000]) * this.chance.between(0.8, 1.2));
  /** Nearly at once. */
  instant = () => this.chance.below(this.chance.of([1, 12, 60]));

  admin(deed: Deed, by = this.control()): Happening {
    return { do: 'admin', admin: this.chance.below(2), by, deed };
  }

  call(key: number, by = this.by()): Happening {
    const older = this.chance.is(0.3) && ({ older: true } as const);
    return { do: 'call', key, by, ...older, ...(this.chance.is(0.2) && ({ write: true } as const)) };
  }

  /** What forbids something, of a key or its tenant. */
  brake(key: number): Deed {
    const tenant = tenantOf(key);
    return this.chance.of<Deed>([
      { op: 'disableKey', key },
      { op: 'revokeKey', key },
      { op: 'suspendTenant', tenant },
      { op: 'endOverlap', key },
      { op: 'putRole', tenant, role: 'clerk', permissions: ['invoices:read'] },
      { op: 'restrictKey', key, permissions: ['invoices:read'] },
      { op: 'rotateKey', key, overlapSeconds: 0 },
    ]);
  }

  /** What changes nothing that a brake is about. */
  edit(key: number): Deed {
    const tenant = tenantOf(key);
    return this.chance.of<Deed>([
      { op: 'renameKey', key },
      { op: 'renameTenant', tenant },
      { op: 'putRole', tenant, role: 'other', permissions: [this.chance.of(['a:read', 'b:read', 'c:write'])] },
      { op: 'rotateKey', key, overlapSeconds: 600 },
    ]);
  }

  release(key: number): Deed {
    const tenant = tenantOf(key);
    return this.chance.of<Deed>([
      { op: 'enableKey', key },
      { op: 'resumeTenant', tenant },
      { op: 'putRole', tenant, role: 'clerk', permissions: ['orders:read', 'orders:write'] },
      { op: 'restrictKey', key, permissions: null },
    ]);
  }
}

/** The keys that a run begins with: the last one is the second tenant's. */
function tenantOf(key: number): number {
  return key % KEYS === KEYS - 1 ? 1 : 0;
}

/** Happenings one after the other; a number is a pause. */
function line(at: number, ...parts: readonly (Happening | number)[]): readonly Action[] {
  let time = at;
  return parts.flatMap((part) => {
    if (typeof part === 'number') time += part;
    return typeof part === 'number' ? [] : [{ at: Math.round(time), ...part }];
  });
}

const MOTIFS = {
  traffic: (draw, at) => {
    const calls = Array.from({ length: 3 + draw.chance.below(5) }, () => [draw.call(draw.key()), draw.while()]);
    const slot = draw.slot();
    return [
      ...line(at, ...calls.flat()),
      ...line(at, { do: 'subscriptionCall', subscription: draw.subscription(), by: draw.by(), slot }),
    ];
  },
  brakeAndWatch: (draw, at) => {
    const key = draw.key();
    const watch = Array.from({ length: 5 }, () => [draw.call(key), draw.while()]);
    return line(at, draw.call(key), draw.call(key), draw.while(), draw.admin(draw.brake(key)), ...watch.flat(), draw.admin(draw.release(key)), draw.while(), draw.call(key));
  },
  /** One secret shows what is true of the other too. */
  seenByAnother: (draw, at) => {
    const [key, by] = [draw.key(), draw.by()];
    const other = draw.chance.is(0.5) ? key : draw.key();
    const newer: Happening = { do: 'call', key: other, by };
    const older: Happening = { do: 'call', key, by, ...(other === key && { older: true }) };
    return line(at, draw.admin({ op: 'rotateKey', key, overlapSeconds: 3600 }), 300, older, newer, 200 + draw.instant(), draw.admin(draw.brake(key)), draw.chance.between(3_300, 9_000), newer, 50, { do: 'outage', service: 'dynamodb', trouble: 'down', lasts: 30_000, of: by }, 500, older, draw.while(), older);
  },
  seenBySlot: (draw, at) => {
    const [subscription, by] = [draw.subscription(), draw.by()];
    const call = (slot: 'primary' | 'secondary'): Happening => ({ do: 'subscriptionCall', subscription, by, slot });
    const op = draw.chance.of(['cancelSubscription', 'suspendSubscription', 'suspendSubscription'] as const);
    return line(at, call('primary'), call('secondary'), 500, draw.admin({ op, subscription }), draw.chance.between(3_300, 8_000), call('primary'), 50, { do: 'outage', service: 'dynamodb', trouble: 'down', lasts: 20_000, of: by }, 400, call('secondary'), 25_000, draw.admin({ op: 'resumeSubscription', subscription }), draw.while(), call('primary'), call('secondary'));
  },
  race: (draw, at) => {
    const key = draw.key();
    const edits = Array.from({ length: 1 + draw.chance.below(3) }, () => [draw.admin(draw.edit(key)), draw.instant()]);
    return line(at, draw.instant(), ...edits.flat(), draw.admin(draw.brake(key)), draw.instant(), draw.admin(draw.edit(key)), 1000, draw.call(key), draw.while(), draw.admin(draw.release(key)));
  },
  subscriptionRace: (draw, at) => {
    const subscription = draw.subscription();
    const op = draw.chance.of(['suspendSubscription', 'cancelSubscription'] as const);
    const slot = draw.slot();
    const call: Happening = { do: 'subscriptionCall', subscription, by: draw.by(), slot };
    return line(at, call, 100, draw.admin({ op: 'regenerateKey', subscription, slot }), draw.instant(), draw.admin({ op, subscription }), draw.instant(), draw.admin({ op: 'regenerateKey', subscription, slot: 'secondary' }), 4_000, call, 2_000, call);
  },
  approvals: (draw, at) => {
    const key = draw.key();
    const tenant = tenantOf(key);
    const asked = draw.chance.of<Deed>([{ op: 'revokeKey', key }, { op: 'enableKey', key }, { op: 'rotateKey', key, overlapSeconds: 60 }, { op: 'putRole', tenant, role: 'clerk', permissions: ['orders:read'] }]);
    const decide = (op: 'approve' | 'claim', admin: number): Happening => ({ do: 'admin', admin, by: draw.control(), deed: { op, approval: 0 } });
    return line(at, draw.admin({ op: 'requireApproval', tenant, required: true }), 400, { ...draw.admin(asked), admin: 0 } as Happening, 500, draw.admin(draw.edit(key)), draw.instant(), decide('approve', 1), draw.instant(), draw.admin(draw.edit(key)), 700, decide('approve', 1), 300, decide('claim', 0), 300, draw.call(key), draw.while(), draw.admin({ op: 'requireApproval', tenant, required: false }), 500, decide('approve', 1));
  },
  pepper: (draw, at) => {
    const [key, by] = [draw.key(), draw.by()];
    const outage: Happening = { do: 'outage', service: 'secretsmanager', trouble: draw.chance.of(['down', 'slow', 'throttled'] as const), lasts: 60_000, of: by };
    const renew = draw.chance.of<Deed>([{ op: 'rotateKey', key, overlapSeconds: 600 }, { op: 'createKey', tenant: tenantOf(key), role: 'writer' }]);
    return line(at, draw.call(key, by), 50, { do: 'rotatePepper' }, 62_000, draw.call(key, by), draw.instant(), draw.admin(renew), 300, ...(draw.chance.is(0.6) ? [outage, 10] : []), { do: 'call', key, by }, draw.while(), { do: 'call', key: KEYS + draw.chance.below(2), by }, draw.while(), draw.call(key));
  },
  clock: (draw, at) => {
    const [key, by] = [draw.key(), draw.by()];
    const step = draw.chance.of([-600_000, -30_000, -4_000, 5_000, 90_000]);
    return line(at, draw.call(key, by), draw.instant(), { do: 'stepClock', of: by, by: step }, draw.instant(), draw.admin(draw.brake(key)), draw.chance.between(5_300, 9_000), draw.call(key, by), 20_000, draw.call(key, by), 40_000, { do: 'stepClock', of: by, by: -step }, 1_000, draw.call(key, by));
  },
  circuit: (draw, at) => {
    const by = draw.by();
    const calls = Array.from({ length: 5 }, () => [draw.call(draw.key(), by), 300]);
    return line(at, { do: 'outage', service: 'dynamodb', trouble: 'down', lasts: 4_000, of: by }, ...calls.flat(), { do: 'stepClock', of: by, by: draw.chance.of([-600_000, -5_000, 0]) }, 14_000, draw.call(draw.key(), by), 3_000, draw.call(draw.key(), by));
  },
  freeze: (draw, at) => {
    const [key, by] = [draw.key(), draw.by()];
    const trouble = draw.chance.of(['slow', 'down', 'lost'] as const);
    const stopped = draw.chance.of(['wall', 'monotonic', 'none'] as const);
    return line(at, draw.call(key, by), 3_500, { do: 'outage', service: 'dynamodb', trouble, lasts: 4_000, of: by }, 10, draw.call(key, by), 3_700, { do: 'freeze', of: by, lasts: 1_000_000, stopped }, 500, draw.admin(draw.brake(key)), draw.chance.of([5_500, 58_000, 900_000]), draw.call(key, by), draw.while(), draw.call(key, by));
  },
  imports: (draw, at) => {
    const [text, tenant] = [draw.chance.below(3), draw.tenant()];
    const importing = (by: number, on: number): Happening => draw.admin({ op: 'importKeys', tenant: on, text }, by);
    const call: Happening = { do: 'importedCall', by: draw.by(), text, tenant };
    return line(at, importing(0, tenant), draw.instant(), importing(1, draw.chance.is(0.5) ? tenant : draw.tenant()), draw.instant(), ...(draw.chance.is(0.4) ? [{ do: 'loseControl', of: 0 } as const, 2_000, importing(0, tenant)] : []), 2_500, call, draw.while(), ...(draw.chance.is(0.3) ? [{ do: 'rotatePepper' } as const, 400_000] : []), call, 1_500, call);
  },
  expiry: (draw, at) => {
    const key = draw.key();
    const ahead = draw.chance.of([0, 0, 20_000, 400_000, 7_200_000]);
    return line(at, draw.admin({ op: 'expireKey', key, expiresIn: 300_000 }), 1_000, draw.call(key), 40_000, { do: 'sweep', ahead }, 30_000, ...(draw.chance.is(0.4) ? [draw.admin({ op: 'expireKey', key, expiresIn: 500_000 })] : []), draw.call(key), 260_000, draw.call(key), 10_000, { do: 'sweep', ahead: 0 }, 400_000, { do: 'sweep', ahead: 0 });
  },
  repeat: (draw, at) => {
    const [tenant, idempotency] = [draw.tenant(), `once-${draw.chance.below(1000)}`];
    const deed: Deed = { op: 'createKey', tenant, role: 'brief', expiresIn: 90_000, idempotency };
    const create: Happening = { do: 'admin', admin: 0, by: draw.control(), deed };
    const between = draw.chance.of<Deed>([{ op: 'suspendTenant', tenant }, { op: 'requireApproval', tenant, required: true }, { op: 'renameTenant', tenant }, { op: 'deleteRole', tenant, role: 'brief' }]);
    return line(at, draw.admin({ op: 'putRole', tenant, role: 'brief', permissions: ['orders:read'] }), 300, create, draw.instant(), ...(draw.chance.is(0.5) ? [create] : []), 600, draw.admin(between), draw.chance.of([400, 100_000]), create, 500, draw.admin({ op: 'resumeTenant', tenant }), 300, draw.admin({ op: 'requireApproval', tenant, required: false }));
  },
  fleet: (draw, at) => {
    const by = draw.by();
    const end = draw.chance.of(['deploy', 'lose'] as const);
    return line(at, draw.call(draw.key(), by), draw.instant(), { do: end, of: by }, draw.instant(), draw.call(draw.key(), by), draw.while(), draw.admin(draw.edit(draw.key())), draw.instant(), { do: 'loseControl', of: draw.control() }, draw.while(), draw.call(draw.key()));
  },
  limits: (draw, at) => {
    const every = draw.chance.of([0, 100, 1_500]);
    const burst: Happening = { do: 'burst', key: 3, count: 15 + draw.chance.below(25), every };
    return line(at, burst, draw.while(), ...(draw.chance.is(0.3) ? [{ do: 'lose', of: draw.by() } as const] : []), { ...burst, every: draw.chance.of([0, 100]) });
  },
  issuer: (draw, at) => {
    const [subscription, by] = [0, draw.by()];
    const call: Happening = { do: 'subscriptionCall', subscription, by, slot: draw.slot() };
    const outage: Happening = { do: 'outage', service: 'issuer', trouble: draw.chance.of(['down', 'slow', 'lost'] as const), lasts: 30_000, of: by };
    return line(at, call, 500, ...(draw.chance.is(0.4) ? [outage] : []), { do: 'rollIssuer' }, draw.while(), call, 16_000, call, draw.chance.of([0, 0, -600_000]) === 0 ? 5_000 : { do: 'stepClock', of: by, by: -600_000 }, 20_000, call);
  },
  publishing: (draw, at) => {
    const key = draw.key();
    const trouble = draw.chance.of(['down', 'slow', 'partial', 'lost', 'throttled'] as const);
    const service = draw.chance.of(['bus', 'dynamodb'] as const);
    return line(at, { do: 'controlOutage', service, trouble, lasts: 8_000 }, draw.admin(draw.edit(key)), 100, draw.admin(draw.edit(key)), draw.instant(), { do: 'losePublisher' }, 400, draw.admin(draw.brake(key)), 500, { do: 'losePublisher' }, draw.while(), draw.admin(draw.release(key)));
  },
  /** Longer than audit records are kept. */
  quiet: (draw, at) => line(at, draw.admin(draw.edit(draw.key())), 3 * 86_400_000, { do: 'forget' }, 60_000, draw.admin(draw.edit(draw.key()))),
  brownOut: (draw, at) => {
    const [key, by] = [draw.key(), draw.by()];
    const trouble = draw.chance.of(['slow', 'throttled', 'lost', 'partial', 'partial'] as const);
    const watch = Array.from({ length: 5 }, () => [draw.call(key, by), draw.while()]);
    return line(at, draw.call(key, by), { do: 'outage', service: 'dynamodb', trouble, lasts: 25_000, ...(draw.chance.is(0.7) && { of: by }) }, draw.while(), draw.admin(draw.brake(key)), ...watch.flat(), draw.admin(draw.release(key)), draw.while(), draw.call(key));
  },
  poison: (draw, at) => line(at, { do: 'poisonRecord' }, draw.admin(draw.edit(draw.key())), 500, draw.admin(draw.edit(4)), draw.admin(draw.edit(draw.key())), 900, draw.admin(draw.edit(draw.key()))),
  dropped: (draw, at) => line(at, { do: 'dropRecord' }, draw.admin(draw.edit(draw.key())), 500, draw.admin(draw.edit(draw.key()))),
} as const satisfies Record<string, Motif>;

export type MotifName = keyof typeof MOTIFS;

const WEIGHTS: Readonly<Record<MotifName, number>> = {
  traffic: 3,
  brakeAndWatch: 3,
  seenByAnother: 3,
  seenBySlot: 2,
  race: 3,
  subscriptionRace: 2,
  approvals: 3,
  pepper: 3,
  clock: 2,
  circuit: 2,
  freeze: 2,
  imports: 2,
  expiry: 2,
  repeat: 2,
  fleet: 2,
  limits: 2,
  issuer: 2,
  publishing: 2,
  quiet: 0.3,
  brownOut: 2,
  poison: 0.5,
  dropped: 0.5,
};

/** The script that a seed makes: some motifs, after and across one another. */
export function scriptOf(seed: number, chance: Chance): Script {
  const draw = new Draw(chance);
  const actions: Action[] = [];
  let at = 0;
  for (let motifs = 2 + chance.below(3); motifs > 0; motifs--) {
    const name = chance.weighted(WEIGHTS);
    const made = MOTIFS[name](draw, at);
    actions.push(...made);
    at = chance.is(0.4) ? at + chance.between(0, 3_000) : (made.at(-1)?.at ?? at) + draw.while();
  }
  // What happens at the same moment happens in the order in which it was drawn.
  return { seed, actions: actions.sort((one, other) => one.at - other.at) };
}
