/** What became of one promise of a deployment. */
export type Verdict = 'held' | 'broken' | 'unclear' | 'not asked';

/** The chapters of the page, in its order. */
export const CHAPTERS = ['sign-in', 'calls', 'changes', 'records', 'alarms', 'open questions'] as const;
export type Chapter = (typeof CHAPTERS)[number];

/** One promise, whether this deployment keeps it, and what to do where it doesn't. Never holds a secret. */
export interface Finding {
  readonly chapter: Chapter;
  /** What it is about within the chapter, such as one API; absent where it is about the whole deployment. */
  readonly subject?: string | undefined;
  /** The promise, as a sentence without its full stop. */
  readonly promise: string;
  readonly verdict: Verdict;
  /** What was seen, in a few words: `401`, `1.2 s`. */
  readonly seen?: string | undefined;
  /** What to set, give or do. */
  readonly advice?: string | undefined;
}

/** Where findings go as they are made. */
export type Tell = (finding: Finding) => void;

/** A promise that was asked after, with the answer. `advice` is told only where it is not kept. */
export interface Question extends Omit<Finding, 'verdict'> {
  readonly isKept: boolean;
}

export function judged({ isKept, advice, ...question }: Question): Finding {
  return { ...question, verdict: isKept ? 'held' : 'broken', ...(!isKept && { advice }) };
}
