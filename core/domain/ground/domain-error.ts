/** Why an operation on the control plane could not be done. The HTTP status follows from it. */
export type ErrorCode =
  | 'invalid_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'mfa_required'
  | 'csrf'
  | 'key_not_accepted'
  | 'not_found'
  | 'already_exists'
  | 'invalid_state'
  | 'out_of_policy'
  | 'conflict'
  | 'precondition_failed'
  | 'idempotency_mismatch'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'dependency_unavailable'
  | 'authorizer_unavailable';

/**
 * One thing that is wrong with an input, or was changed before it came. `param` names the field; absent where
 * the whole is meant.
 */
export interface Fault {
  readonly param?: string;
  readonly message: string;
  /** What would have been right, in words. */
  readonly expected?: string;
  /** Who changed it, by the id that the audit log has, and when: ISO 8601 UTC. */
  readonly changedBy?: string;
  readonly changedAt?: string;
}

/**
 * An expected failure. `message` is shown to the caller: it says what was wrong, what was expected and
 * what to do, and never holds a secret. `param` names the offending input as `body.field` paths do. `details`
 * are all faults of an input, the first one among them.
 */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly param: string | undefined;
  readonly details: readonly Fault[] | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { param?: string; details?: readonly Fault[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'DomainError';
    this.code = code;
    this.param = options.param;
    this.details = options.details;
  }
}
