import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FAULTS } from './faults/faults.ts';
import { Fleet } from './fleet.ts';
import { SCRIPTS } from './scripts.ts';

/** The first of the thousands that `npm run bench -- world` plays. */
const SEEDS = 40;
/** Within how many of them one of those faults is found. */
const SEEDS_FOR_A_FAULT = 200;
/** Those of the faults that take few seeds: all of them are `npm run bench -- world --faults`. */
const QUICK_FAULTS = ['repeats decided anew'];
let fleet: Fleet;

beforeAll(async () => {
  fleet = await Fleet.start();
});
afterAll(() => fleet.close());

describe('in a world whose clocks, networks, processes and people do what they like', () => {
  test('every promise holds, whatever the order of things', async () => {
    const { seeds, findings } = await fleet.play(1, SEEDS);
    expect(seeds).toBe(SEEDS);
    expect(findings).toEqual([]);
  }, 120_000);

  test.each(SCRIPTS)('what went wrong once goes well: $name', async ({ script }) => {
    const { findings } = await fleet.playScripts([script]);
    expect(findings).toEqual([]);
  });
});

test.each(FAULTS.filter(({ name }) => QUICK_FAULTS.includes(name)))('$name would be found', async (fault) => {
  const faulty = await Fleet.start(fault);
  try {
    const isFound = (findings: readonly { kind: string }[]) =>
      findings.some(({ kind }) => fault.shows.includes(kind));
    const { findings } = await faulty.play(1, SEEDS_FOR_A_FAULT, (summary) => isFound(summary.findings));
    expect(isFound(findings)).toBe(true);
  } finally {
    await faulty.close();
  }
});
