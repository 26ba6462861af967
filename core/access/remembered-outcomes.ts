import type { Outcome } from './outcome.ts';

/** Enough for a page that calls a handful of routes from a few addresses; what is forgotten is decided anew. */
const OUTCOMES_PER_KEY = 32;

/** Of what a caller wrote; what is longer is decided anew each time, so that nobody fills the memory with it. */
const LONGEST_REMEMBERED = 512;

/** All of a request that a decision on one identified caller depends on. */
export interface Circumstances {
  readonly method: string;
  readonly path: string | undefined;
  readonly sourceIp: string | undefined;
  readonly origin: string | undefined;
}

interface Remembered extends Circumstances {
  readonly outcome: Outcome;
}

/**
 * What one caller's requests came to, compared part by part: no text is put together, which would cost more than
 * all the rest of the look-up.
 */
export class RememberedOutcomes {
  /** The oldest first; none before the first, for most keys come once. */
  #remembered: Remembered[] | undefined;

  get({ method, path, sourceIp, origin }: Circumstances): Outcome | undefined {
    const remembered = this.#remembered;
    if (remembered === undefined) return undefined;
    for (const each of remembered) {
      if (
        each.path === path &&
        each.method === method &&
        each.sourceIp === sourceIp &&
        each.origin === origin
      ) {
        return each.outcome;
      }
    }
    return undefined;
  }

  /** Remembers the outcome of what is not remembered yet; once there are many, the oldest gives way. */
  set({ method, path, sourceIp, origin }: Circumstances, outcome: Outcome): void {
    if (lengthOf(method, path, sourceIp, origin) > LONGEST_REMEMBERED) return;
    const remembered = { method, path, sourceIp, origin, outcome };
    // Not pushed, which would make room for many more.
    this.#remembered = this.#remembered?.slice(1 - OUTCOMES_PER_KEY).concat(remembered) ?? [remembered];
  }
}

function lengthOf(...texts: readonly (string | undefined)[]): number {
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
}
