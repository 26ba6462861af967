import type { SweepDependencies } from '../../functions/sweep/sweep.ts';

/** Where no overlap ends by silence: nobody asks. */
export const neverAsked: SweepDependencies['silenceOf'] = async () => {
  throw new Error('no overlap here ends when it is quiet');
};
