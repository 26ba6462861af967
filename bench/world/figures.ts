import type { Fault } from '../../test/world/faults/fault.ts';
import { FAULTS } from '../../test/world/faults/faults.ts';
import { Fleet, type Summary } from '../../test/world/fleet.ts';
import { type Figure, shareOf } from '../harness.ts';

const SEEDS = 10_000;
/** Within how many seeds a fault that is put back is to be found. */
const SEEDS_FOR_A_FAULT = 1_000;
const SEED = 'KEYWRIGHT_SEED';

/**
 * The product in a simulated world, seed after seed; `KEYWRIGHT_SEED` plays one of them, `--faults` puts faults
 * back that were mended and says how many seeds it takes to find each.
 */
export async function worldFigures(): Promise<readonly Figure[]> {
  return process.argv.includes('--faults') ? faultFigures() : seedFigures();
}

async function seedFigures(): Promise<readonly Figure[]> {
  const given = process.env[SEED];
  const [from, count] = given === undefined ? [1, shareOf(SEEDS)] : [Number(given), 1];
  const start = performance.now();
  const fleet = await Fleet.start();
  try {
    const summary = await fleet.play(from, count);
    const seconds = (performance.now() - start) / 1000;
    await tell(fleet, summary);
    const violated = summary.findings.reduce((sum, { seeds }) => sum + seeds, 0);
    return [
      { name: 'seeds played', value: summary.seeds, unit: '', promisedAtLeast: count },
      { name: 'seconds', value: seconds, unit: 's' },
      { name: 'actions', value: summary.actions, unit: '' },
      ...Object.entries(summary.outcomes)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([outcome, value]) => ({ name: `answers: ${outcome}`, value, unit: '' })),
      { name: 'violations, by kind and seed', value: violated, unit: '', promised: 0 },
    ];
  } finally {
    await fleet.close();
  }
}

/** Each kind of violation with the least script that shows it. */
async function tell(fleet: Fleet, { findings }: Summary): Promise<void> {
  for (const { kind, seeds, firstSeed, example } of findings) {
    console.error(`\n${kind}: ${seeds} seeds, first ${SEED}=${firstSeed}\n  ${example}`);
    if (kind === 'the run broke down') continue;
    console.error(`const script: Script = ${await fleet.shrink(firstSeed, kind)};`);
  }
}

async function faultFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const fault of FAULTS) {
    figures.push({
      name: `seeds until found: ${fault.name}`,
      value: await seedsUntilFound(fault),
      unit: '',
      promised: SEEDS_FOR_A_FAULT,
    });
  }
  return figures;
}

/** Infinity for a fault that is not found. */
async function seedsUntilFound(fault: Fault): Promise<number> {
  const fleet = await Fleet.start(fault);
  const found = ({ findings }: Summary) =>
    findings.find(({ kind }) => fault.shows.includes(kind))?.firstSeed ?? Number.POSITIVE_INFINITY;
  try {
    return found(
      await fleet.play(1, SEEDS_FOR_A_FAULT, (summary) => found(summary) < Number.POSITIVE_INFINITY),
    );
  } finally {
    await fleet.close();
  }
}
