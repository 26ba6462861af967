import { test } from '@jest/globals';
import { crashAndCheck } from './crash-rounds.ts';

// test/e2e/crash.test.ts does the same twenty times.
test(
  'kill -9 under traffic loses no acknowledged change and no event',
  () => crashAndCheck(2, 20_261_122),
  180_000,
);
