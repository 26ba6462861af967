/** Why an operation on the control plane could not be done. The HTTP status follows from it. */
export type ErrorCode =
  | 'invalid_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'mfa_required'
  | 'key_not_accepted'
  | 'not_found'
  | 'already_exists'
  | 'invalid_state'
  | 'conflict'
  | 'idempotency_mismatch'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'dependency_unavailable';

/**
 * An expected failure. `message` is shown to the caller: it says what was wrong, what was expected and
 * what to do, and never holds a secret. `param` names the offending input as `body.field` paths do.
 */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly param: string | undefined;

  constructor(code: ErrorCode, message: string, options: { param?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'DomainError';
    this.code = code;
    this.param = options.param;
  }
}
