import { Limiter, type LimitStore } from '../../core/access/limiter.ts';
import type { LimitPolicy } from '../../core/domain/decision/limit.ts';
import { exponential, seeded } from './random.ts';

/** One credential under limits, asked for at any of many instances, which come and go. Times in seconds. */
export interface LeaseScenario {
  readonly policies: readonly LimitPolicy[];
  readonly requestsPerSecond: number;
  readonly instances: number;
  /** How long an instance lives on average. */
  readonly lifeSeconds: number;
  readonly seconds: number;
}

/** What the scenario came to. */
export interface LeaseLoss {
  readonly admitted: number;
  /** Updates that the store was asked for. */
  readonly writes: number;
  readonly instancesLost: number;
  /** Share of what was leased that nobody spent: rests of instances that stopped, or that fell silent. */
  readonly lostShare: number;
  /** The most that any window admitted, as a multiple of its limit. */
  readonly fullestWindow: number;
}

const CREDENTIAL = 'ScaleKey0000';

/** Plays a scenario with the limiter that is deployed, its clock and its store in memory. */
export async function loseLeases(scenario: LeaseScenario, seed: number): Promise<LeaseLoss> {
  const { policies, instances: count } = scenario;
  const random = seeded(seed);
  const untilRequest = exponential(scenario.requestsPerSecond, random);
  const untilLoss = exponential(count / scenario.lifeSeconds, random);
  const clock = { seconds: 0 };
  const used = new Map<string, number>();
  const admittedIn = new Map<string, number>();
  const loss = { admitted: 0, writes: 0, instancesLost: 0 };
  const newInstance = () =>
    instanceOn(clock, used, () => {
      loss.writes += 1;
    });
  const instances = Array.from({ length: count }, newInstance);

  let nextLoss = untilLoss();
  while (clock.seconds < scenario.seconds) {
    clock.seconds += untilRequest();
    for (; nextLoss <= clock.seconds; nextLoss += untilLoss()) {
      instances.splice(Math.floor(random() * count), 1, newInstance());
      loss.instancesLost += 1;
    }
    const instance = instances[Math.floor(random() * count)];
    const spending = await instance?.spend(CREDENTIAL, policies);
    if (!spending?.admitted) continue;
    loss.admitted += 1;
    for (const { window } of spending.states) add(admittedIn, window.id, 1);
  }
  const limitOf = (windowId: string) =>
    policies.find(({ period }) => windowId.startsWith(`${period}#`))?.limit ?? Number.NaN;
  const fullness = [...admittedIn].map(([windowId, units]) => units / limitOf(windowId));
  const [leased, spent] = [sum(used), sum(admittedIn)];
  return { ...loss, lostShare: (leased - spent) / leased, fullestWindow: Math.max(...fullness) };
}

function instanceOn(
  clock: { readonly seconds: number },
  used: Map<string, number>,
  onWrite: () => void,
): Limiter {
  const usedOf = (windowId: string) => used.get(windowId) ?? 0;
  const lease: LimitStore['lease'] = async (_, asks) => {
    onWrite();
    const granted = asks.every(({ policy, window, units }) => usedOf(window.id) + units <= policy.limit);
    for (const { window, units } of granted ? asks : []) used.set(window.id, usedOf(window.id) + units);
    return { granted, windows: asks.map(({ window }) => ({ used: usedOf(window.id), heldUntil: 0 })) };
  };
  return new Limiter({
    store: { lease },
    now: () => clock.seconds * 1000,
    entries: 10,
    onWarning: (_, cause) => {
      throw cause;
    },
  });
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, units) => total + units, 0);
}

function add(counts: Map<string, number>, name: string, units: number): void {
  counts.set(name, (counts.get(name) ?? 0) + units);
}
