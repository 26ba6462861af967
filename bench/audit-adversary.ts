import { ATTACKS, attack, isEffective } from './audit-attack.ts';
import { AuditWorld } from './audit-world.ts';
import type { Figure } from './harness.ts';
import { Randomness } from './randomness.ts';

const RUNS = 10_000;
const MOST_STEPS = 12;

/** An attack that was not named, or an honest history that was accused: enough to have it again. */
export interface Miss {
  readonly seed: number;
  readonly what: string;
}

/** What so many runs came to. */
export interface Tried {
  readonly runs: number;
  readonly missed: readonly Miss[];
}

/** Honest histories, verified against every head that the chain has had; each run by a seed of its own. */
export async function honestHistories(runs: number, firstSeed: number): Promise<Tried> {
  const missed: Miss[] = [];
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    const random = new Randomness(seed);
    const world = new AuditWorld(random).live(1 + random.below(MOST_STEPS));
    const noted = world.heads.length > 0 ? random.pick(world.heads) : null;
    const { tampering, unproven } = await world.verify(noted, world.heads);
    if (tampering.length > 0 || unproven > 0) missed.push({ seed, what: JSON.stringify(tampering) });
  }
  return { runs, missed };
}

/**
 * Attacks that left something else than time could have, verified with the chain's last head.
 * @param only the one kind of attack that is made; any of them, and several at once, by default
 */
export async function attacks(runs: number, firstSeed: number, only?: string): Promise<Tried> {
  const missed: Miss[] = [];
  let tried = 0;
  for (let seed = firstSeed; tried < runs; seed += 1) {
    const random = new Randomness(seed);
    const world = new AuditWorld(random).live(1 + random.below(MOST_STEPS));
    const head = world.heads.at(-1);
    if (head === undefined) continue;
    const names = only === undefined ? attack(world, random) : [only];
    if (only !== undefined) ATTACKS[only]?.(world, random);
    if (!isEffective(world)) continue;
    tried += 1;
    const { tampering, unproven } = await world.verify(head);
    if (tampering.length === 0 && unproven === 0) missed.push({ seed, what: names.join(', ') });
  }
  return { runs: tried, missed };
}

/** `npm run bench -- audit-adversary`; the seed is printed, so that a run can be had again. */
export async function adversaryFigures(): Promise<readonly Figure[]> {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_000);
  console.error(`seed ${seed} (SEED=${seed} repeats it)`);
  const attacked = await attacks(RUNS, seed);
  const honest = await honestHistories(RUNS, seed);
  for (const { seed: at, what } of [...attacked.missed, ...honest.missed])
    console.error(`seed ${at}: ${what}`);
  const unit = '';
  return [
    { name: 'attacks on the audit chain, with a head', value: attacked.runs, unit },
    { name: 'of which verification named nothing', value: attacked.missed.length, unit, promised: 0 },
    { name: 'honest histories with retentions', value: honest.runs, unit },
    { name: 'of which verification accused', value: honest.missed.length, unit, promised: 0 },
  ];
}
