/** A reason not to start, or to stop, that its one sentence explains in full: no stack trace is shown. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
