/** A failed invocation, in the two words in which Lambda reports it: the error's name and its message. */
export class LambdaError extends Error {
  readonly errorType: string;
  readonly errorMessage: string;

  constructor(errorType: string, errorMessage: string) {
    super(`${errorType}: ${errorMessage}`);
    this.name = 'LambdaError';
    this.errorType = errorType;
    this.errorMessage = errorMessage;
  }
}

/** Lambda's name for an event that it does not take. */
export const REQUEST_TOO_LARGE = 'RequestEntityTooLargeException';
