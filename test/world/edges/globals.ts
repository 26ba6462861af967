/**
 * What the product finds in place of Node's globals when it is bundled for the world: time, timers and chance are
 * those of the instance whose code is running. esbuild puts these in by their names.
 */

import { activeWorld } from '../active-world.ts';
import { currentInstance } from '../instance.ts';
import type { Scheduled } from '../scheduler.ts';

const RealDate = globalThis.Date;

function wall(): number {
  return currentInstance()?.wall ?? Math.floor(activeWorld().scheduler.now);
}

class WorldDate extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [wall()] : given) as [number]));
  }

  static override now(): number {
    return wall();
  }
}

export { WorldDate as Date };

const since = () => currentInstance()?.monotonic ?? activeWorld().scheduler.now;
const worldPerformance = { now: since, timeOrigin: 0 };

export { worldPerformance as performance };

/** Nanoseconds. */
const hrtime = Object.assign(() => [Math.floor(since() / 1000), 0], {
  bigint: () => BigInt(Math.floor(since() * 1e6)),
});

export { hrtime as 'process.hrtime' };

class Timer implements Scheduled {
  readonly #scheduled: Scheduled;

  constructor(scheduled: Scheduled) {
    this.#scheduled = scheduled;
  }

  cancel(): void {
    this.#scheduled.cancel();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

function worldSetTimeout(
  action: (...given: unknown[]) => void,
  milliseconds = 0,
  ...given: unknown[]
): Timer {
  const act = () => action(...given);
  const instance = currentInstance();
  return new Timer((instance ?? activeWorld().scheduler).after(milliseconds, act));
}

function clearTimer(timer: Timer | undefined): void {
  timer?.cancel();
}

const worldSetImmediate = (action: (...given: unknown[]) => void, ...given: unknown[]) =>
  worldSetTimeout(action, 0, ...given);

export {
  clearTimer as clearTimeout,
  clearTimer as clearImmediate,
  worldSetImmediate as setImmediate,
  worldSetTimeout as setTimeout,
};

const random = () => (currentInstance()?.chance ?? activeWorld().chance).unit();

export { random as 'Math.random' };

/** Lines of logs. */
const stdout = { write: (line: string) => activeWorld().lines.push(line) > 0 };

export { stdout as 'process.stdout' };

const abortAfter = (milliseconds: number) => {
  const controller = new AbortController();
  worldSetTimeout(() => controller.abort(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  return controller.signal;
};

export { abortAfter as 'AbortSignal.timeout' };

const worldFetch = (url: string, { signal }: { signal?: AbortSignal } = {}) =>
  activeWorld().issuer.fetch(String(url), signal);

export { worldFetch as fetch };
