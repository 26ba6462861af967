import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KeptReading } from '../../core/access/kept-reading.ts';

const REFRESH = 100;
const PAUSE = 10;
const FIRST_PAUSE = 5;

/** A service that is up or down, and a clock: each reading brings another object. */
function world() {
  const state = { time: 0, isUp: true, began: [] as number[], running: 0, mostRunning: 0 };
  const kept = new KeptReading<{ readonly readAt: number }>({
    now: () => state.time,
    refreshMilliseconds: REFRESH,
    pauseMilliseconds: PAUSE,
    firstPauseMilliseconds: FIRST_PAUSE,
    read: async () => {
      const { time: readAt, isUp } = state;
      state.began.push(readAt);
      state.mostRunning = Math.max(state.mostRunning, ++state.running);
      await Promise.resolve();
      state.running -= 1;
      if (!isUp) throw new Error('no connection');
      return { readAt };
    },
  });
  return Object.assign(state, { kept });
}

describe('what is read and kept', () => {
  test('is read once for many at once', async () => {
    const { kept, began } = world();
    const [first, second, third] = await Promise.all([kept.current(), kept.anew(), kept.current()]);
    expect(second).toBe(first);
    expect(third).toBe(first);
    expect(began).toEqual([0]);
  });

  test('is used until it is too old, and then read again', async () => {
    const state = world();
    const first = await state.kept.current();
    state.time = REFRESH - 1;
    expect(await state.kept.current()).toBe(first);
    state.time = REFRESH;
    expect(await state.kept.current()).toEqual({ readAt: REFRESH });
  });

  test('serves on while nothing newer can be had, and tells what is wrong until it is right again', async () => {
    const state = world();
    const first = await state.kept.current();
    state.isUp = false;
    state.time = REFRESH;
    expect(await state.kept.current()).toBe(first);
    expect(state.kept.failure).toEqual(new Error('no connection'));
    state.isUp = true;
    state.time += PAUSE;
    expect(await state.kept.anew()).toEqual({ readAt: state.time });
    expect(state.kept.failure).toBeUndefined();
  });

  test('is an error where it was never had, and asked for again after the first pause', async () => {
    const state = world();
    state.isUp = false;
    await expect(state.kept.current()).rejects.toThrow('no connection');
    state.isUp = true;
    state.time = FIRST_PAUSE - 1;
    await expect(state.kept.current()).rejects.toThrow('no connection');
    state.time = FIRST_PAUSE;
    expect(await state.kept.current()).toEqual({ readAt: FIRST_PAUSE });
  });

  test('is never read twice at once nor more often than it may be, and never goes back, whatever is asked when', async () => {
    const step = fc.record({ after: fc.nat(2 * PAUSE), isUp: fc.boolean(), anew: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const state = world();
        let newest = -1;
        for (const { after, isUp, anew } of steps) {
          state.time += after;
          state.isUp = isUp;
          const had = newest;
          const asked = [anew ? state.kept.anew() : state.kept.current(), state.kept.current()];
          for (const answer of await Promise.allSettled(asked)) {
            if (answer.status === 'rejected') expect(had).toBe(-1);
            else {
              expect(answer.value.readAt).toBeGreaterThanOrEqual(had);
              newest = Math.max(newest, answer.value.readAt);
            }
          }
          // What was asked for is never older than it may be, but where nothing newer was to be had.
          const triedAt = state.began.at(-1) ?? -1;
          expect(state.time - Math.max(newest, triedAt)).toBeLessThan(REFRESH);
        }
        expect(state.mostRunning).toBeLessThanOrEqual(1);
        const gaps = state.began.slice(1).map((time, i) => time - (state.began[i] ?? 0));
        expect(gaps.every((gap) => gap >= FIRST_PAUSE)).toBe(true);
      }),
    );
  });
});
