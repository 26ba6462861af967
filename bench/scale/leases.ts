import { Limiter, type LimitStore } from '../../core/access/limiter.ts';
import type { LimitPolicy } from '../../core/domain/limit.ts';
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
  /** Units that instances held when they stopped, in windows that were still open: nobody can use them any more. */
  readonly unitsLost: number;
  /** The most that one lost instance took with it, as a multiple of its last lease of that limit. */
  readonly mostLeasesLost: number;
  /** The most that any window admitted, as a multiple of its limit. */
  readonly fullestWindow: number;
}

/** What one instance leased of a window. */
interface Holding {
  readonly end: number;
  leased: number;
  lastLease: number;
}

interface Instance {
  readonly limiter: Limiter;
  /** By window. */
  readonly holdings: Map<string, Holding>;
  /** Units spent, by window. */
  readonly spent: Map<string, number>;
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
  const loss = { admitted: 0, writes: 0, instancesLost: 0, unitsLost: 0, mostLeasesLost: 0 };
  const newInstance = () =>
    instanceOn(clock, used, () => {
      loss.writes += 1;
    });
  const instances = Array.from({ length: count }, newInstance);

  let nextLoss = untilLoss();
  while (clock.seconds < scenario.seconds) {
    clock.seconds += untilRequest();
    for (; nextLoss <= clock.seconds; nextLoss += untilLoss()) {
      const [lost] = instances.splice(Math.floor(random() * count), 1, newInstance());
      loss.instancesLost += 1;
      for (const { units, leases } of heldBy(lost, clock.seconds)) {
        loss.unitsLost += units;
        loss.mostLeasesLost = Math.max(loss.mostLeasesLost, leases);
      }
    }
    const instance = instances[Math.floor(random() * count)];
    const spending = await instance?.limiter.spend(CREDENTIAL, policies);
    if (!spending?.admitted) continue;
    loss.admitted += 1;
    for (const { window } of spending.states) {
      add(instance?.spent, window.id, 1);
      add(admittedIn, window.id, 1);
    }
  }
  const limitOf = (windowId: string) =>
    policies.find(({ period }) => windowId.startsWith(`${period}#`))?.limit ?? Number.NaN;
  const fullness = [...admittedIn].map(([windowId, units]) => units / limitOf(windowId));
  return { ...loss, fullestWindow: Math.max(...fullness) };
}

function instanceOn(
  clock: { readonly seconds: number },
  used: Map<string, number>,
  onWrite: () => void,
): Instance {
  const holdings: Instance['holdings'] = new Map();
  const lease: LimitStore['lease'] = async (_, asks) => {
    onWrite();
    const usedOf = (windowId: string) => used.get(windowId) ?? 0;
    const granted = asks.every(({ policy, window, units }) => usedOf(window.id) + units <= policy.limit);
    for (const { window, units } of granted ? asks : []) {
      used.set(window.id, usedOf(window.id) + units);
      const holding = holdings.get(window.id) ?? { end: window.end / 1000, leased: 0, lastLease: 0 };
      holdings.set(window.id, { ...holding, leased: holding.leased + units, lastLease: units });
    }
    return { granted, windows: asks.map(({ window }) => ({ used: usedOf(window.id), heldUntil: 0 })) };
  };
  const limiter = new Limiter({
    store: { lease },
    now: () => clock.seconds * 1000,
    entries: 10,
    onWarning: (_, cause) => {
      throw cause;
    },
  });
  return { limiter, holdings, spent: new Map() };
}

/** What an instance holds of windows that are still open. */
function heldBy(instance: Instance | undefined, now: number): { units: number; leases: number }[] {
  return [...(instance?.holdings ?? [])].flatMap(([windowId, { end, leased, lastLease }]) => {
    const units = leased - (instance?.spent.get(windowId) ?? 0);
    return end > now ? [{ units, leases: units / lastLease }] : [];
  });
}

function add(counts: Map<string, number> | undefined, name: string, units: number): void {
  counts?.set(name, (counts.get(name) ?? 0) + units);
}
