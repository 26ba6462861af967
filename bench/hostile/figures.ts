import { type Figure, shareOf } from '../harness.ts';
import { hostileRun, OUTCOMES } from './run.ts';

const EVENTS = 1_000_000;
const SEED = 'KEYWRIGHT_SEED';

/** A million hostile events against the oracle; `KEYWRIGHT_SEED` repeats those of an earlier run. */
export async function hostileFigures(): Promise<readonly Figure[]> {
  const given = process.env[SEED];
  const seed = given === undefined ? Date.now() % 2 ** 32 : Number(given);
  if (!Number.isInteger(seed) || seed < 0) throw new Error(`${SEED} is a whole number, but is "${given}"`);
  console.error(`hostile events of the seed ${seed}; ${SEED}=${seed} repeats them`);
  const start = performance.now();
  const wanted = shareOf(EVENTS);
  const { events, changes, outcomes, difference } = await hostileRun({ seed, events: wanted });
  const seconds = (performance.now() - start) / 1000;
  if (difference !== undefined) console.error('the first difference:', difference);
  const unreached = OUTCOMES.filter((code) => !outcomes[code]);
  if (unreached.length > 0) console.error(`never reached: ${unreached.join(', ')}`);
  return [
    { name: 'hostile events judged', value: events, unit: '', promisedAtLeast: wanted },
    { name: 'differences from the oracle', value: difference === undefined ? 0 : 1, unit: '', promised: 0 },
    { name: 'outcomes of the contract never reached', value: unreached.length, unit: '', promised: 0 },
    { name: 'changes of the world meanwhile', value: changes, unit: '' },
    { name: 'events judged per second', value: events / seconds, unit: '' },
    ...OUTCOMES.map((code) => ({
      name: `events that came to ${code}`,
      value: outcomes[code] ?? 0,
      unit: '',
    })),
  ];
}
