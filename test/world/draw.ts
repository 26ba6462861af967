import type { Chance } from './chance.ts';
import type { Action, Deed, Happening } from './script.ts';

const AUTHORIZERS = 3;
export const KEYS = 5;
const SUBSCRIPTIONS = 2;
const TENANTS = 2;
const ROLES = ['clerk', 'writer'] as const;

/** Something that is likely to be interesting, from a moment on. */
export type Motif = (draw: Draw, at: number) => readonly Action[];

/** Chance, in the words of a script. */
export class Draw {
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
  while = () =>
    Math.round(
      this.chance.of([50, 900, 2_500, 3_200, 4_600, 5_300, 12_000, 40_000]) * this.chance.between(0.8, 1.2),
    );
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
      {
        op: 'putRole',
        tenant,
        role: 'other',
        permissions: [this.chance.of(['a:read', 'b:read', 'c:write'])],
      },
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
export function tenantOf(key: number): number {
  return key % KEYS === KEYS - 1 ? 1 : 0;
}

/** Happenings one after the other; a number is a pause. */
export function line(at: number, ...parts: readonly (Happening | number)[]): readonly Action[] {
  let time = at;
  return parts.flatMap((part) => {
    if (typeof part === 'number') time += part;
    return typeof part === 'number' ? [] : [{ at: Math.round(time), ...part }];
  });
}
