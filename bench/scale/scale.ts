import { REVOCATION_SECONDS } from '../../core/contract/deployment.ts';
import { type Figure, percentile } from '../harness.ts';
import { type Load, type Scenario, simulate } from './fleet.ts';
import { type LeaseLoss, type LeaseScenario, loseLeases } from './leases.ts';

/** List prices of us-east-1 in US dollars, without free tiers and discounts. docs/operate/scale.md names the sources. */
const PRICE = {
  readUnit: 0.125e-6,
  invocation: 0.2e-6,
  gibibyteSecond: 13.3334e-6,
};
/** What Lambda bills for the authorizer: its memory, and how long an answer takes from memory and with a read. */
const LAMBDA = { gibibytes: 1, rememberedSeconds: 0.0015, readSeconds: 0.006 };
/** Keys of the credential, API, tenant and network that a decision without any memory reads each time. */
const UNITS_WITHOUT_MEMORY = 4;
/** What one item can be read per second (DynamoDB's limit of a partition, consistent reads). */
const PARTITION_READS_PER_SECOND = 3000;

const BASE: Scenario = {
  keys: 10_000_000,
  exponent: 1.1,
  requestsPerSecond: 10_000,
  regions: [
    { share: 0.5, instances: 40 },
    { share: 0.3, instances: 24 },
    { share: 0.2, instances: 16 },
  ],
  cacheSeconds: 3,
  sharedSeconds: 1,
  cacheEntries: 10_000,
  replication: { median: 0.7, p99: 2 },
  seconds: 30,
  revocations: 300,
};

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'Zipf 1.1, 80 instances': BASE,
  'Zipf 1.1, 320 instances': withInstances(BASE, 4),
  'Zipf 0.8, 80 instances': { ...BASE, exponent: 0.8 },
  'one Region, 80 instances': { ...BASE, regions: [{ share: 1, instances: 80 }] },
};
const BUSY = 'one busy key of 200/s against 24,000 a minute, 20 instances';
const RARE = 'a key of 20/s with 50/s, 1,000 a minute and 1,000,000 a month, 20 instances';
/** Instances live for ten minutes, far less than Lambda's do. */
const LEASES: Readonly<Record<string, LeaseScenario>> = {
  'one busy key of 200/s against 6,000 a minute, 80 instances': {
    policies: [{ limit: 6000, period: 60 }],
    requestsPerSecond: 200,
    instances: 80,
    lifeSeconds: 600,
    seconds: 1200,
  },
  [BUSY]: {
    policies: [{ limit: 24_000, period: 60 }],
    requestsPerSecond: 200,
    instances: 20,
    lifeSeconds: 600,
    seconds: 1200,
  },
  [RARE]: {
    policies: [
      { limit: 50, period: 1 },
      { limit: 1000, period: 60 },
      { limit: 1_000_000, period: 'month' },
    ],
    requestsPerSecond: 20,
    instances: 20,
    lifeSeconds: 600,
    seconds: 3600,
  },
};
/** Updates per admitted request, where they are promised. */
const MOST_UPDATES: Readonly<Record<string, number>> = { [BUSY]: 0.06, [RARE]: 1 };
const SEED = 20_261_122;

/**
 * 10 million keys and 10,000 requests a second on paper: how many decisions come from memory, what they
 * cost at list prices, which item is read most, and when a revocation holds; and what limits lose with the
 * instances that stop. The times of Lambda and of replication are assumptions, stated in docs/operate/scale.md.
 */
export async function scaleFigures(): Promise<Figure[]> {
  const figures = Object.entries(SCENARIOS).flatMap(([name, scenario]) =>
    figuresOf(name, scenario, simulate(scenario, SEED)),
  );
  for (const [name, scenario] of Object.entries(LEASES)) {
    figures.push(...leaseFigures(name, await loseLeases(scenario, SEED), MOST_UPDATES[name]));
  }
  return figures;
}

function leaseFigures(name: string, loss: LeaseLoss, mostUpdates: number | undefined): Figure[] {
  const { admitted, writes, instancesLost, lostShare, fullestWindow } = loss;
  return [
    { name: `${name}: most admitted ÷ limit`, value: fullestWindow, unit: '×', promised: 1 },
    { name: `${name}: instances lost`, value: instancesLost, unit: '' },
    { name: `${name}: leased and never spent`, value: 100 * lostShare, unit: '%', promised: 5 },
    {
      name: `${name}: DynamoDB updates per admitted request`,
      value: writes / admitted,
      unit: '',
      ...(mostUpdates === undefined ? {} : { promised: mostUpdates }),
    },
  ];
}

function figuresOf(name: string, scenario: Scenario, load: Load): Figure[] {
  const { decisions, reads, readUnits, revocationSeconds } = load;
  const missed = reads / decisions;
  const unitsPerDecision = readUnits / decisions;
  // Within one Region the promise is 5 seconds; another Region learns of it when the write has been replicated.
  const promise = scenario.regions.length === 1 ? { promised: REVOCATION_SECONDS } : {};
  const figure = (what: string, value: number, unit: string, promised = {}): Figure => ({
    name: `${name}: ${what}`,
    value,
    unit,
    ...promised,
  });
  return [
    figure('decided from memory', 100 * (1 - missed), '%'),
    figure('read units per 1,000 decisions', 1000 * unitsPerDecision, ''),
    figure('cost per million decisions', dollarsPerMillion(missed, unitsPerDecision), '$'),
    figure('the same without any memory', dollarsPerMillion(1, UNITS_WITHOUT_MEMORY), '$'),
    figure("reads per second of the API's item", load.sharedPerSecond, '', {
      promised: PARTITION_READS_PER_SECOND,
    }),
    figure('the same if it were read for each key', load.unsharedPerSecond, ''),
    figure('revocation holds after, median', percentile(revocationSeconds, 50), 's'),
    figure('revocation holds after, p99', percentile(revocationSeconds, 99), 's'),
    figure('revocation holds after, longest', Math.max(...revocationSeconds), 's', promise),
  ];
}

function dollarsPerMillion(missed: number, unitsPerDecision: number): number {
  const seconds = LAMBDA.rememberedSeconds * (1 - missed) + LAMBDA.readSeconds * missed;
  const lambda = PRICE.invocation + seconds * LAMBDA.gibibytes * PRICE.gibibyteSecond;
  return 1e6 * (lambda + unitsPerDecision * PRICE.readUnit);
}

function withInstances(scenario: Scenario, factor: number): Scenario {
  const regions = scenario.regions.map((region) => ({ ...region, instances: region.instances * factor }));
  return { ...scenario, regions };
}
