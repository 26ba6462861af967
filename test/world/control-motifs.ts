import { line, type Motif, tenantOf } from './draw.ts';
import type { Deed, Happening } from './script.ts';

/** What may go wrong between people, and behind their backs. */
export const CONTROL_MOTIFS = {
  race: (draw, at) => {
    const key = draw.key();
    const edits = Array.from({ length: 1 + draw.chance.below(3) }, () => [
      draw.admin(draw.edit(key)),
      draw.instant(),
    ]);
    return line(
      at,
      draw.instant(),
      ...edits.flat(),
      draw.admin(draw.brake(key)),
      draw.instant(),
      draw.admin(draw.edit(key)),
      1000,
      draw.call(key),
      draw.while(),
      draw.admin(draw.release(key)),
    );
  },
  subscriptionRace: (draw, at) => {
    const subscription = draw.subscription();
    const op = draw.chance.of(['suspendSubscription', 'cancelSubscription'] as const);
    const slot = draw.slot();
    const call: Happening = { do: 'subscriptionCall', subscription, by: draw.by(), slot };
    return line(
      at,
      call,
      100,
      draw.admin({ op: 'regenerateKey', subscription, slot }),
      draw.instant(),
      draw.admin({ op, subscription }),
      draw.instant(),
      draw.admin({ op: 'regenerateKey', subscription, slot: 'secondary' }),
      4_000,
      call,
      2_000,
      call,
    );
  },
  approvals: (draw, at) => {
    const key = draw.key();
    const tenant = tenantOf(key);
    const asked = draw.chance.of<Deed>([
      { op: 'revokeKey', key },
      { op: 'enableKey', key },
      { op: 'rotateKey', key, overlapSeconds: 60 },
      { op: 'putRole', tenant, role: 'clerk', permissions: ['orders:read'] },
    ]);
    const decide = (op: 'approve' | 'claim', admin: number): Happening => ({
      do: 'admin',
      admin,
      by: draw.control(),
      deed: { op, approval: 0 },
    });
    // Cut off between its two writes, and nobody tries again.
    const cut = draw.chance.is(0.3);
    const cutOff: readonly (Happening | number)[] = [
      decide('approve', 1),
      draw.chance.between(5, 45),
      { do: 'loseControl', of: 0 },
      { do: 'loseControl', of: 1 },
    ];
    const again: readonly (Happening | number)[] = [700, decide('approve', 1), 300, decide('claim', 0)];
    return line(
      at,
      draw.admin({ op: 'requireApproval', tenant, required: true }),
      400,
      { ...draw.admin(asked), admin: 0 } as Happening,
      500,
      draw.admin(draw.edit(key)),
      draw.instant(),
      ...(cut ? cutOff : [decide('approve', 1)]),
      draw.instant(),
      draw.admin(draw.edit(key)),
      ...(cut ? [] : again),
      300,
      draw.call(key),
      draw.while(),
      draw.admin({ op: 'requireApproval', tenant, required: false }),
      500,
      ...(cut ? [] : [decide('approve', 1)]),
    );
  },
  imports: (draw, at) => {
    const [text, tenant] = [draw.chance.below(3), draw.tenant()];
    const importing = (by: number, on: number): Happening =>
      draw.admin({ op: 'importKeys', tenant: on, text }, by);
    const call: Happening = { do: 'importedCall', by: draw.by(), text, tenant };
    return line(
      at,
      importing(0, tenant),
      draw.instant(),
      importing(1, draw.chance.is(0.5) ? tenant : draw.tenant()),
      draw.instant(),
      ...(draw.chance.is(0.4) ? [{ do: 'loseControl', of: 0 } as const, 2_000, importing(0, tenant)] : []),
      2_500,
      call,
      draw.while(),
      ...(draw.chance.is(0.3) ? [{ do: 'rotatePepper' } as const, 400_000] : []),
      call,
      1_500,
      call,
    );
  },
  expiry: (draw, at) => {
    const key = draw.key();
    const ahead = draw.chance.of([0, 0, 20_000, 400_000, 7_200_000]);
    return line(
      at,
      draw.admin({ op: 'expireKey', key, expiresIn: 300_000 }),
      1_000,
      draw.call(key),
      40_000,
      { do: 'sweep', ahead },
      30_000,
      ...(draw.chance.is(0.4) ? [draw.admin({ op: 'expireKey', key, expiresIn: 500_000 })] : []),
      draw.call(key),
      260_000,
      draw.call(key),
      10_000,
      { do: 'sweep', ahead: 0 },
      400_000,
      { do: 'sweep', ahead: 0 },
    );
  },
  repeat: (draw, at) => {
    const [tenant, idempotency] = [draw.tenant(), `once-${draw.chance.below(1000)}`];
    const deed: Deed = { op: 'createKey', tenant, role: 'brief', expiresIn: 90_000, idempotency };
    const create: Happening = { do: 'admin', admin: 0, by: draw.control(), deed };
    const between = draw.chance.of<Deed>([
      { op: 'suspendTenant', tenant },
      { op: 'requireApproval', tenant, required: true },
      { op: 'renameTenant', tenant },
      { op: 'deleteRole', tenant, role: 'brief' },
    ]);
    return line(
      at,
      draw.admin({ op: 'putRole', tenant, role: 'brief', permissions: ['orders:read'] }),
      300,
      create,
      draw.instant(),
      ...(draw.chance.is(0.5) ? [create] : []),
      600,
      draw.admin(between),
      draw.chance.of([400, 100_000]),
      create,
      500,
      draw.admin({ op: 'resumeTenant', tenant }),
      300,
      draw.admin({ op: 'requireApproval', tenant, required: false }),
    );
  },
  publishing: (draw, at) => {
    const key = draw.key();
    const trouble = draw.chance.of(['down', 'slow', 'partial', 'lost', 'throttled'] as const);
    const service = draw.chance.of(['bus', 'dynamodb'] as const);
    return line(
      at,
      { do: 'controlOutage', service, trouble, lasts: 8_000 },
      draw.admin(draw.edit(key)),
      100,
      draw.admin(draw.edit(key)),
      draw.instant(),
      { do: 'losePublisher' },
      400,
      draw.admin(draw.brake(key)),
      500,
      { do: 'losePublisher' },
      draw.while(),
      draw.admin(draw.release(key)),
    );
  },
  /** Longer than audit records are kept. */
  quiet: (draw, at) =>
    line(
      at,
      draw.admin(draw.edit(draw.key())),
      3 * 86_400_000,
      { do: 'forget' },
      60_000,
      draw.admin(draw.edit(draw.key())),
    ),
  poison: (draw, at) =>
    line(
      at,
      { do: 'poisonRecord' },
      draw.admin(draw.edit(draw.key())),
      500,
      draw.admin(draw.edit(4)),
      draw.admin(draw.edit(draw.key())),
      900,
      draw.admin(draw.edit(draw.key())),
    ),
  dropped: (draw, at) =>
    line(at, { do: 'dropRecord' }, draw.admin(draw.edit(draw.key())), 500, draw.admin(draw.edit(draw.key()))),
} as const satisfies Record<string, Motif>;
