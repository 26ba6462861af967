import type { LimitLeft } from './rate-limits.ts';

/** Why there is no answer that a page may read. */
export type Failure =
  | 'bad_header'
  | 'offline'
  | 'too_slow'
  | 'not_declared'
  | 'mixed_content'
  | 'redirect'
  | 'preflight'
  | 'no_cors'
  | 'unreachable';

export interface Answered {
  readonly status: number;
  readonly milliseconds: number;
  readonly bytes: number;
  /** Those that the API lets pages read. */
  readonly headers: readonly (readonly [string, string])[];
  readonly limits: readonly LimitLeft[];
  readonly retryAfter: string | null;
  readonly body: string;
}

export type Outcome = { readonly answered: Answered } | { readonly failure: Failure };
