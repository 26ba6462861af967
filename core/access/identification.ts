import type { Verdict } from '../domain/decision/decision.ts';
import type { Outcome } from './outcome.ts';

/** Enough for a page that calls a handful of routes from a few addresses; what is forgotten is decided anew. */
const MOST_OUTCOMES = 32;

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
 * Who calls, or why nobody was identified, and what requests came to: compared part by part, since a text put
 * together of the parts would cost more than all the rest of the look-up. Most keys come for one thing from one
 * address, so the newest outcome lies in this object and in no other: among very many keys each object on the way is a
 * miss of the processor's caches.
 */
export class Identification {
  readonly verdict: Verdict;
  #method = '';
  #path: string | undefined;
  #sourceIp: string | undefined;
  #origin: string | undefined;
  /** Undefined where nothing is remembered. */
  #outcome: Outcome | undefined;
  /** The oldest first; none before the second. */
  #others: Remembered[] | undefined;

  constructor(verdict: Verdict) {
    this.verdict = verdict;
  }

  /** What such a request came to, where that is remembered. */
  outcome(circumstances: Circumstances): Outcome | undefined {
    const { method, path, sourceIp, origin } = circumstances;
    const isNewest =
      path === this.#path &&
      method === this.#method &&
      sourceIp === this.#sourceIp &&
      origin === this.#origin;
    // Who was not identified is refused whatever the request is for.
    if (isNewest || !this.verdict.allowed) return this.#outcome;
    return this.#others?.find((each) => areSame(each, circumstances))?.outcome;
  }

  /** Remembers an outcome, unless it is; once there are many, the oldest gives way. */
  remember(circumstances: Circumstances, outcome: Outcome): void {
    if (!this.verdict.allowed) {
      this.#outcome ??= outcome;
      return;
    }
    const { method, path, sourceIp, origin } = circumstances;
    if (lengthOf(method, path, sourceIp, origin) > LONGEST_REMEMBERED) return;
    if (this.outcome(circumstances) !== undefined) return;
    if (this.#outcome !== undefined) {
      const before = {
        method: this.#method,
        path: this.#path,
        sourceIp: this.#sourceIp,
        origin: this.#origin,
      };
      // Not pushed, which would make room for many more.
      this.#others = (this.#others ?? [])
        .slice(2 - MOST_OUTCOMES)
        .concat({ ...before, outcome: this.#outcome });
    }
    this.#method = method;
    this.#path = path;
    this.#sourceIp = sourceIp;
    this.#origin = origin;
    this.#outcome = outcome;
  }
}

function areSame(one: Circumstances, other: Circumstances): boolean {
  return (
    one.path === other.path &&
    one.method === other.method &&
    one.sourceIp === other.sourceIp &&
    one.origin === other.origin
  );
}

function lengthOf(...texts: readonly (string | undefined)[]): number {
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
}
