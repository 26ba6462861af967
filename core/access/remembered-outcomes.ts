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
 * What one caller's requests came to. They are looked up by their path and compared part by part: no text is
 * put together, which would cost more than all the rest of the look-up.
 */
export class RememberedOutcomes {
  #byPath: Map<string | undefined, Remembered[]> | undefined;
  #count = 0;

  get({ method, path, sourceIp, origin }: Circumstances): Outcome | undefined {
    const candidates = this.#byPath?.get(path);
    if (candidates === undefined) return undefined;
    for (const each of candidates) {
      if (each.method === method && each.sourceIp === sourceIp && each.origin === origin) return each.outcome;
    }
    return undefined;
  }

  /** Remembers the outcome of what is not remembered yet; once there are many, the oldest path's give way. */
  set(circumstances: Circumstances, outcome: Outcome): void {
    const { method, path, sourceIp, origin } = circumstances;
    if (lengthOf(method, path, sourceIp, origin) > LONGEST_REMEMBERED) return;
    this.#byPath ??= new Map();
    if (this.#count >= OUTCOMES_PER_KEY) {
      const [oldest, outcomes = []] = this.#byPath.entries().next().value ?? [];
      this.#byPath.delete(oldest);
      this.#count -= outcomes.length;
    }
    const ofPath = this.#byPath.get(path) ?? [];
    ofPath.push({ method, path, sourceIp, origin, outcome });
    this.#byPath.set(path, ofPath);
    this.#count++;
  }
}

function lengthOf(...texts: readonly (string | undefined)[]): number {
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
}
