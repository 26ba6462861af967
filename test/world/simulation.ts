/** What a bundle of the world is made of; see `bundle.ts`. */
import { Chance } from './chance.ts';
import { scriptOf } from './motifs.ts';
import { type Report, run } from './run.ts';
import { type Script, written } from './script.ts';
import { shrink } from './shrink.ts';

/** Plays what a seed makes, or a script. */
export function play(seed: number | Script): Promise<Report> {
  return run(scriptFor(seed));
}

/** The least script that still shows a kind of violation which a seed shows, as it is pasted into a test. */
export async function shrunk(seed: number | Script, kind: string): Promise<string> {
  return written(await shrink(scriptFor(seed), kind));
}

function scriptFor(seed: number | Script): Script {
  return typeof seed === 'number' ? scriptOf(seed, new Chance(seed, 'script')) : seed;
}
