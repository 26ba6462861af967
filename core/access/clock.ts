/** When what never happened did, by any clock. */
export const BEFORE_ALL = -Number.POSITIVE_INFINITY;

/**
 * The time as one process knows it. Called, it is the wall clock, in milliseconds since 1970: for ends, and for
 * what is signed or stored. That clock may be set, so ages are never measured by it.
 */
export interface Clock {
  (): number;
  /**
   * Milliseconds that never go back, for ages: what went by between two readings is the larger of what the
   * wall clock and the monotonic clock say, to a millisecond. Each alone can say too little: the wall clock when it is
   * set back, the monotonic one when the process was frozen. Where the wall clock is set back, nobody can say
   * how long that took, and so more goes by than anything is remembered for.
   */
  readonly steady: () => number;
}

/** What goes by where the wall clock is set back: longer than anything that has an age is used. */
const LEAP_MILLISECONDS = 24 * 3600 * 1000;
/** The wall clock is read in whole milliseconds. */
const RESOLUTION_MILLISECONDS = 1;

/** Clocks by their wall clocks: parts that were given the same one have to agree about ages. */
const clocks = new WeakMap<() => number, Clock>();

/**
 * The clock of those who go by a wall clock.
 * @param now milliseconds since 1970; a clock already is given as it is
 * @param monotonic milliseconds since whenever, that are never set; by default nothing but the wall clock is
 *   known, of which steps back are still noticed
 */
export function clockOf(now: Clock | (() => number), monotonic: () => number = now): Clock {
  if ('steady' in now) return now;
  const known = clocks.get(now) ?? Object.assign(() => now(), { steady: steadyTime(now, monotonic) });
  clocks.set(now, known);
  return known;
}

/** The machine's. */
export const systemClock: Clock = clockOf(
  () => Date.now(),
  () => performance.now(),
);

function steadyTime(now: () => number, monotonic: () => number): () => number {
  let wallBefore = BEFORE_ALL;
  let steady = 0;
  /** What each clock lacks; since they were last brought together, the one that says more counts. */
  let wallLacks = 0;
  let monotonicLacks = 0;
  const agreeOn = (time: number, wall: number, elapsed: number): void => {
    wallLacks = time - wall;
    monotonicLacks = time - elapsed;
  };
  return () => {
    const wall = now();
    const elapsed = monotonic();
    if (wall < wallBefore) agreeOn(steady + LEAP_MILLISECONDS, wall, elapsed);
    else if (wallBefore === BEFORE_ALL) agreeOn(wall, wall, elapsed);
    wallBefore = wall;
    const byWall = wall + wallLacks;
    const byMonotonic = elapsed + monotonicLacks;
    steady = Math.max(byWall, byMonotonic);
    // Left apart, the one behind could not make up for what the other says too little of from now on.
    if (Math.abs(byWall - byMonotonic) > RESOLUTION_MILLISECONDS) agreeOn(steady, wall, elapsed);
    return steady;
  };
}
