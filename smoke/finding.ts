/** What became of one promise of a deployment. */
export type Verdict = 'held' | 'broken' | 'unclear' | 'not asked';

/** The chapters of the page, in its order. */
export const CHAPTERS = ['sign-in', 'calls', 'changes', 'records', 'alarms', 'open questions'] as const;
export type Chapter = (typeof CHAPTERS)[number];

/** One promise, whether this deployment keeps it, and what to do where it doesn't. Never holds a secret. */
export interface Finding {
  readonly chapter: Chapter;
  /** The promise, as a sentence without its full stop. */
  readonly promise: string;
  readonly verdict: Verdict;
  /** What was seen, in a few words: `401`, `1.2 s`. */
  readonly seen?: string;
  /** What to set, give or do. */
  readonly advice?: string;
}

/** Where findings go as they are made. */
export type Tell = (finding: Finding) => void;

/** A promise that is kept, or is not. `advice` is told only then. */
export function judged(
  chapter: Chapter,
  promise: string,
  isKept: boolean,
  { seen, advice }: { seen?: string; advice?: string } = {},
): Finding {
  return {
    chapter,
    promise,
    verdict: isKept ? 'held' : 'broken',
    ...(seen !== undefined && { seen }),
    ...(advice !== undefined && !isKept && { advice }),
  };
}
