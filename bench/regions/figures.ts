import { REVOCATION_SECONDS } from '../../core/contract/deployment.ts';
import type { Figure } from '../harness.ts';
import { type SpendOutcome, type SpendScenario, spendAcross } from './limits.ts';
import { KINDS, lastAdmissions, type Scenario, STEP_MILLISECONDS } from './revocation.ts';

const SEED = 20_261_128;
/** A hundred for each way of losing access. */
const KEYS = 100 * KINDS;
/** The life of a record; with what replication adds no request is admitted by an older state. */
const PROMISED_SECONDS = 3;
const DELAYS = [0, 1, 3];
const PARTITION_SECONDS = 30;
/** Nobody waits as long for a reading. */
const SLOW_MILLISECONDS = 500;

/**
 * Changes that take access away, in two and three Regions, by how late other Regions learn of them; and a limit of all
 * Regions together. In simulated time, with authorizers and limiters as they are deployed.
 */
export async function regionFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const regions of [2, 3]) {
    for (const delay of DELAYS) figures.push(...(await revocationFigures(regions, delay, 0)));
    figures.push(...(await revocationFigures(regions, 1, PARTITION_SECONDS)));
  }
  for (const delay of DELAYS) figures.push(...(await strongFigures(3, { delay })));
  for (const regions of [3, 2]) {
    figures.push(...(await strongFigures(regions, { cutOff: 'another' })));
    figures.push(...(await strongFigures(regions, { cutOff: 'main' })));
  }
  return [...figures, ...(await limitFigures())];
}

/** The same with strong consistency: of three Regions, or of two and a witness, one is cut off from the others. */
async function strongFigures(
  regions: number,
  { delay = 0, cutOff }: { readonly delay?: number; readonly cutOff?: 'main' | 'another' },
): Promise<Figure[]> {
  const scenario: Scenario = {
    ...{ regions, instancesPerRegion: 2, keys: KEYS, delay: delay * 1000 },
    partition: cutOff === undefined ? 0 : PARTITION_SECONDS * 1000,
    strong: { cutOff: cutOff ?? 'main' },
  };
  const { lasts, unavailable } = await lastAdmissions(scenario, SEED);
  const where = regions === 3 ? '3 Regions' : '2 Regions and a witness';
  const when =
    cutOff === undefined
      ? `a second Region asked in ${delay} s`
      : `${cutOff === 'main' ? 'the main one' : 'another'} cut off for ${PARTITION_SECONDS} s`;
  const name = `strong, ${where}, ${when}`;
  const acknowledged = {
    name: `${name}: changes acknowledged`,
    value: (lasts.length / KEYS) * 100,
    unit: '%',
  };
  const refused = {
    name: `${name}: answered 503${cutOff ? ' by the others' : ''}`,
    value: unavailable * 100,
    unit: '%',
  };
  const isFast = delay * 1000 < SLOW_MILLISECONDS;
  return [
    {
      name: `${name}: last request admitted after, longest`,
      value: Math.max(0, ...lasts) / 1000,
      unit: 's',
      promised: REVOCATION_SECONDS,
    },
    isFast ? { ...acknowledged, promisedAtLeast: 100 } : acknowledged,
    isFast ? { ...refused, promised: 0 } : refused,
  ];
}

async function revocationFigures(
  regions: number,
  delaySeconds: number,
  partitionSeconds: number,
): Promise<Figure[]> {
  const scenario = {
    ...{ regions, instancesPerRegion: 2, keys: KEYS },
    ...{ delay: delaySeconds * 1000, partition: partitionSeconds * 1000 },
  };
  const lasts = [...(await lastAdmissions(scenario, SEED)).lasts]
    .map((last) => last / 1000)
    .sort((a, b) => a - b);
  const when =
    partitionSeconds > 0
      ? `nothing comes through for ${partitionSeconds} s`
      : `replicated in ${delaySeconds} s`;
  const name = `${regions} Regions, ${when}: last request admitted after`;
  const at = (share: number) => lasts[Math.floor(share * (lasts.length - 1))] ?? Number.NaN;
  const bound = PROMISED_SECONDS + delaySeconds + partitionSeconds + STEP_MILLISECONDS / 1000;
  return [
    { name: `${name}, median`, value: at(0.5), unit: 's' },
    { name: `${name}, longest`, value: at(1), unit: 's', promised: bound },
  ];
}

const FLOOD: SpendScenario = {
  ...{ regions: 3, instancesPerRegion: 10, policy: { limit: 1000, period: 60 } },
  ...{ requestsPerSecond: 100, seconds: 240, latency: { near: 5, far: 80 }, leasesAhead: true },
};
const BELOW: SpendScenario = { ...FLOOD, policy: { limit: 12_000, period: 60 }, seconds: 180 };

async function limitFigures(): Promise<Figure[]> {
  const flood = await spendAcross(FLOOD, SEED);
  const below = await spendAcross(BELOW, SEED);
  const onDemand = await spendAcross({ ...BELOW, leasesAhead: false }, SEED);
  const { away } = await spendAcross({ ...BELOW, awayAfterSeconds: 90 }, SEED);
  const share = (outcome: SpendOutcome) => outcome.waited * 100;
  const all = away.admitted + away.limited + away.unavailable;
  return [
    {
      name: 'a limit of 3 Regions, asked for 6 times over: fullest window',
      value: flood.fullest * 100,
      unit: '%',
      promised: 100,
    },
    { name: 'emptiest window', value: flood.emptiest * 100, unit: '%', promisedAtLeast: 90 },
    {
      name: 'below the limit: requests elsewhere that waited for the main Region',
      value: share(below),
      unit: '%',
    },
    { name: 'the same if nothing were leased ahead of need', value: share(onDemand), unit: '%' },
    { name: 'leases per admitted request', value: below.leases, unit: '' },
    { name: 'main Region away: answered 503', value: (away.unavailable / all) * 100, unit: '%' },
  ];
}
