import { test } from '@jest/globals';
import { crashAndCheck } from './crash-rounds.ts';

const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000_007);

test(
  `twenty kill -9 under traffic lose no acknowledged change and no event (CRASH_SEED=${seed})`,
  () => crashAndCheck(20, seed),
  600_000,
);
