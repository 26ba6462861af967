import { RESOURCE, TTL_ATTRIBUTE } from '../../core/contract/deployment.ts';
import type { Admins } from './admins.ts';
import type { Background } from './background.ts';
import type { Callers } from './callers.ts';
import { ControlPlane } from './control-plane.ts';
import type { LimitInvariants } from './invariants.ts';
import type { Outage } from './network.ts';
import { RequestPlane } from './request-plane.ts';
import type { Action } from './script.ts';
import type { Stream } from './stream.ts';
import type { World } from './world.ts';

const AUTHORIZERS = 3;
const CONTROL_PLANES = 2;

type Of<Name extends Action['do']> = Extract<Action, { do: Name }>;
type Doings = { readonly [Name in Action['do']]: (action: Of<Name>) => void };

/** All who take part. */
export interface Parts {
  readonly world: World;
  readonly callers: Callers;
  readonly admins: Admins;
  readonly background: Background;
  readonly stream: Stream;
  readonly limits: LimitInvariants;
  /** How many keys an authorizer's instance remembers. */
  readonly cacheEntries: number;
}

/** The instances there are, and what each action of a script does. */
export class Happenings {
  readonly #parts: Parts;
  readonly authorizers: RequestPlane[];
  readonly controls: ControlPlane[];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.authorizers = Array.from({ length: AUTHORIZERS }, () => this.#authorizer());
    this.controls = Array.from({ length: CONTROL_PLANES }, () => this.#controlPlane());
  }

  /** Begins what an action says; how it goes on is the scheduler's. */
  happen(action: Action): void {
    (this.#doings[action.do] as (action: Action) => void)(action);
  }

  readonly #doings: Doings = {
    call: (action) => this.#parts.callers.call(action, this.#authorizerAt(action.by)),
    subscriptionCall: (action) => this.#parts.callers.subscriptionCall(action, this.#authorizerAt(action.by)),
    importedCall: (action) => this.#parts.callers.importedCall(action, this.#authorizerAt(action.by)),
    burst: (action) => this.#parts.callers.burst(action, this.authorizers),
    admin: ({ deed, admin, by }) => {
      void this.#parts.admins.do(deed, admin, this.controls[by % CONTROL_PLANES] as ControlPlane);
    },
    outage: (action) => {
      const one = action.of === undefined ? undefined : this.#authorizerAt(action.of).instance;
      this.#begin(action, (instance) => one === undefined || instance === one);
    },
    controlOutage: (action) => this.#begin(action, ({ name }) => !name.startsWith('authorizer')),
    stepClock: ({ of, by }) => {
      this.#disturb();
      this.#authorizerAt(of).instance.stepClock(by);
    },
    freeze: ({ of, lasts, stopped }) => {
      this.#disturb();
      const { instance } = this.#authorizerAt(of);
      // Lambda freezes between requests alone.
      if (instance.busy === 0) instance.freeze(lasts, stopped);
    },
    // A deployment lets an instance end what it is doing; one that is lost ends at once.
    deploy: ({ of }) => this.#replace(of),
    lose: ({ of }) => {
      this.#authorizerAt(of).instance.lose();
      this.#replace(of);
    },
    loseControl: ({ of }) => {
      this.controls[of % CONTROL_PLANES]?.instance.lose();
      this.controls[of % CONTROL_PLANES] = this.#controlPlane();
    },
    sweep: ({ ahead }) => void this.#parts.background.sweep(ahead),
    rotatePepper: () => void this.#parts.background.rotatePepper(),
    rollIssuer: () => this.#parts.world.issuer.roll(),
    losePublisher: () => this.#parts.stream.losePublisher(),
    dropRecord: () => this.#parts.stream.dropNext(),
    poisonRecord: () => this.#parts.stream.poisonNext(),
    forget: () => this.#parts.world.tables.expire(RESOURCE.auditTable, TTL_ATTRIBUTE),
  };

  #begin({ service, trouble, lasts }: Of<'outage' | 'controlOutage'>, concerns: Outage['concerns']): void {
    const { network, now } = this.#parts.world;
    network.outages.push({ service, trouble, from: now, until: now + lasts, concerns });
  }

  #replace(index: number): void {
    this.#disturb();
    this.authorizers[index % AUTHORIZERS] = this.#authorizer();
  }

  /** What was leased may be lost by it. */
  #disturb(): void {
    this.#parts.limits.disturbedAt = this.#parts.world.now;
  }

  #authorizerAt(index: number): RequestPlane {
    return this.authorizers[index % AUTHORIZERS] as RequestPlane;
  }

  #authorizer(): RequestPlane {
    const { world, cacheEntries } = this.#parts;
    return new RequestPlane(world.instance('authorizer'), cacheEntries, (message, cause) =>
      world.log('warn', message, [cause]),
    );
  }

  #controlPlane(): ControlPlane {
    const { world } = this.#parts;
    return new ControlPlane(world.instance('control'), world.wire);
  }
}
