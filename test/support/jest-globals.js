import { createRequire } from 'node:module';

// What test files import from '@jest/globals' where the runner has put it into global variables instead.
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } = globalThis;

const ofRunner = createRequire(createRequire(import.meta.url).resolve('jest-light-runner'));
const { ModernFakeTimers } = ofRunner('@jest/fake-timers');
const timers = new ModernFakeTimers({ config: { fakeTimers: {} }, global: globalThis });

/** The runner's own knows no timers that a test may wait for. */
export const jest = {
  ...globalThis.jest,
  useFakeTimers: (options) => timers.useFakeTimers(options),
  useRealTimers: () => timers.useRealTimers(),
  advanceTimersByTimeAsync: (milliseconds) => timers.advanceTimersByTimeAsync(milliseconds),
};
