import { beforeEach, describe, expect, test } from '@jest/globals';
import { Conflict, decideUntilWritten, type Turn } from '../../core/store/conflict.ts';

const START = Date.parse('2026-06-01T12:00:00Z');
const momentary = (name = 'TransactionConflictException') => Object.assign(new Error(name), { name });

let elapsed: number;
let pauses: number[];
let turns: string[];
let seen: { state: unknown; eventId: string; time: number }[];
beforeEach(() => {
  [elapsed, pauses, turns, seen] = [0, [], [], []];
});

/** Decides by what each attempt throws; those that are done answer what they saw. Each attempt takes `each` ms. */
function decide(outcomes: (attempt: number) => unknown, each: number, always?: boolean) {
  const context = {
    now: new Date(START),
    eventId: 'first',
    actor: { type: 'admin', id: 'a' },
    requestId: 'r',
  };
  let attempts = 0;
  let times = 0;
  return decideUntilWritten(
    'before' as unknown,
    context as never,
    async (state, own) => {
      attempts += 1;
      elapsed += each;
      seen.push({ state, eventId: own.eventId, time: Number(own.now) - START });
      const outcome = outcomes(attempts);
      if (outcome !== undefined) throw outcome;
      return attempts;
    },
    {
      now: () => new Date(START + ++times),
      randomBytes: (count) => new Uint8Array(count).fill(times),
      waiting: {
        elapsed: () => elapsed,
        pause: async (milliseconds) => void pauses.push(milliseconds),
        random: () => 0.5,
      },
    },
    always === undefined ? undefined : { always },
  );
}

const turn = (takenAfter: number, state: unknown = undefined): Turn => ({
  takenAfter,
  take: async () => {
    turns.push('taken');
    return state;
  },
  giveBack: async () => void turns.push('given back'),
});

describe('who is late', () => {
  test('once decides at once by what there is now, with an event and a time of its own', async () => {
    expect(await decide((n) => (n < 2 ? new Conflict('now', 'atOnce') : undefined), 10)).toBe(2);
    expect(seen).toEqual([
      { state: 'before', eventId: 'first', time: 0 },
      { state: 'now', eventId: expect.not.stringContaining('first'), time: 1 },
    ]);
    expect(pauses).toEqual([]);
  });

  test('again and again waits from the third time on, eight milliseconds on the average', async () => {
    expect(await decide((n) => (n < 5 ? new Conflict('now', 'atOnce') : undefined), 10)).toBe(5);
    expect(pauses).toEqual([8, 8]);
    expect(new Set(seen.map(({ eventId }) => eventId)).size).toBe(5);
  });

  test.each([
    ['at the first time', 1, ['taken', 'taken', 'taken']],
    ['at the second', 2, ['taken', 'taken']],
    ['at the fourth', 4, []],
  ])('takes its turn %s', async (_, takenAfter, taken) => {
    await decide((n) => (n < 4 ? new Conflict('now', 'atOnce', turn(takenAfter)) : undefined), 10);
    expect(turns).toEqual(taken);
  });

  test('decides by what its turn says, where that says anything', async () => {
    await decide((n) => (n < 2 ? new Conflict('now', 'atOnce', turn(1, 'newer')) : undefined), 10);
    expect(seen.map(({ state }) => state)).toEqual(['before', 'newer']);
  });
});

describe('others are first', () => {
  test.each([
    ['five times, however long that takes', 1000, 5],
    ['until 750 ms are over', 125, 7],
    ['until 751 ms are over', 107.3, 7],
    ['at 750 ms to the millisecond', 150, 6],
  ])('%s: then nothing was done, and the turn is given back', async (_, each, attempts) => {
    const deciding = decide(() => new Conflict('now', 'atOnce', turn(2)), each);
    await expect(deciding).rejects.toMatchObject({ code: 'dependency_unavailable' });
    expect(seen).toHaveLength(attempts);
    expect(turns.at(-1)).toBe('given back');
  });

  test('and a turn that can’t be given back hides nothing', async () => {
    const stuck = { ...turn(1), giveBack: () => Promise.reject(new Error('no answer')) };
    await expect(decide(() => new Conflict('now', 'atOnce', stuck), 1000)).rejects.toMatchObject({
      code: 'dependency_unavailable',
    });
  });

  test.each(['TransactionConflictException', 'ReplicatedWriteConflictException'])(
    'for a moment, by %s: the same is tried again as it was',
    async (name) => {
      expect(await decide((n) => (n < 4 ? momentary(name) : undefined), 10)).toBe(4);
      expect(new Set(seen.map(({ state, eventId }) => `${state} ${eventId}`))).toEqual(
        new Set(['before first']),
      );
      expect(pauses).toEqual([8]);
    },
  );

  test('for a moment that does not end: then nothing was done', async () => {
    await expect(decide(() => momentary(), 200)).rejects.toMatchObject({ code: 'dependency_unavailable' });
    expect(seen).toHaveLength(5);
  });
});

describe('somebody else’s turn', () => {
  const theirs = new Conflict('now', 'afterTurn');

  test('is waited for, from the first time on, 300 ms at most since it was met', async () => {
    const own = new Conflict('now', 'atOnce');
    await expect(decide((n) => (n === 1 ? own : theirs), 100)).rejects.toBe(theirs);
    // Met at 200 ms, and still there at 500.
    expect(seen).toHaveLength(5);
    expect(pauses).toEqual([8, 8, 8]);
  });

  test('that ends begins anew when the next one is met', async () => {
    const own = new Conflict('now', 'atOnce');
    expect(await decide((n) => ([own, theirs, theirs, own, theirs, theirs] as unknown[])[n - 1], 100)).toBe(
      7,
    );
  });
});

describe('is told and not decided again', () => {
  test.each([
    ['a change that may not be', new Conflict('now', 'never'), undefined],
    ['one of what is gone', new Conflict(undefined, 'atOnce'), undefined],
    ['the same where it is always decided', new Conflict(undefined, 'never'), true],
    ['any other failure', new Error('no answer'), true],
    ['what is thrown and is no error', 'TransactionConflictException', true],
  ])('%s', async (_, failure, always) => {
    await expect(decide(() => failure, 1, always)).rejects.toBe(failure);
    expect(seen).toHaveLength(1);
  });

  test('but is decided again where two people stand for it', async () => {
    expect(await decide((n) => (n < 2 ? new Conflict('now', 'never') : undefined), 1, true)).toBe(2);
  });
});
