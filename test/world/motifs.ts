import type { Chance } from './chance.ts';
import { CONTROL_MOTIFS } from './control-motifs.ts';
import { Draw } from './draw.ts';
import { REQUEST_MOTIFS } from './request-motifs.ts';
import type { Action, Script } from './script.ts';

const MOTIFS = { ...REQUEST_MOTIFS, ...CONTROL_MOTIFS };
type MotifName = keyof typeof MOTIFS;

const WEIGHTS: Readonly<Record<MotifName, number>> = {
  traffic: 3,
  brakeAndWatch: 3,
  seenByAnother: 3,
  seenBySlot: 2,
  race: 3,
  subscriptionRace: 2,
  approvals: 3,
  pepper: 4,
  clock: 2,
  circuit: 2,
  freeze: 2,
  frozenReading: 2,
  imports: 3,
  expiry: 2,
  repeat: 2,
  fleet: 2,
  limits: 2,
  issuer: 2,
  publishing: 2,
  quiet: 0.3,
  brownOut: 2,
  poison: 0.5,
  dropped: 0.5,
};

/** The script that a seed makes: some motifs, after and across one another. */
export function scriptOf(seed: number, chance: Chance): Script {
  const draw = new Draw(chance);
  const actions: Action[] = [];
  let at = 0;
  for (let motifs = 2 + chance.below(3); motifs > 0; motifs--) {
    const name = chance.weighted(WEIGHTS);
    const made = MOTIFS[name](draw, at);
    actions.push(...made);
    at = chance.is(0.4) ? at + chance.between(0, 3_000) : (made.at(-1)?.at ?? at) + draw.while();
  }
  // What happens at the same moment happens in the order in which it was drawn.
  return { seed, actions: actions.sort((one, other) => one.at - other.at) };
}
