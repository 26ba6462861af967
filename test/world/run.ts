import { RESOURCE, TTL_ATTRIBUTE } from '../../core/contract/deployment.ts';
import { activate } from './active-world.ts';
import { Admins } from './admins.ts';
import { Background } from './background.ts';
import { Callers } from './callers.ts';
import { Cast } from './cast.ts';
import { Chance } from './chance.ts';
import { ControlInvariants } from './control-invariants.ts';
import { ControlPlane } from './control-plane.ts';
import { genesis } from './genesis.ts';
import { LimitInvariants, RequestInvariants } from './invariants.ts';
import type { Outage } from './network.ts';
import { RequestPlane } from './request-plane.ts';
import type { Action, Script } from './script.ts';
import { Stream } from './stream.ts';
import { Truth } from './truth.ts';
import { type Violation, World } from './world.ts';


const AUTHORIZERS = 3;
const CONTROL_PLANES = 2;
const RETENTION_DAYS = 1;
/** Until what was going on at the end has come to its end: graces, circuits, upkeep's retries. */
const SETTLING_MILLISECONDS = 200_000;

/** What a run came to. */
export interface Report {
  readonly violations: readonly Violation[];
  readonly actions: number;
  readonly steps: number;
  readonly calls: number;
  /** Requests by their code, operations by their status. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Differs where anything at all went differently. */
  readonly trace: string;
}

/** Plays a script, and says what was not as it must be. */
export async function run(script: Script): Promise<Report> {
  const play = new Play(script);
  return play.toTheEnd();
}

class Play {
  readonly #script: Script;
  readonly #world: World;
  readonly #stream: Stream;
  readonly #background: Background;
  readonly #callers: Callers;
  readonly #admins: Admins;
  readonly #limits: LimitInvariants;
  readonly #control: ControlInvariants;
  readonly #cast = new Cast();
  readonly #cacheEntries: number;
  #authorizers: RequestPlane[] = [];
  #controls: ControlPlane[] = [];

  constructor(script: Script) {
    this.#script = script;
    this.#world = new World(script.seed);
    activate(this.#world);
    const truth = new Truth(this.#world);
    this.#stream = new Stream(this.#world, RETENTION_DAYS);
    this.#background = new Background(this.#world);
    this.#limits = new LimitInvariants(this.#world);
    this.#control = new ControlInvariants(this.#world, truth, this.#stream);
    this.#admins = new Admins(this.#world, this.#cast, this.#control);
    this.#callers = new Callers(this.#world, this.#cast, new RequestInvariants(this.#world, truth), this.#limits);
    this.#cacheEntries = new Chance(script.seed, 'memory').of([1000, 1000, 4]);
  }

  async toTheEnd(): Promise<Report> {
    let isOver = false;
    let failure: unknown;
    this.#play()
      .catch((error) => {
        failure = error;
      })
      .finally(() => {
        isOver = true;
      });
    await this.#world.scheduler.run(() => isOver);
    if (failure !== undefined) throw failure;
    if (!isOver) throw new Error('the run stands still: somebody waits for what never comes');
    const { violations, scheduler, network } = this.#world;
    return {
      violations,
      actions: this.#script.actions.length,
      steps: scheduler.steps,
      calls: network.calls,
      outcomes: Object.fromEntries([...this.#callers.outcomes, ...this.#admins.outcomes]),
      trace: `${scheduler.steps} ${scheduler.now} ${network.calls} ${this.#world.commits.length} ${this.#stream.bus.length}`,
    };
  }

  async #play(): Promise<void> {
    const { scheduler, network } = this.#world;
    this.#controls = Array.from({ length: CONTROL_PLANES }, () => this.#control_());
    await genesis(this.#world, this.#cast, this.#admins, this.#controls[0] as ControlPlane);
    this.#authorizers = Array.from({ length: AUTHORIZERS }, () => this.#authorizer());
    const start = this.#world.now;
    for (const action of this.#script.actions) {
      await until(this.#world, start + action.at);
      this.#happen(action);
    }
    await scheduler.wait(100);
    network.heal();
    await scheduler.wait(SETTLING_MILLISECONDS);
    await this.#background.sweep();
    await this.#callers.callWithEverything(this.#authorizers);
    const deadline = this.#world.now + 3_600_000;
    while (!this.#stream.isEmpty && this.#world.now < deadline) await scheduler.wait(5_000);
    await scheduler.wait(30_000);
    this.#control.judgeEnd();
  }

  #happen(action: Action): void {
    const world = this.#world;
    switch (action.do) {
      case 'call':
        return this.#callers.call(action, this.#authorizerAt(action.by));
      case 'subscriptionCall':
        return this.#callers.subscriptionCall(action, this.#authorizerAt(action.by));
      case 'importedCall':
        return this.#callers.importedCall(action, this.#authorizerAt(action.by));
      case 'burst':
        return this.#callers.burst(action, this.#authorizers);
      case 'admin': {
        const plane = this.#controls[action.by % CONTROL_PLANES] as ControlPlane;
        return void this.#admins.do(action.deed, action.admin, plane);
      }
      case 'outage':
      case 'controlOutage':
        return void world.network.outages.push(this.#outageOf(action));
      case 'stepClock': {
        this.#limits.disturbedAt = world.now;
        return this.#authorizerAt(action.of).instance.stepClock(action.by);
      }
      case 'freeze': {
        const { instance } = this.#authorizerAt(action.of);
        this.#limits.disturbedAt = world.now;
        // Lambda freezes between requests alone.
        return instance.busy === 0 ? instance.freeze(action.lasts, action.stopped) : undefined;
      }
      case 'deploy':
      case 'lose':
        return this.#replace(action.of, action.do === 'lose');
      case 'loseControl':
        this.#controls[action.of]?.instance.lose();
        this.#controls[action.of] = this.#control_();
        return;
      case 'sweep':
        return void this.#background.sweep(action.ahead);
      case 'rotatePepper':
        return void this.#background.rotatePepper().catch((error) => world.log('warn', 'not rotated', [error]));
      case 'rollIssuer':
        return world.issuer.roll();
      case 'losePublisher':
        return this.#stream.losePublisher();
      case 'dropRecord':
        return this.#stream.dropNext();
      case 'poisonRecord':
        return this.#stream.poisonNext();
      case 'forget':
        return world.tables.expire(RESOURCE.auditTable, TTL_ATTRIBUTE);
    }
  }

  #outageOf(action: Extract<Action, { do: 'outage' | 'controlOutage' }>): Outage {
    const { now } = this.#world;
    const { service, trouble, lasts } = action;
    const one = action.do === 'outage' && action.of !== undefined ? this.#authorizerAt(action.of).instance : undefined;
    const isAuthorizer = (name: string) => name.startsWith('authorizer');
    return {
      service,
      trouble,
      from: now,
      until: now + lasts,
      concerns: (instance) =>
        one !== undefined ? instance === one : action.do === 'outage' || !isAuthorizer(instance.name),
    };
  }

  /** A deployment lets an instance end what it is doing; one that is lost ends at once. */
  #replace(index: number, isLost: boolean): void {
    const at = index % AUTHORIZERS;
    this.#limits.disturbedAt = this.#world.now;
    if (isLost) this.#authorizers[at]?.instance.lose();
    this.#authorizers[at] = this.#authorizer();
  }

  #authorizerAt(index: number): RequestPlane {
    return this.#authorizers[index % AUTHORIZERS] as RequestPlane;
  }

  #authorizer(): RequestPlane {
    return new RequestPlane(this.#world.instance('authorizer'), this.#cacheEntries);
  }

  #control_(): ControlPlane {
    return new ControlPlane(this.#world.instance('control'), this.#world.wire);
  }
}

async function until({ scheduler }: World, time: number): Promise<void> {
  if (time > scheduler.now) await scheduler.wait(time - scheduler.now);
}

